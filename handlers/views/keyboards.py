"""The buttons under the screens of the interview.

They follow from a few facts and never from what somebody said, and many people come to the same screen: a keyboard that
was made is kept for the next of them.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from bot.domain.answer import Reading
from bot.domain.consent import Publishing
from bot.domain.further_questions import find_question
from bot.domain.interview import CONSENT, PUBLISHING, REVIEW, SHARING, Interview
from bot.domain.message import Button, Keyboard
from bot.domain.press import NO, YES, Action, Press
from bot.domain.questionnaire import Kind, Question
from bot.texts import Catalogues, Texts
from handlers.callbacks import LANGUAGE, pack
from handlers.views.answers import choice_label, label, on_a_button, place_name

_DAYS = 6
"""How many days back stand on buttons; an earlier one is typed."""
_KEPT = 1024
"""Keyboards; with conditions marked they are 4 KB each, mostly less."""


class _Facts(NamedTuple):
    """All that the buttons of a screen depend on."""

    screen: int
    step: str
    marked: tuple[str, ...]
    has_begun_choices: bool
    can_go_back: bool
    doubts: tuple[Reading, ...]
    """Never words: what was read out of them."""
    suggestion: Reading | None
    is_further: bool
    review_of: tuple[str, ...]
    """The questions whose answers stand on the review."""
    today: date


def keyboard(interview: Interview, texts: Texts, *, today: date) -> Keyboard:
    """Return the buttons of the current screen."""
    facts = _Facts(
        interview.screen,
        interview.step,
        interview.marked,
        interview.has_begun_choices,
        interview.can_go_back,
        interview.doubts,
        interview.suggestion,
        interview.report_id is not None,
        interview.path if interview.step == REVIEW else (),
        today,
    )
    return _keyboard(facts, texts)


def cancel_keyboard(interview: Interview, texts: Texts) -> Keyboard:
    """Return the buttons under the question whether to delete the draft."""
    return (
        (_button(interview.screen, texts, "button.drop", Action.DROP),),
        (_button(interview.screen, texts, "button.keep", Action.KEEP),),
    )


def reminder_keyboard(screen: int, texts: Texts) -> Keyboard:
    """Return the buttons under a reminder of a draft: what /start and /cancel do."""
    return (
        (_button(screen, texts, "button.go_on", Action.KEEP),),
        (_button(screen, texts, "button.delete", Action.CANCEL),),
    )


def done_keyboard(interview: Interview, texts: Texts) -> Keyboard:
    """Return the button that closes a question of choices. The choices stand under the question itself."""
    return ((_button(interview.screen, texts, "button.done", Action.DONE),),)


def language_keyboard(catalogues: Catalogues, *, current: str | None = None) -> Keyboard:
    """Return buttons for the languages but the `current` one, each in its own words, in one row."""
    offered = (code for code in catalogues.languages if code != current)
    return (tuple(_language_button(code, catalogues.in_language(code)) for code in offered),)


@lru_cache
def _language_button(code: str, texts: Texts) -> Button:
    return Button(text=texts.plain("language.name"), callback_data=f"{LANGUAGE}:{code}")


@lru_cache(maxsize=_KEPT)
def _keyboard(facts: _Facts, texts: Texts) -> Keyboard:
    question = find_question(facts.step)
    if question is None:
        return _step_buttons(facts, texts)
    if facts.doubts:
        return _doubt_buttons(facts, question, texts)
    return (*_as_before(facts, question, texts), *_answer_buttons(facts, question, texts), *_way_buttons(facts, texts))


def _step_buttons(facts: _Facts, texts: Texts) -> Keyboard:
    match facts.step:
        case step if step == CONSENT:
            return ((_button(facts.screen, texts, "button.agree", Action.AGREE),),)
        case step if step == REVIEW:
            return _review_buttons(facts, texts)
        case step if step == SHARING:
            answers = ((f"sharing.{value}", value) for value in (YES, NO))
            buttons = (_labelled(facts.screen, texts.plain(key), Action.SHARE, value) for key, value in answers)
            return (*((button,) for button in buttons), *_back_row(facts, texts))
        case step if step == PUBLISHING:
            choices = (_publish_button(facts, texts, choice) for choice in Publishing)
            return (*((button,) for button in choices), *_back_row(facts, texts))
        case _:
            return ((_button(facts.screen, texts, "button.submit", Action.SUBMIT),), *_back_row(facts, texts))


def _doubt_buttons(facts: _Facts, question: Question, texts: Texts) -> Keyboard:
    """Return a button for each thing that may be meant, one to write again, and one to leave it at the words."""
    if len(facts.doubts) == 1:
        labels = [texts.plain("button.right")]
    else:
        labels = [on_a_button(question, doubt, texts) for doubt in facts.doubts]
    meant = tuple((_labelled(facts.screen, shown, Action.MEANT, str(place)),) for place, shown in enumerate(labels))
    return (
        *meant,
        (_button(facts.screen, texts, "button.change", Action.BACK),),
        (_button(facts.screen, texts, "button.as_said", Action.AS_SAID),),
    )


def _as_before(facts: _Facts, question: Question, texts: Texts) -> Keyboard:
    """Return a button for what was answered in the report before, where there was one."""
    if facts.suggestion is None:
        return ()
    shown = texts.plain("button.as_before", answer=on_a_button(question, facts.suggestion, texts))
    return ((_labelled(facts.screen, shown, Action.BEFORE),),)


def _answer_buttons(facts: _Facts, question: Question, texts: Texts) -> Keyboard:
    match question.kind:
        case Kind.PLACE:
            return _rows(
                (_labelled(facts.screen, place_name(key, texts), Action.PICK, key) for key in texts.country.buttons),
                in_a_row=2,
            )
        case Kind.CHARGE:
            (none,) = question.choices
            return ((_labelled(facts.screen, choice_label(question, none.key, texts), Action.PICK, none.key),),)
        case Kind.AGE | Kind.ONE:
            return _rows(
                (
                    _labelled(facts.screen, choice_label(question, choice.key, texts), Action.PICK, choice.key)
                    for choice in question.choices
                ),
                in_a_row=1,
            )
        case Kind.DATE:
            return _rows(_day_buttons(facts, texts), in_a_row=2)
        case Kind.CHOICES:
            done = _button(facts.screen, texts, "button.done", Action.DONE)
            return (*_choice_rows(facts, question, texts), (done,))
        case Kind.NAME | Kind.WORDS:
            return ()


def _day_buttons(facts: _Facts, texts: Texts) -> Iterable[Button]:
    for ago in range(_DAYS):
        day = facts.today - timedelta(days=ago)
        name = {0: "button.today", 1: "button.yesterday"}.get(ago)
        shown = texts.plain(name, day=texts.short_day(day)) if name else texts.short_day(day)
        yield _labelled(facts.screen, shown, Action.DATE, day.isoformat())


def _choice_rows(facts: _Facts, question: Question, texts: Texts) -> Iterable[tuple[Button, ...]]:
    for choice in question.choices:
        is_marked = choice.key in facts.marked
        shown = ("☑ " if is_marked else "☐ ") + choice_label(question, choice.key, texts)
        # The button says what shall be, not "toggle": pressed twice on a slow line it still does one thing.
        yield (_labelled(facts.screen, shown, Action.UNMARK if is_marked else Action.MARK, choice.key),)


def _way_buttons(facts: _Facts, texts: Texts) -> Keyboard:
    if facts.has_begun_choices:
        # A finger that misses "Done" must not throw away what is chosen.
        return ((_button(facts.screen, texts, "button.clear", Action.CLEAR),), *_back_row(facts, texts))
    ways = (
        _button(facts.screen, texts, "button.unknown", Action.UNKNOWN),
        _button(facts.screen, texts, "button.skip", Action.SKIP),
    )
    return (ways, *_back_row(facts, texts))


def _back_row(facts: _Facts, texts: Texts) -> Keyboard:
    if not facts.can_go_back:
        return ()
    return ((_button(facts.screen, texts, "button.back", Action.BACK),),)


def _review_buttons(facts: _Facts, texts: Texts) -> Keyboard:
    edits = (
        _labelled(facts.screen, texts.plain("button.edit", label=label(question, texts)), Action.EDIT, question.key)
        for question in map(find_question, facts.review_of)
        if question is not None
    )
    done = "button.finish" if facts.is_further else "button.reviewed"
    return (*_rows(edits, in_a_row=2), (_button(facts.screen, texts, done, Action.REVIEWED),))


def _publish_button(facts: _Facts, texts: Texts, choice: Publishing) -> Button:
    return _labelled(facts.screen, texts.plain(f"publishing.{choice}"), Action.PUBLISH, choice)


def _button(screen: int, texts: Texts, key: str, action: Action) -> Button:
    return _labelled(screen, texts.plain(key), action)


def _labelled(screen: int, shown: str, action: Action, value: str = "") -> Button:
    return Button(text=shown, callback_data=pack(Press(screen, action, value)))


def _rows(buttons: Iterable[Button], *, in_a_row: int) -> Keyboard:
    every = tuple(buttons)
    return tuple(every[place : place + in_a_row] for place in range(0, len(every), in_a_row))
