"""The answers to the further questions: each goes to the stored report with the step that gave it."""

from bot.domain.addition import Addition, AdditionKind
from bot.domain.errors import NothingInProgress
from bot.domain.further_questions import ALL_QUESTIONS
from bot.domain.interview import Interview
from bot.services.changed import Changed, bring_back, holder_of
from bot.services.urgency import cannot_wait
from storage.chats import Chat
from storage.reports import Claim
from storage.unit_of_work import UnitOfWork

_POSITIONS = {question.key: number for number, question in enumerate(ALL_QUESTIONS, start=1)}


async def store_further(work: UnitOfWork, chat: Chat, before: Interview, after: Interview) -> Changed | None:
    """Add to the report what a step answered, and take from it what makes no sense any more.

    An answer that is being asked back waits until it is known what was meant. Returns the report, where it is changed.

    Raises:
        NothingInProgress: the report is withdrawn.
    """
    if after.report_id is None:
        return None
    settled = before.step if before.doubts and not after.doubts else None
    in_doubt = after.step if after.doubts else None
    given = {
        key: answer
        for key, answer in after.answers.items()
        if key != in_doubt and (key == settled or before.answers.get(key) != answer)
    }
    gone = before.answers.keys() - after.answers.keys()
    if not given and not gone:
        return None
    report = await work.own_reports.get(chat, after.report_id)
    if report is None:
        raise NothingInProgress
    urgent = cannot_wait(given)
    if given:
        await work.own_reports.put_answers(report, given, positions=_POSITIONS, urgent=urgent)
    if gone:
        await work.own_reports.drop_answers(report, gone)
    for question in sorted({*given, *gone}):
        await bring_back(work, chat, after.report_id, noted=Addition(kind=AdditionKind.FURTHER, question=question))
    holder = await holder_of(work, report)
    return Changed(Claim(after.report_id, report.revision), holder, cannot_wait=urgent)
