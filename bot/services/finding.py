"""/find: reports by what a coordinator remembers of them, a page at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from bot.domain.audit import AuditAct
from bot.domain.report import Decision, Report
from bot.services import matching
from bot.understanding import names
from bot.understanding.country import Country
from bot.understanding.reading import visible
from bot.understanding.search_words import Sought, read_search
from storage.chats import Chat
from storage.search import NEWEST, SearchIndex
from storage.unit_of_work import UnitOfWork

PAGE = 8
MOST_PAGES = 100
FEW = 2000
"""Counting what has a key ends here: beyond, it is one of the many."""
REACH = 5000
"""Reports that are looked at for one page, where all that is asked for is common."""
_FIRST_LOOK = 64
_GROWS = 4
_MOST_RANKED = 200
"""Names that are compared; of a commoner name the newest."""
_MOST_NARROWED = 1000
"""Reports with one key of a name of which is asked whether they have all else."""
_MOST_DAYS_BY_DAY = 31


class SearchGone(Exception):
    """The search is another's, or forgotten."""


class _Kept(BaseModel):
    """A search as it is kept, sealed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    pages: tuple[tuple[int, int], ...] = ((1001, NEWEST),)
    """Where each page that was seen begins: below which likeness of the name, in thousandths, and report."""


@dataclass(frozen=True)
class Found:
    """A page of what was found."""

    search_id: int
    sought: Sought
    page: int
    reports: Sequence[Report] = field(repr=False)
    cases: dict[int, int]
    has_more: bool
    back_to: int | None = None
    """The report back to which was looked, where the search can go on from there."""


@dataclass(frozen=True)
class _Page:
    report_ids: list[int]
    following: tuple[int, int] | None
    back_to: int | None = None


class Finding:
    """Searching, within one transaction."""

    def __init__(self, work: UnitOfWork, country: Country, *, zone: ZoneInfo) -> None:
        self._work = work
        self._country = country
        self._zone = zone

    async def begin(self, coordinator: Chat, text: str) -> Found | Sought:
        """Search, and return the first page; what was understood where that is nothing to be searched for."""
        today = self._work.now.astimezone(self._zone).date()
        sought = await self._sought(text, today)
        if sought.is_nothing:
            return sought
        kept = _Kept(text=text)
        search_id = await self._work.searches.add(coordinator, kept.model_dump_json())
        return await self._show(coordinator, search_id, kept, sought, 0)

    async def turn_to(self, coordinator: Chat, search_id: int, page: int) -> Found:
        """Return a page that was seen before, or the one after the last of them.

        Raises:
            SearchGone: the search is another's or forgotten, or the page was never offered.
        """
        search = await self._work.searches.get(coordinator, search_id)
        if search is None:
            raise SearchGone
        kept = _Kept.model_validate_json(search.sealed)
        if page >= len(kept.pages):
            raise SearchGone
        sought = await self._sought(kept.text, search.begun_at.astimezone(self._zone).date())
        return await self._show(coordinator, search_id, kept, sought, page)

    async def _sought(self, text: str, today: date) -> Sought:
        sought = read_search(text, self._country, today=today)
        if sought.receipt is not None and await self._work.reports.id_of(sought.receipt) is None:
            return replace(sought, receipt=None, name=visible(text))
        return sought

    async def _show(self, coordinator: Chat, search_id: int, kept: _Kept, sought: Sought, page: int) -> Found:
        found = await self._page(sought, *kept.pages[page])
        has_more = found.following is not None and page + 1 < MOST_PAGES
        if found.following is not None and has_more and page + 1 == len(kept.pages):
            kept = kept.model_copy(update={"pages": (*kept.pages, found.following)})
            await self._work.searches.change(coordinator, search_id, kept.model_dump_json())
        reports = [report for report in await self._work.reports.get_many(found.report_ids) if report.answers]
        cases = await self._work.search.cases_of(found.report_ids)
        self._work.audit.note(coordinator, AuditAct.FOUND, reports=len(reports), page=page)
        return Found(search_id, sought, page, reports, cases, has_more, found.back_to)

    async def _page(self, sought: Sought, below: int, before: int) -> _Page:
        if sought.report_id is not None:
            return _Page([sought.report_id], None)
        if sought.receipt is not None:
            report_id = await self._work.reports.id_of(sought.receipt)
            return _Page([] if report_id is None else [report_id], None)
        walker = _Walker(self._work.search, sought)
        if sought.name:
            return await self._by_name(sought.name, walker, below, before)
        return await walker.page(before)

    async def _by_name(self, name: str, walker: "_Walker", below: int, before: int) -> _Page:
        """Return the likest names, the newest of those first that are as like."""
        named = await self._work.search.names(await walker.named(name))
        sought = names.Name(name)
        likeness = cache(lambda text: sought.similarity(names.Name(text)))  # of those found many have one name
        ranked = sorted(
            (
                (round(1000 * alike), report_id)
                for report_id, said in named.items()
                if (alike := likeness(matching.one_line(said))) >= names.POSSIBLE
            ),
            reverse=True,
        )
        rest = [place for place in ranked if place < (below, before)]
        shown = rest[:PAGE]
        return _Page([report_id for _, report_id in shown], shown[-1] if len(rest) > PAGE else None)


class _Walker:
    """Goes back through the reports that have all that is asked for, the newest first."""

    def __init__(self, index: SearchIndex, sought: Sought) -> None:
        self._index = index
        self._groups = list(_groups(sought))
        self._state = sought.decision

    async def named(self, name: str) -> list[int]:
        """Return reports by the keys of a name, the most telling first, no more than are worth comparing."""
        is_narrowed = bool(self._groups or self._state)
        found: list[int] = []
        seen: set[int] = set()
        for key in names.search_keys(name):
            if len(found) >= _MOST_RANKED:
                break
            ids = await self._index.walk(matching.name_key(key), most=_MOST_NARROWED if is_narrowed else _MOST_RANKED)
            found += await self._fitting([one for one in ids if one not in seen], self._groups)
            seen.update(ids)
        return found[:_MOST_RANKED]

    async def page(self, before: int) -> _Page:
        """Return a page of those older than a report."""
        keys, others = await self._driving()
        found: list[int] = []
        looked, size = 0, PAGE + 1 if not others and not self._state else _FIRST_LOOK
        at: int | None = before
        while at is not None and len(found) <= PAGE and looked < REACH:
            ids, at = await self._stretch(keys, at, size)
            looked += max(len(ids), 1)
            found += await self._fitting(ids, others)
            size = min(size * _GROWS, REACH - looked) or 1
        if len(found) > PAGE:
            return _Page(found[:PAGE], (0, found[PAGE - 1]))
        return _Page(found, None if at is None else (0, at), at)

    async def _driving(self) -> tuple[list[str | None], list[list[str]]]:
        """Return the keys of what the fewest reports have, and what else is asked for."""
        if len(self._groups) < 2:  # noqa: PLR2004  nothing to choose from
            return [*self._groups[0]] if self._groups else [None], []
        counts = [await self._index.count(group, most=FEW) for group in self._groups]
        # Of those that are common, one key is walked faster than several.
        first = min(range(len(counts)), key=lambda place: (counts[place], len(self._groups[place])))
        return [*self._groups[first]], [group for place, group in enumerate(self._groups) if place != first]

    async def _stretch(self, keys: Sequence[str | None], before: int, size: int) -> tuple[list[int], int | None]:
        """Return the next reports that have one of the keys, and where to go on; None at the end."""
        floor, merged = 0, set[int]()
        for key in keys:
            ids = await self._index.walk(key, before=before, most=size)
            merged.update(ids)
            if len(ids) == size:
                floor = max(floor, ids[-1])
        return sorted((one for one in merged if one >= floor), reverse=True), floor or None

    async def _fitting(self, report_ids: Sequence[int], groups: Sequence[list[str]]) -> list[int]:
        """Return those that stand so and have one key of each group. What few stand so as is asked first."""
        left = await self._standing(report_ids) if self._state != Decision.APPROVED else list(report_ids)
        for group in groups:
            if left:
                having = await self._index.having(left, group)
                left = [one for one in left if one in having]
        return await self._standing(left) if self._state == Decision.APPROVED else left

    async def _standing(self, report_ids: Sequence[int]) -> list[int]:
        if not report_ids or not self._state:
            return list(report_ids)
        standing = await self._index.standing_so(report_ids, self._state)
        return [one for one in report_ids if one in standing]


def _groups(sought: Sought) -> Iterator[list[str]]:
    """Return what is asked for, each by the keys of which a report is to have one."""
    if sought.status:
        yield [matching.status_key(sought.status)]
    for charge in sought.charges:
        yield [f"charge:{charge}"]
    if sought.days:
        first, last = sought.days
        is_long = (last - first).days >= _MOST_DAYS_BY_DAY
        yield matching.month_keys(first, last) if is_long else matching.day_keys(first, last)
    if sought.city:
        yield [matching.city_key(sought.city)]
