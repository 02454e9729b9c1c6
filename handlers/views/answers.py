"""How an answer reads: to the person who gave it, on a coordinator's card, in a digest."""

from bot.domain.answer import Answer, AnswerState, Reading, days_of
from bot.domain.questionnaire import Kind, Question
from bot.texts import Texts
from bot.understanding.reading import visible


def label(question: Question, texts: Texts) -> str:
    """Return the short name of an answer: "City"."""
    return texts.plain(f"question.{question.key}.label")


def choice_label(question: Question, key: str, texts: Texts) -> str:
    """Return the label of one choice."""
    return texts.plain(f"choice.{question.key}.{key}")


def place_name(key: str, texts: Texts) -> str:
    """Return the name of a recognised place, and nothing else that was said about it."""
    return texts.place(key)


def understood(question: Question, answer: Answer, texts: Texts) -> str:
    """Return an answer as it was understood, or as it was said where nothing was read out of it. Plain text."""
    if answer.state is AnswerState.SKIPPED:
        return texts.plain("answer.skipped")
    if answer.state is AnswerState.UNKNOWN:
        return texts.plain("answer.unknown")
    said = visible(" ".join(answer.text.split()) if question.kind is Kind.NAME else answer.text)
    if answer.reading.value:
        return in_full(question, answer.reading, texts)
    match question.kind:
        case Kind.CHOICES:
            chosen = [choice_label(question, key, texts) for key in answer.reading.choices]
            return "\n".join([*chosen, said] if said else chosen)
        case _:
            return said


def in_full(question: Question, reading: Reading, texts: Texts) -> str:
    """Return what was read out of an answer, as it is repeated to people. Plain text."""
    value = reading.value or ""
    match question.kind:
        case Kind.DATE:
            shown = texts.days(*days_of(value))
            if reading.part_of_day is None:
                return shown
            return texts.plain("day.and_time", day=shown, part=texts.plain(f"day.{reading.part_of_day}"))
        case Kind.PLACE:
            return place_name(value, texts)
        case _ if question.choice(value):
            return choice_label(question, value, texts)
        case Kind.CHARGE:
            return "\n".join(texts.charge(charge) for charge in value.split(";"))
        case _:
            return value


def on_a_button(question: Question, reading: Reading, texts: Texts) -> str:
    """Return what was read out of an answer, as short as a button is."""
    value = reading.value or ""
    match question.kind:
        case Kind.DATE:
            return texts.short_days(*days_of(value))
        case Kind.CHARGE:
            return ", ".join(texts.short_charge(charge) for charge in value.split(";"))
        case _:
            return in_full(question, reading, texts)


def is_outside_events(question: Question, answer: Answer, texts: Texts) -> bool:
    """Say whether an answer is a date that lies wholly before or after the events that the bot is used for."""
    value = answer.reading.value
    return question.kind is Kind.DATE and value is not None and texts.country.window.misses(*days_of(value))


def as_said(question: Question, answer: Answer, read: str) -> str | None:
    """Return the words as said where they differ from `read`, what was `understood`; otherwise None. Plain text."""
    said = visible(answer.text)
    if answer.before is not None and question.kind is not Kind.CHOICES:
        return said if said != read else None  # what a coordinator wrote may hold what was said, and say more
    if not said or said in read or question.kind is Kind.NAME:
        return None
    if question.kind is Kind.DATE and len(answer.words) == 1 and not any(sign.isalpha() for sign in said):
        return None  # figures say no more than the date that was read from them
    return said
