"""Follow-up: what a reporter does with a report that is submitted. Nobody else's report can be reached from here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from bot.domain.addition import LONGEST_ADDITION, NEWS, ONLY_NOTED, Addition, AdditionKind
from bot.domain.answer import Answer, Words
from bot.domain.asked import AskedOutcome
from bot.domain.consent import CONSENT_VERSION, Consent
from bot.domain.errors import DraftInProgress, NoSuchReport
from bot.domain.initials import initials
from bot.domain.interview import Interview
from bot.domain.report import Report
from bot.services.changed import Changed, bring_back, holder_of
from bot.understanding import dates
from bot.understanding.dates import DateStatus
from bot.understanding.reading import check_words, visible
from bot.understanding.urgency import sounds_urgent
from storage.additions import KeptAddition
from storage.chats import Chat
from storage.own_reports import HeldReport, OwnReport
from storage.reports import Claim
from storage.unit_of_work import UnitOfWork

SHOWN_AT_ONCE = 8
"""Reports in one list: as many buttons fit on the screen of an old phone."""
_LOOKED_THROUGH = 20
"""Reports among whose answers an edited message is looked for. Telegram lets a message be edited for 48 hours."""
_MOST_TRIES = 5


@dataclass(frozen=True)
class ListedReport:
    """One of a person's reports in a list."""

    own: OwnReport
    initials: str | None = field(repr=False)
    """Of the detainee, so that the person knows which report it is."""


@dataclass(frozen=True)
class OwnPage:
    """A page of a person's reports."""

    reports: tuple[ListedReport, ...]
    older_than: int | None
    """The report from which the next page goes on; None where there are no more."""


@dataclass(frozen=True)
class OwnView:
    """One report, as its reporter sees it: what is with it, and not what is in it."""

    own: OwnReport
    consent: Consent
    additions: tuple[KeptAddition, ...]
    is_asked: bool = False
    """The team asked something about it, and waits for the answer."""


