"""What /queue tells of what waits: how much, of which cities, for how long, and in whose hands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from storage.cases import OpenCase
from storage.crypto import WrongKey
from storage.queue import Held, Oldest
from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class CityLine:
    """What waits of one city."""

    place: str | None
    """The key of the place; None for places that were not recognised, and for none."""
    waiting: int
    urgent: int
    over_an_hour: int
    """How many have waited longer than that, those over a day among them."""
    over_a_day: int


@dataclass(frozen=True)
class InHand:
    """A report in somebody's hands."""

    held: Held
    holder: str | None
    """The first name, where it is known."""


@dataclass(frozen=True)
class CaseInHand:
    """A case that somebody has open."""

    opened: OpenCase
    holder: str | None
    """The first name, where it is known."""


@dataclass(frozen=True)
class LongestWaiting:
    """The report that has waited longest."""

    report_id: int
    since: datetime
    place: str | None


@dataclass(frozen=True)
class Overview:
    """What waits. What is in somebody's hands is among it; what is asked about or held back is not."""

    cities: tuple[CityLine, ...]
    """The most first."""
    in_hand: tuple[InHand, ...]
    """In the order in which it was claimed."""
    asked: int
    held_back: int
    oldest: LongestWaiting | None
    open_cases: tuple[CaseInHand, ...] = ()
    """In the order in which they were opened."""

    @property
    def waiting(self) -> int:
        """How many reports wait."""
        return sum(line.waiting for line in self.cities)

    @property
    def urgent(self) -> int:
        """How many of these are urgent."""
        return sum(line.urgent for line in self.cities)


async def overview(work: UnitOfWork, places: Iterable[str]) -> Overview:
    """Look through what waits, once. `places`: the keys of all places that the country knows."""
    named = {work.reports.city_key(place): place for place in places}
    lines: dict[str | None, CityLine] = {}
    for count in await work.queue.by_city():
        place = named.get(count.city_key or "")
        urgent = count.waiting if count.urgent else 0
        line = CityLine(place, count.waiting, urgent, count.over_an_hour, count.over_a_day)
        lines[place] = _together(lines[place], line) if place in lines else line
    claims, opened = await work.queue.claims(), await work.cases.every_open()
    await work.chats.load({held.coordinator_key for held in claims} | {one.holder_key for one in opened})
    oldest, (asked, held_back) = await work.queue.oldest(), await work.queue.set_aside()
    return Overview(
        cities=tuple(sorted(lines.values(), key=lambda line: (-line.waiting, line.place or ""))),
        in_hand=tuple([InHand(held, await _name(work, held.coordinator_key)) for held in claims]),
        asked=asked,
        held_back=held_back,
        oldest=_longest_waiting(oldest, named),
        open_cases=tuple([CaseInHand(one, await _name(work, one.holder_key)) for one in opened]),
    )


def _longest_waiting(oldest: Oldest | None, named: Mapping[str, str]) -> LongestWaiting | None:
    if oldest is None:
        return None
    return LongestWaiting(oldest.report_id, oldest.since, named.get(oldest.city_key or ""))


def _together(one: CityLine, other: CityLine) -> CityLine:
    """Add up what is of one place: urgent or not, and where it is not recognised, whatever was said."""
    return CityLine(
        one.place,
        one.waiting + other.waiting,
        one.urgent + other.urgent,
        one.over_an_hour + other.over_an_hour,
        one.over_a_day + other.over_a_day,
    )


async def _name(work: UnitOfWork, chat_key: str) -> str | None:
    try:
        holder = await work.chats.get(chat_key)
    except WrongKey:  # the name does not open; all the rest can be said
        return None
    return holder.name if holder else None
