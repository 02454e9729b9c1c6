"""How an answer reads: to the person who gave it, on a coordinator's card, in a digest."""

from datetime import date

from bot.domain.answer import Answer, AnswerState
from bot.domain.questionnaire import Kind, Question
from bot.texts import Texts
from bot.understanding.reading import visible


def label(question: Question, texts: Texts) -> str:
    """Return the short name of an answer: "City"."""
    return texts.plain(f"question.{question.key}.label")


def choice_label(question: Question, key: str, texts: Texts) -> str:
    """Return the label of one choice."""
    return place_name(key, texts) if question.kind is Kind.PLACE else texts.plain(f"choice.{question.key}.{key}")


def place_name(key: str, texts: Texts) -> str:
    """Return the name of a recognised place, and nothing else that was said about it."""
    return texts.plain(f"place.{key}")


def understood(question: Question, answer: Answer, texts: Texts) -> str:
    """Return an answer as it was understood, or as it was said where nothing was read out of it. Plain text."""
    if answer.state is AnswerState.SKIPPED:
        return texts.plain("answer.skipped")
    if answer.state is AnswerState.UNKNOWN:
        return texts.plain("answer.unknown")
    said = visible(" ".join(answer.text.split()) if question.kind is Kind.NAME else answer.text)
    match question.kind:
        case Kind.DATE if answer.reading.value:
            return texts.day(date.fromisoformat(answer.reading.value))
        case Kind.PLACE if answer.reading.value:
            return place_name(answer.reading.value, texts)
        case Kind.CHOICES:
            chosen = [choice_label(question, key, texts) for key in answer.reading.choices]
            return "\n".join([*chosen, said] if said else chosen)
        case _:
            return said


def as_said(question: Question, answer: Answer, read: str) -> str | None:
    """Return the words as said where they differ from `read`, what was `understood`; otherwise None. Plain text."""
    said = visible(answer.text)
    if not said or said in read or question.kind is Kind.NAME:
        return None
    if question.kind is Kind.DATE and len(answer.words) == 1 and not any(sign.isalpha() for sign in said):
        return None  # figures say no more than the date that was read from them
    return said
