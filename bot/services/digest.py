"""The digest: approved reports that their reporters agreed to publish, once a period, by city."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count, repeat

from bot.domain.answer import Answer
from bot.domain.consent import Publishing, Use
from bot.domain.initials import initials
from bot.domain.message import Replace, Say
from bot.domain.questionnaire import QUESTIONNAIRE
from bot.domain.report import Report
from bot.domain.schedule import DailyAt
from storage.chats import Chat
from storage.instants import to_ms
from storage.outgoing import Posted, Priority
from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Entry:
    """One person in the digest: only answers that may be published, only where the reporter agreed."""

    answers: dict[str, Answer]
    initials: str | None = None
    """Shown in place of the name, which is not among the answers then."""


@dataclass(frozen=True)
class CityGroup:
    """The people detained in one place."""

    place: str | None
    """The key of the recognised place; None for the group of places in free words, and of none."""
    named: tuple[Entry, ...]
    unnamed: int
    """How many more people of whom their reporters want nothing but the number published."""


@dataclass(frozen=True)
class Digest:
    """What one digest tells."""

    start: datetime | None
    """The end of the period before; None where there was none."""
    end: datetime
    reports: int
    cities: tuple[CityGroup, ...]


class DigestDesk:
    """Making digests, within one transaction."""

    def __init__(
        self,
        work: UnitOfWork,
        *,
        schedule: DailyAt,
        render: Callable[[Digest], Sequence[Say]],
        empty_page: Say,
    ) -> None:
        """`empty_page`: what a page becomes of which nothing is left."""
        self._work = work
        self._schedule = schedule
        self._render = render
        self._empty_page = empty_page

    async def preview(self) -> Digest:
        """Return the digest as it would be if it were made now. Nothing is posted and nothing is noted."""
        last = await self._work.digests.last_period_end()
        reports = await self._work.reports.to_digest(until=self._work.now)
        return await self._compose(last, self._work.now, reports)

    async def post_due(self, chat: Chat) -> int:
        """Put every digest that is due into the outbox and return how many periods that were.

        A period runs from one daily moment to the next and has one row, written with its messages: it cannot be
        posted twice. Periods missed while the process was down are made up in order; one with nothing to tell is
        noted and not posted.
        """
        made = 0
        start = await self._first_start()
        while start is not None and (end := self._schedule.next_after(start)) <= self._work.now:
            reports = await self._work.reports.to_digest(until=end)
            digest_id = await self._work.digests.add(start, end, reports=len(reports))
            if digest_id is None:
                break
            marked = await self._work.reports.mark_digested(digest_id, reports)
            if marked:
                await self._post(chat, await self._compose(start, end, marked))
            made += 1
            start = end
        return made

    async def mend_outdated(self) -> int:
        """Edit the digests that say what they may say no more, and return how many those were.

        One of which a page is being sent at this very moment waits for the next time.
        """
        mended = 0
        for old in await self._work.digests.outdated():
            reports = await self._work.reports.in_digest(old.digest_id)
            if await self._mend(await self._compose(old.start, old.end, reports)):
                await self._work.digests.mended(old.digest_id)
                mended += 1
        return mended

    async def _compose(self, start: datetime | None, end: datetime, reports: Sequence[Report]) -> Digest:
        cases = await self._work.search.cases_of([report.report_id for report in reports])
        return _compose(start, end, reports, cases)

    async def _mend(self, digest: Digest) -> bool:
        """Edit the pages of a digest that were sent, and say differently those that wait; False: not just now."""
        posted = [one async for one in self._pages_of(digest)]
        chat = await self._work.chats.get(posted[0].chat_key) if posted else None
        if chat is None:  # made so long ago that nobody knows its messages, or in a chat that is not known here
            return True
        if any(one.is_under_way for one in posted):
            return False
        pages = await asyncio.to_thread(self._render, digest)
        for number, page in enumerate(pages[len(posted) :], start=len(posted) + 1):
            await self._say(chat, page, key=_page_key(digest, number))
        for one, page in zip(posted, chain(pages, repeat(self._empty_page)), strict=False):
            if one.message_id is not None:
                edited = Replace(message_id=one.message_id, html=page.html)
                key = f"{one.key}:edited:{to_ms(self._work.now)}"
                await self._work.outbox.add(chat, edited, priority=Priority.BROADCASTS, key=key)
            elif not one.is_settled:
                await self._work.outbox.reword(chat, one.key, page)
        return True

    async def _pages_of(self, digest: Digest) -> AsyncIterator[Posted]:
        for number in count(1):
            posted = await self._work.outbox.find(_page_key(digest, number))
            if posted is None:
                return
            yield posted

    async def _first_start(self) -> datetime | None:
        last = await self._work.digests.last_period_end()
        if last is not None:
            return last
        earliest = await self._work.reports.earliest_undigested()
        return None if earliest is None else self._schedule.last_before(earliest)

    async def _post(self, chat: Chat, digest: Digest) -> None:
        pages = await asyncio.to_thread(self._render, digest)  # thousands of names take a while to write
        for number, page in enumerate(pages, start=1):
            await self._say(chat, page, key=_page_key(digest, number))

    async def _say(self, chat: Chat, page: Say, *, key: str) -> None:
        await self._work.outbox.add(chat, page, priority=Priority.BROADCASTS, key=key, may_be_repeated=True)


def _page_key(digest: Digest, number: int) -> str:
    return f"digest:{digest.end.isoformat()}:{number}"


def _compose(start: datetime | None, end: datetime, reports: Sequence[Report], cases: Mapping[int, int]) -> Digest:
    by_place: dict[str, list[Report]] = {}
    for report in _one_a_case(reports, cases):
        by_place.setdefault(_place(report), []).append(report)
    # Most people first; places with as many, by name, so that the order is the same every time.
    ordered = sorted(by_place.items(), key=lambda item: (not item[0], -len(item[1]), item[0]))
    cities = tuple(_group(place, group) for place, group in ordered)
    return Digest(start=start, end=end, reports=len(reports), cities=cities)


def _one_a_case(reports: Sequence[Report], cases: Mapping[int, int]) -> Iterator[Report]:
    """Yield one report of each person, in their order: the one of which most may be published, and of those the first.

    It is shown by its own consent, and nothing of the others is.
    """
    shown: dict[int, Report] = {}
    for report in reports:
        case = cases.get(report.report_id)
        if case is not None and (case not in shown or _openness(report) > _openness(shown[case])):
            shown[case] = report
    for report in reports:
        case = cases.get(report.report_id)
        if case is None or shown[case] is report:
            yield report


def _openness(report: Report) -> int:
    return report.consent.publishing.at_most(report.publish_as or Publishing.NOT_AT_ALL).openness


def _place(report: Report) -> str:
    """Return the recognised place. Places in free words stand together: words may say more than a city."""
    city = report.answers.get("city")
    return (city.reading.value if city else None) or ""


def _group(place: str, reports: Sequence[Report]) -> CityGroup:
    named = tuple(_entry(report) for report in reports if report.may(Use.PUBLISH_INITIALS))
    unnamed = sum(report.may(Use.COUNT) for report in reports) - len(named)
    return CityGroup(place=place or None, named=named, unnamed=unnamed)


def _entry(report: Report) -> Entry:
    shown = {key: answer for key, answer in report.answers.items() if _publishable(key)}
    if report.may(Use.PUBLISH_NAME):
        return Entry(shown)
    name = shown.pop("name", None)
    # Words as said may hold the name, wherever they stand: what was read out of them cannot.
    read = {key: Answer.pressed(value=answer.reading.value) for key, answer in shown.items() if answer.reading.value}
    return Entry(read, initials(name.reading.value or name.text) if name else None)


def _publishable(key: str) -> bool:
    """Say whether the digest may show an answer; one to a question that is no longer asked may not."""
    question = QUESTIONNAIRE.get(key)
    return question is not None and question.publishable
