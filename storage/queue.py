"""The moderation queue: what waits, and in whose hands it is. A claim is one conditional write, and has a lease."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.domain.report import Decision
from storage.chats import Chat
from storage.instants import from_ms, from_ms_or_none, to_ms
from storage.reports import Claim, Reports, claim_of
from storage.session import Session


@dataclass(frozen=True)
class QueueCounts:
    """How many reports wait. Urgent and claimed ones are among the waiting; those asked about or held back are not."""

    waiting: int
    urgent: int
    claimed: int
    oldest_at: datetime | None
    asked: int = 0
    """Their reporter was asked something."""
    held_back: int = 0
    """Of people who are blocked."""


@dataclass(frozen=True)
class CityCount:
    """How many reports wait of one city, either urgent or not."""

    city_key: str | None
    """As `Reports.city_key` gives it; None for places that were not recognised."""
    urgent: bool
    waiting: int
    over_an_hour: int
    over_a_day: int


@dataclass(frozen=True)
class Oldest:
    """The report that has waited longest."""

    report_id: int
    since: datetime
    city_key: str | None


@dataclass(frozen=True)
class Held:
    """A report in somebody's hands."""

    claim: Claim
    coordinator_key: str
    since: datetime
    until: datetime


class Queue:
    """The queue within one transaction."""

    def __init__(self, session: Session, queries: Any, *, reports: Reports, now: datetime) -> None:
        self._session = session
        self._queries = queries
        self._reports = reports
        self._now = now

    async def counts(self) -> QueueCounts:
        """Return how many reports wait, and since when."""
        row = await self._queries.counts(self._session)
        return QueueCounts(
            waiting=row["waiting"],
            urgent=row["urgent"],
            claimed=row["claimed"],
            asked=row["asked"],
            held_back=row["held_back"],
            oldest_at=from_ms_or_none(row["oldest_ms"]),
        )

    async def by_city(self) -> list[CityCount]:
        """Return how many wait of each city, urgent ones apart from the others."""
        rows = self._queries.by_city(
            self._session,
            hour_ago_ms=to_ms(self._now - timedelta(hours=1)),
            day_ago_ms=to_ms(self._now - timedelta(days=1)),
        )
        return [
            CityCount(
                city_key=row["city_key"],
                urgent=bool(row["urgent"]),
                waiting=row["waiting"],
                over_an_hour=row["over_an_hour"],
                over_a_day=row["over_a_day"],
            )
            async for row in rows
        ]

    async def oldest(self) -> Oldest | None:
        """Return the report that has waited longest, also where somebody has it; None where nothing waits."""
        rows = [await self._queries.oldest(self._session, urgent=urgent) for urgent in (0, 1)]
        found = [Oldest(row["id"], from_ms(row["queued_at_ms"]), row["city_key"]) for row in rows if row is not None]
        return min(found, key=lambda one: (one.since, one.report_id), default=None)

    async def set_aside(self) -> tuple[int, int]:
        """Return how many reports wait for their reporters' answers, and how many are held back."""
        row = await self._queries.set_aside(self._session)
        return row["asked"], row["held_back"]

    async def name_cities(self, places: Mapping[int, str]) -> None:
        """Note where these reports are, by the places' keys, where that was not noted before."""
        rows = [{"report_id": one, "city_key": self._reports.city_key(place)} for one, place in places.items()]
        if rows:
            await self._queries.name_city(self._session, rows)

    async def claims(self) -> list[Held]:
        """Return all that is in somebody's hands, the longest first."""
        return [
            Held(
                Claim(row["id"], row["revision"]),
                row["claimed_by"],
                since=from_ms(row["claimed_at_ms"]),
                until=from_ms(row["claim_expires_at_ms"]),
            )
            async for row in self._queries.claims(self._session)
        ]

    async def held_by(self, coordinator: Chat, *, until: datetime) -> Claim | None:
        """Return the report that a coordinator has had in hand longest, its lease renewed; or None."""
        return claim_of(
            await self._queries.renew_claim(self._session, coordinator=coordinator.key, expires_at_ms=to_ms(until))
        )

    async def claim_next(
        self,
        coordinator: Chat,
        *,
        until: datetime,
        city_keys: Collection[str] | None = None,
        also_urgent: bool = False,
    ) -> Claim | None:
        """Claim the report that comes next until the given moment, of these cities where any are given; or None.

        Urgent ones come first, then what waits longest. What this coordinator gave back comes last. `also_urgent`:
        urgent ones of whatever city.
        """
        terms = {
            "coordinator": coordinator.key,
            "now_ms": to_ms(self._now),
            "expires_at_ms": to_ms(until),
            "city_keys": sorted(city_keys or ()),
            "any_city": int(city_keys is None),
            "also_urgent": int(also_urgent),
        }
        row = await self._queries.claim_next(self._session, **terms)
        if row is None:
            row = await self._queries.claim_given_back(self._session, **terms)
        return self._noted(claim_of(row), "claimed", coordinator)

    async def claim(self, report_id: int, coordinator: Chat, *, until: datetime) -> Claim | None:
        """Claim a certain report that waits, also one that is held back; None where somebody has it, or it does not."""
        row = await self._queries.claim_one(
            self._session,
            report_id=report_id,
            coordinator=coordinator.key,
            now_ms=to_ms(self._now),
            expires_at_ms=to_ms(until),
        )
        return self._noted(claim_of(row), "claimed", coordinator)

    async def renew(self, claim: Claim, coordinator: Chat, *, until: datetime) -> bool:
        """Let a claim last until the given moment; False where it is not this coordinator's at this revision."""
        row = await self._queries.renew(
            self._session,
            report_id=claim.report_id,
            revision=claim.revision,
            coordinator=coordinator.key,
            expires_at_ms=to_ms(until),
        )
        return row is not None

    async def release(self, claim: Claim, coordinator: Chat, *, until: datetime) -> bool:
        """Give a claimed report back, to be offered to others first until the given moment; False if not held."""
        row = await self._queries.release(
            self._session,
            report_id=claim.report_id,
            revision=claim.revision,
            coordinator=coordinator.key,
            released_until_ms=to_ms(until),
        )
        return self._noted(claim_of(row), "released", coordinator) is not None

    async def end_claim(self, held: Held, *, by: Chat | None = None) -> bool:
        """Take a report out of somebody's hands: the lease is over, or `by` a lead. False where it has changed."""
        row = await self._queries.end_claim(
            self._session,
            report_id=held.claim.report_id,
            revision=held.claim.revision,
            coordinator=held.coordinator_key,
            expires_at_ms=to_ms(held.until),
        )
        claim = claim_of(row)
        if claim is not None:
            event, actor_key = ("lapsed", held.coordinator_key) if by is None else ("broken", by.key)
            self._reports.note(claim, event, actor_key)
        return claim is not None

    async def park(self, claim: Claim, coordinator: Chat, *, until: datetime) -> bool:
        """Let a report wait for its reporter's answer, out of the queue; False if not held, or decided."""
        row = await self._queries.park(
            self._session,
            report_id=claim.report_id,
            revision=claim.revision,
            coordinator=coordinator.key,
            until_ms=to_ms(until),
        )
        return self._noted(claim_of(row), "asked", coordinator) is not None

    async def unpark(self, report_id: int, reporter: Chat, *, event: str) -> bool:
        """Put a report that waited for an answer back where it was in the queue; False where it did not wait."""
        claim = claim_of(await self._queries.unpark(self._session, report_id=report_id))
        return self._noted(claim, event, reporter) is not None

    async def give_up_waiting(self, report_id: int, *, asked_by: str) -> bool:
        """Put a report back that waited for an answer for long enough; False where it does not, or not so long.

        `asked_by` is the key of the chat of whoever asked.
        """
        row = await self._queries.give_up_waiting(self._session, report_id=report_id, now_ms=to_ms(self._now))
        claim = claim_of(row)
        if claim is not None:
            self._reports.note(claim, "ask_expired", asked_by)
        return claim is not None

    async def parked_too_long(self) -> list[int]:
        """Return reports whose answer is no longer waited for, a hundred at most."""
        return [row["id"] async for row in self._queries.parked_until(self._session, now_ms=to_ms(self._now))]

    async def hold(self, report_id: int) -> Decision | None:
        """Keep a report from being decided, or seen, until the end of the transaction; return its decision."""
        row = await self._queries.hold_report(self._session, report_id=report_id)
        return Decision(row["decision"]) if row is not None and row["decision"] else None

    async def put_in(self, report_id: int, reporter: Chat) -> bool:
        """Put a decided report into the queue, of which its reporter told something new; False where it waits."""
        row = await self._queries.put_in(self._session, report_id=report_id, queued_at_ms=to_ms(self._now))
        return self._noted(claim_of(row), "updated", reporter) is not None

    async def take_out(self, claim: Claim, coordinator: Chat) -> bool:
        """Note that what was new of a decided report is seen; False if not held."""
        row = await self._queries.take_out(
            self._session, report_id=claim.report_id, revision=claim.revision, coordinator=coordinator.key
        )
        return self._noted(claim_of(row), "seen", coordinator) is not None

    def _noted(self, claim: Claim | None, event: str, actor: Chat) -> Claim | None:
        if claim is not None:
            self._reports.note(claim, event, actor.key)
        return claim