class FollowUp:
    """What one person does with their own reports, within one transaction."""

    def __init__(self, work: UnitOfWork, *, today: date) -> None:
        self._work = work
        self._today = today

    async def page(self, chat: Chat, *, older_than: int | None = None) -> OwnPage:
        """Return a page of the person's reports, the newest first."""
        found = await self._work.own_reports.of(chat, before=older_than, most=SHOWN_AT_ONCE + 1)
        shown = found[:SHOWN_AT_ONCE]
        opened = await self._work.reports.get_many([own.report_id for own in shown])
        names = {report.report_id: report.answers.get("name", Answer()).text for report in opened}
        listed = tuple(ListedReport(own, initials(names.get(own.report_id, ""))) for own in shown)
        return OwnPage(listed, shown[-1].report_id if len(found) > SHOWN_AT_ONCE else None)

    async def view(self, chat: Chat, report_id: int) -> OwnView:
        """Return one report.

        Raises:
            NoSuchReport: there is none such of this person's.
        """
        report = await self._own(chat, report_id)
        opened = await self._opened(report)
        additions = await self._work.additions.of([report_id])
        shown = (kept for kept in additions.get(report_id, ()) if kept.addition.kind not in ONLY_NOTED)
        asked = any(one.outcome is None for one in await self._work.questions.of(report_id))
        return OwnView(report.own, opened.consent, tuple(shown), is_asked=asked)

    async def go_on(self, chat: Chat, report_id: int) -> tuple[Interview, bool]:
        """Begin the further questions about a report, where they were left; True: they are being asked already.

        Raises:
            NoSuchReport, DraftInProgress: nothing is changed.
        """
        report = await self._opened(await self._own(chat, report_id))
        return await self._begin(
            chat, lambda screen: Interview.further(report_id, screen=screen, answers=report.answers)
        )

    async def report_another(self, chat: Chat, report_id: int) -> tuple[Interview, bool]:
        """Begin a report about somebody else, with what this one says of consent, city and date; True: it is begun.

        Raises:
            NoSuchReport, DraftInProgress: nothing is changed.
        """
        report = await self._opened(await self._own(chat, report_id))
        return await self._begin(chat, lambda screen: Interview.another(report, screen=screen))

    async def add(
        self, chat: Chat, report_id: int, kind: AdditionKind, *, words: Words, asked: int | None = None
    ) -> Changed | None:
        """Store what was said about a report; None where the same message was stored before.

        `asked` is the team's question that it answers.

        Raises:
            NoSuchReport: there is none such of this person's.
            NotUnderstood: the words show nothing, or are too long.
        """
        check_words(words.text, most=LONGEST_ADDITION)
        addition = Addition(kind=kind, words=words.text, day=self._day(kind, words.text), asked=asked)
        return await self._add(chat, await self._own(chat, report_id), addition, origin=str(words.message_id))

    async def note(self, chat: Chat, report_id: int, kind: AdditionKind, *, update_id: int) -> Changed | None:
        """Store what was pressed about a report and not said in words; None where it was stored before.

        Raises:
            NoSuchReport: there is none such of this person's.
        """
        report = await self._own(chat, report_id)
        return await self._add(chat, report, Addition(kind=kind), origin=f"press:{update_id}")

    async def correct(self, chat: Chat, words: Words, *, update_id: int) -> OwnReport | None:
        """Take an edited message that is part of a submitted report: the new words become an addition.

        Returns that report; None where the message is part of no recent one.
        """
        origin = f"edit:{update_id}"
        report_id = await self._work.additions.added_to(_origin(chat, str(words.message_id)))
        if report_id is not None and (report := await self._work.own_reports.get(chat, report_id)):
            await self._add(chat, report, Addition(kind=AdditionKind.CORRECTED, words=words.text), origin=origin)
            return report.own
        recent = await self._work.own_reports.of(chat, most=_LOOKED_THROUGH)
        for opened in await self._work.reports.get_many([own.report_id for own in recent]):
            for question, answer in opened.answers.items():
                if any(mine.message_id == words.message_id for mine in answer.words):
                    addition = Addition(kind=AdditionKind.CORRECTED, words=words.text, question=question)
                    report = await self._own(chat, opened.report_id)
                    await self._add(chat, report, addition, origin=origin)
                    return report.own
        return None

    async def change_consent(self, chat: Chat, report_id: int, change: Callable[[Consent], Consent]) -> Changed:
        """Change what may be done with a report. What stands in a digest already is edited.

        Raises:
            NoSuchReport: there is none such of this person's.
        """
        for _ in range(_MOST_TRIES):
            report = await self._own(chat, report_id)
            before = (await self._opened(report)).consent
            after = change(before).model_copy(update={"version": CONSENT_VERSION})
            if changed := await self._work.own_reports.change_consent(chat, report, after):
                is_less = after.publishing.openness < before.publishing.openness
                if is_less and changed.digest_id is not None:
                    await self._work.digests.outdate(changed.digest_id)
                if (after.sharing, after.publishing) != (before.sharing, before.publishing):
                    noted = Addition(kind=AdditionKind.CONSENT)
                    await bring_back(self._work, chat, report_id, noted=noted, also_rejected=False)
                return Changed(changed.claim, await holder_of(self._work, report), publishes_less=is_less)
        raise NoSuchReport  # others change it all the time; the person presses once more

    async def withdraw(self, chat: Chat, report_id: int) -> Changed:
        """Take a report back: it is shredded, and what a digest says of it is taken out.

        Raises:
            NoSuchReport: there is none such of this person's.
        """
        report = await self._own(chat, report_id)
        withdrawn = await self._work.own_reports.withdraw(chat, report)
        if withdrawn is None:
            raise NoSuchReport
        await self._work.questions.close(report_id, AskedOutcome.WITHDRAWN)
        if withdrawn.digest_id is not None:
            await self._work.digests.outdate(withdrawn.digest_id)
        conversation = await self._work.conversations.get(chat)
        interview = conversation.interview
        if interview is not None and interview.report_id == report_id:
            await self._work.conversations.end(chat, screen=conversation.screen)
        elif interview is not None and interview.another_after is not None:
            # It may have followed this report: better no suggestions than words that are gone for good.
            await self._work.conversations.save(chat, interview.without_the_report_before())
        return Changed(withdrawn.claim, await holder_of(self._work, report))

    async def holder(self, chat: Chat, report_id: int) -> Chat | None:
        """Return the coordinator who has one of the person's reports in hand, or None."""
        report = await self._work.own_reports.get(chat, report_id)
        return None if report is None else await holder_of(self._work, report)

    async def withdraw_all(self, chat: Chat) -> list[Changed]:
        """Take back every report that the person ever sent from here."""
        withdrawn: list[Changed] = []
        while page := await self._work.own_reports.of(chat, most=_LOOKED_THROUGH):
            withdrawn += [await self.withdraw(chat, own.report_id) for own in page]
        return withdrawn

    async def _add(self, chat: Chat, report: HeldReport, addition: Addition, *, origin: str) -> Changed | None:
        report_id = report.own.report_id
        is_new = await self._work.additions.add(
            report_id, addition, data_key=report.data_key, origin=_origin(chat, origin)
        )
        if not is_new:
            return None
        if addition.kind is AdditionKind.DIED or sounds_urgent(addition.words):
            await self._work.own_reports.set_urgent(report)
        await bring_back(self._work, chat, report_id)
        return Changed(Claim(report_id, report.revision), await holder_of(self._work, report), addition)

    async def _own(self, chat: Chat, report_id: int) -> HeldReport:
        report = await self._work.own_reports.get(chat, report_id)
        if report is None:
            raise NoSuchReport
        return report

    async def _opened(self, report: HeldReport) -> Report:
        opened = await self._work.reports.get(report.own.report_id)
        if opened is None:
            raise NoSuchReport
        return opened.as_told()

    async def _begin(self, chat: Chat, begun: Callable[[int], Interview]) -> tuple[Interview, bool]:
        """Begin an interview on the next screen, or go on with the one that a press before this one began."""
        conversation = await self._work.conversations.get(chat)
        interview, current = begun(conversation.screen + 1), conversation.interview
        if current is not None:
            if current.source != interview.source:
                raise DraftInProgress
            interview = current.kept()
        await self._work.conversations.save(chat, interview)
        return interview, current is not None

    def _day(self, kind: AdditionKind, words: str) -> str | None:
        """Read when something happened; nothing that would have to be asked back."""
        if kind not in NEWS:
            return None
        answer = dates.parse(visible(words), self._today)
        return answer.start.isoformat() if answer.status is DateStatus.OK and answer.start else None


def _origin(chat: Chat, what: str) -> str:
    return f"{chat.key}:{what}"
