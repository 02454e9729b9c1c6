"""Questions of the team: what the coordinator and the reporter see of them, and what stands on the card."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from bot.domain.message import Button, Say
from bot.domain.receipt import Receipt
from bot.texts import Texts
from bot.understanding.reading import visible
from handlers.callbacks import FollowUpAction, FollowUpPress, pack
from handlers.team.callbacks import CardAction, CardPress, pack_card
from handlers.views.pages import pieces
from storage.additions import KeptAddition
from storage.questions import KeptQuestion
from storage.reports import Claim

_QUESTION = "question"
_PIECE = 3000
"""Longest run of one answer on a card's page."""


def about(question_id: int) -> str:
    """Return what a message is about that asks a reporter something."""
    return f"{_QUESTION}:{question_id}"


def question_in(about: str | None) -> int | None:
    """Return the number of the question that a message asked; None for a message about anything else."""
    what, _, question_id = (about or "").partition(":")
    return int(question_id) if what == _QUESTION else None


def ask_question(claim: Claim, texts: Texts) -> Say:
    """Ask the coordinator for the question in words, or let it be."""
    back = Button(text=texts.plain("button.back"), callback_data=pack_card(CardPress(claim, CardAction.NOT_ASKING)))
    return Say(html=str(texts("card.ask_question", report=claim.report_id)), keyboard=((back,),))


def question(report_id: int, question_id: int, words: str, code: Receipt, texts: Texts) -> Say:
    """Put a question to a reporter, in the team's name and nobody's."""
    html = texts("question.asked", code=code, words=visible(words))
    unknown = _button("button.unknown", report_id, question_id, FollowUpAction.ANSWER_UNKNOWN, texts)
    skip = _button("button.skip", report_id, question_id, FollowUpAction.ANSWER_SKIP, texts)
    return Say(html=str(html), keyboard=((unknown, skip),))


def question_lines(
    questions: Sequence[KeptQuestion], additions: Sequence[KeptAddition], texts: Texts
) -> Iterator[Markup]:
    """Show each question together with its answer, or with what became of it."""
    for asked in questions:
        yield texts("card.asked", at=texts.moment(asked.asked_at), words=visible(asked.words))
        answers = [kept for kept in additions if kept.addition.asked == asked.question_id]
        for kept in answers:
            first, *rest = pieces(visible(kept.addition.words), limit=_PIECE)
            yield texts("card.answered", at=texts.moment(kept.received_at), words=first)
            for piece in rest:
                yield texts("card.as_said", words=piece)
        if not answers and asked.outcome is not None:
            yield texts(f"asked.{asked.outcome}")


def _button(key: str, report_id: int, question_id: int, action: FollowUpAction, texts: Texts) -> Button:
    return Button(text=texts.plain(key), callback_data=pack(FollowUpPress(report_id, action, str(question_id))))
