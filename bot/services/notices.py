"""Notices in the team's group: what came in, gathered, and edited as each report is claimed and decided.

Two steps of the ticker, each in a transaction of its own. `gather` says which reports a notice tells of, and is short:
who asks for the next report passes over what another transaction holds. `write` says it, or says it anew. Any process
may take either step at any time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.domain.answer import Answer
from bot.domain.message import Replace, Say
from bot.domain.notice import CALM_EVERY, EDITED_EVERY, MOST_LINES, URGENT_EVERY, NoticeState
from bot.domain.receipt import Receipt
from storage.chats import Chat
from storage.crypto import WrongKey
from storage.instants import to_ms
from storage.notices import DueReport, HeldNotice, NoticedReport, OldNotice
from storage.outgoing import Posted, Priority
from storage.unit_of_work import UnitOfWork

_AT_ONCE = 2000
"""Reports that one step looks at."""
_WRITTEN_AT_ONCE = 3
_MOST_WAITING = 3
"""Messages that may wait for the group when a notice is made: where more do, reports gather, and the next is longer."""


@dataclass(frozen=True)
class NoticeLine:
    """What a notice tells of one report."""

    report_id: int
    receipt: Receipt | None = field(repr=False)
    place: str | None
    """The key of the place of detention, where it was recognised. Words are never told."""
    date: str | None
    """The day of detention, or the days, as `Reading.value` has them."""
    urgent: bool
    state: NoticeState


@dataclass(frozen=True)
class Notice:
    """What one notice tells."""

    lines: tuple[NoticeLine, ...]
    unlisted: int
    """How many more came in."""


class NoticeWords(Protocol):
    """How a notice reads."""

    def notice(self, language: str, notice: Notice) -> Say:
        """Write a notice in the group's language."""


class NoticeDesk:
    """Making notices, within one transaction."""

    def __init__(self, work: UnitOfWork, *, words: NoticeWords) -> None:
        self._work = work
        self._words = words

    async def has_work(self) -> bool:
        """Say whether anything is to be gathered or written by now."""
        return await self._work.notices.have_work(written_before=self._work.now - EDITED_EVERY)

    async def forget_due(self) -> None:
        """Tell of nothing: there is no group."""
        await self._work.notices.forget_due(most=_AT_ONCE)

    async def gather(self, group: Chat) -> int:
        """Put what is due on a notice, a new one or the newest; return how many reports that were."""
        notices = self._work.notices
        due = await notices.due(most=_AT_ONCE)
        if not due or await self._waiting(group) >= _MOST_WAITING:
            return 0
        newest_id = await notices.newest()
        if newest_id is None:
            return await self._begin(due)
        newest = await notices.hold(newest_id)
        if newest is None:  # another process is at it
            return 0
        age = self._work.now - newest.made_at
        if age >= CALM_EVERY:
            return await self._begin(due)
        if any(report.urgent for report in due):  # a message that is edited makes no sound
            return await self._begin(due) if age >= URGENT_EVERY else 0
        return await self._add_to(newest, due)

    async def write(self, group: Chat) -> int:
        """Say the notices that were made, and edit those that say what is so no more; return how many those were."""
        before = self._work.now - EDITED_EVERY
        outdated = await self._work.notices.outdated(written_before=before, most=_WRITTEN_AT_ONCE)
        if not outdated:
            return 0
        waiting = await self._waiting(group)
        # What is new goes before what is edited: edits wait until nothing else does.
        ready = [old for old in outdated if old.is_new or not waiting]
        return len([old for old in ready if await self._write(group, old)])

    async def _begin(self, due: Sequence[DueReport]) -> int:
        ordered = [report.report_id for report in sorted(due, key=lambda report: not report.urgent)]
        await self._work.notices.add(ordered[:MOST_LINES], unlisted=ordered[MOST_LINES:])
        return len(ordered)

    async def _add_to(self, notice: HeldNotice, due: Sequence[DueReport]) -> int:
        fitting = [report.report_id for report in due[: max(0, MOST_LINES - notice.listed)]]
        if fitting:
            await self._work.notices.add_to(notice, fitting)
        return len(fitting)

    async def _write(self, group: Chat, old: OldNotice) -> bool:
        """Write one notice; False where it is on its way just now, and waits for the next time."""
        posted = await self._work.outbox.find(_key(old))
        if posted is not None and posted.is_under_way:
            return False
        if posted is not None and posted.chat_key != group.key:  # it stands in a group that is the team's no more
            posted = None
        reports = await self._work.notices.reports(old)
        if reports and (old.is_new or posted is not None):
            message = self._words.notice(group.language, Notice(await self._lines(reports), old.unlisted))
            await self._say(group, old, posted, message)
        await self._work.notices.written(old)  # what nobody remembers the message of stays as it is
        return True

    async def _say(self, group: Chat, old: OldNotice, posted: Posted | None, message: Say) -> None:
        outbox = self._work.outbox
        if posted is None:
            await outbox.add(group, message, priority=Priority.NOTICES, key=_key(old), may_be_repeated=True)
        elif posted.message_id is not None:
            edited = Replace(message_id=posted.message_id, html=message.html)
            key = f"{posted.key}:edited:{to_ms(self._work.now)}"
            await outbox.add(group, edited, priority=Priority.NOTICES, key=key, may_be_repeated=True)
        elif not posted.is_settled:
            await outbox.reword(group, posted.key, message)

    async def _lines(self, reports: Sequence[NoticedReport]) -> tuple[NoticeLine, ...]:
        said = await self._answers([report.report_id for report in reports])
        return tuple(
            NoticeLine(
                report.report_id,
                report.receipt,
                place=_read(said.get(report.report_id), "city"),
                date=_read(said.get(report.report_id), "date"),
                urgent=report.urgent,
                state=report.state,
            )
            for report in reports
        )

    async def _answers(self, report_ids: Sequence[int]) -> dict[int, dict[str, Answer]]:
        try:
            opened = await self._work.reports.get_many(report_ids)
        except WrongKey:  # the notice can say all the rest
            return {}
        return {report.report_id: dict(report.answers) for report in opened}

    async def _waiting(self, group: Chat) -> int:
        return await self._work.outbox.count_waiting(group, Priority.NOTICES)


def _key(notice: OldNotice) -> str:
    return f"notice:{notice.notice_id}"


def _read(answers: dict[str, Answer] | None, question: str) -> str | None:
    answer = (answers or {}).get(question)
    return answer.reading.value if answer else None
