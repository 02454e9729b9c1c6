"""Evidence: taking what is sent besides words, and opening what was kept."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.addition import Addition, AdditionKind
from bot.domain.errors import FileTooLarge, NoSuchReport, NotAgreed, NothingInProgress, TooManyFiles
from bot.domain.evidence import LARGEST_FILE, Contents, Counts, EvidenceKind
from bot.domain.interview import CONSENT, Interview
from bot.services.changed import bring_back
from storage.chats import Chat
from storage.conversations import Conversation
from storage.evidence import OpenPiece
from storage.own_reports import OwnReport
from storage.sealed_files import SealedFiles
from storage.unit_of_work import UnitOfWork

_DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Taken:
    """A piece of evidence that was taken: with a draft, or for a report already sent."""

    interview: Interview | None
    """The interview in progress."""
    own: OwnReport | None = None
    """The report it belongs to; None where it belongs to a draft."""


class EvidenceDesk:
    """What is sent besides words, within one transaction. `per_day`: pieces one person may send in a day; 0, any."""

    def __init__(self, work: UnitOfWork, *, files: SealedFiles, per_day: int) -> None:
        self._work = work
        self._files = files
        self._per_day = per_day

    async def take(
        self, chat: Chat, kind: EvidenceKind, contents: Contents, *, sent_at: datetime, asked_for: int | None = None
    ) -> Taken:
        """Take what was sent: for the question at hand, or outside an interview for the person's newest report.

        `asked_for` is one of the person's reports for which something was asked just now. A file is only noted; it is
        fetched once that is committed.

        Raises:
            NotAgreed: the interview has not got beyond its first screen.
            NothingInProgress: there is neither an interview nor a report that it could belong to.
            NoSuchReport: the report it was asked for, or is being added to, is withdrawn.
            FileTooLarge, TooManyFiles: it is not taken.
        """
        conversation = await self._work.conversations.get(chat)
        interview = conversation.interview
        if interview is not None and interview.step == CONSENT:
            raise NotAgreed
        own = await self._report(chat, interview, asked_for)
        if interview is None and own is None:
            raise NothingInProgress
        report_id = None if own is None else own.report_id
        if contents.declared_size is not None and contents.declared_size > LARGEST_FILE:
            raise FileTooLarge
        await self._check_limit(chat)
        question = None
        if interview is not None and report_id == interview.report_id:  # and not for another that was asked about
            question = _question_at_hand(conversation, contents.message_id, sent_at)
        await self._work.evidence.add(chat, kind, contents, report_id=report_id, question=question)
        if report_id is not None:
            await bring_back(self._work, chat, report_id, noted=Addition(kind=AdditionKind.EVIDENCE))
        if interview is not None:  # the person is not silent: the draft is neither reminded of nor deleted now
            await self._work.conversations.save(chat, interview)
        return Taken(interview, own)

    async def recaption(self, chat: Chat, message_id: int, caption: str) -> bool:
        """Take what is now written under a piece of evidence; False where there is none, or none any more."""
        return await self._work.evidence.recaption(chat, message_id, caption)

    async def of_draft(self, chat: Chat) -> Counts:
        """Return how much was sent with the person's draft, but for what was refused."""
        return await self._work.evidence.counts_of_draft(chat)

    async def of_report(self, report_id: int) -> Counts:
        """Return how much belongs to a report, but for what was refused."""
        return await self._work.evidence.counts_of_report(report_id)

    async def captions(self, report_id: int) -> list[tuple[EvidenceKind, str]]:
        """Return what was written under the pieces of a report, refused ones too, in the order in which they came."""
        pieces = (await self._work.evidence.of_reports([report_id]))[report_id]
        return [(EvidenceKind(piece.kind), piece.contents.caption) for piece in pieces if piece.contents.caption]

    async def open(self, evidence_id: int) -> bytes:
        """Return the bytes of a file that is kept, as they were sent.

        Raises:
            KeyError: there is no such piece, it has no file, or it is not there yet or any more.
            WrongKey: the file is not what was sealed.
            OSError: it cannot be read.
        """
        opened = await self._work.evidence.get(evidence_id)
        if opened is None:
            raise KeyError(evidence_id)
        return await read_file(self._files, opened)

    async def _report(self, chat: Chat, interview: Interview | None, asked_for: int | None) -> OwnReport | None:
        """Return the stored report that something belongs to; None for a draft, and where there is neither."""
        report_id = asked_for or (interview.report_id if interview else None)
        if report_id is not None:
            held = await self._work.own_reports.get(chat, report_id)
            if held is None:
                raise NoSuchReport
            return held.own
        newest = [] if interview else await self._work.own_reports.of(chat, most=1)
        return newest[0] if newest else None

    async def _check_limit(self, chat: Chat) -> None:
        if not self._per_day:
            return
        since = self._work.now - _DAY
        if await self._work.evidence.count_since(chat, since, most=self._per_day) >= self._per_day:
            raise TooManyFiles(self._per_day)


async def read_file(files: SealedFiles, opened: OpenPiece) -> bytes:
    """Return the bytes of a piece's file, as they were sent. No transaction is needed for it.

    Raises:
        KeyError: it has no file, or it is not there yet or any more.
        WrongKey: the file is not what was sealed.
        OSError: it cannot be read.
    """
    if opened.piece.file is None:
        raise KeyError(opened.piece.evidence_id)
    sealed = await asyncio.to_thread(files.read, opened.piece.file)
    return await asyncio.to_thread(opened.open_file, sealed)


def _question_at_hand(conversation: Conversation, message_id: int, sent_at: datetime) -> str | None:
    """Return the question that was to be seen when something was sent; None outside the questions."""
    interview, shown = conversation.interview, conversation.shown
    if interview is None:
        return None
    is_early = shown is not None and shown.came_after(message_id=message_id, sent_at=sent_at)
    if is_early and interview.last_answered is not None:
        return interview.last_answered
    return None if interview.question is None else interview.question.key
