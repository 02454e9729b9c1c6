from datetime import date

import pytest

from bot.domain.answer import Answer, Reading, Words
from bot.domain.questionnaire import QUESTIONNAIRE, Kind, Question
from bot.texts import Catalogues, Texts
from handlers.views.answers import as_said, choice_label, label, place_name, understood
from tests.bot.domain.support import said

QUESTIONS = QUESTIONNAIRE.questions


def in_words(*messages: str, value: str | None = None, choices: tuple[str, ...] = ()) -> Answer:
    return Answer(words=said(*messages).words, reading=Reading(value=value, choices=choices))


def beside(question: Question, answer: Answer, texts: Texts) -> str | None:
    """Return the words that are shown beside what was understood."""
    return as_said(question, answer, understood(question, answer, texts))


def by_key(question: Question) -> str:
    return question.key


@pytest.mark.parametrize("question", QUESTIONS, ids=by_key)
def test_every_question_and_choice_has_a_label(texts: Texts, question: Question) -> None:
    labels = [label(question, texts), *(choice_label(question, choice.key, texts) for choice in question.choices)]
    assert len(set(labels)) == len(labels)
    assert not [shown for shown in labels if "." in shown and " " not in shown]


@pytest.mark.parametrize("question", QUESTIONS, ids=by_key)
def test_no_answer_is_said_in_words(texts: Texts, question: Question) -> None:
    skipped, unknown = (understood(question, answer, texts) for answer in (Answer.skipped(), Answer.unknown()))
    assert skipped == texts.plain("answer.skipped")
    assert unknown == texts.plain("answer.unknown")
    assert skipped != unknown


@pytest.mark.parametrize("question", [q for q in QUESTIONS if q.kind is not Kind.NAME], ids=by_key)
def test_words_of_which_nothing_was_read_are_shown_exactly_as_said(texts: Texts, question: Question) -> None:
    words = "<после>  {митинга}\nу площади & рядом"
    assert understood(question, said(words), texts) == words
    assert beside(question, said(words), texts) is None


def test_a_name_is_shown_on_one_line(texts: Texts) -> None:
    answer = said("  Асель \n", "Бекова")
    assert understood(QUESTIONNAIRE["name"], answer, texts) == "Асель Бекова"
    assert beside(QUESTIONNAIRE["name"], answer, texts) is None


@pytest.mark.parametrize("choice", ["almaty", "karaganda", "fort_shevchenko"])
def test_a_pressed_place_is_shown_by_its_label(texts: Texts, choice: str) -> None:
    city, answer = QUESTIONNAIRE["city"], Answer.pressed(value=choice)
    assert understood(city, answer, texts) == texts.place(choice)
    assert beside(city, answer, texts) is None


def test_a_recognised_place_is_shown_by_its_label_beside_the_words(english: Texts) -> None:
    answer = in_words(" Алма-Ата ", value="almaty")
    assert understood(QUESTIONNAIRE["city"], answer, english) == "Almaty"
    assert beside(QUESTIONNAIRE["city"], answer, english) == "Алма-Ата"


def test_a_recognised_place_that_has_no_button_is_shown_by_its_name_as_well(english: Texts) -> None:
    answer = in_words("г. Уральск", value="oral")
    assert understood(QUESTIONNAIRE["city"], answer, english) == "Oral"
    assert beside(QUESTIONNAIRE["city"], answer, english) == "г. Уральск"


def test_words_added_to_a_place_are_no_part_of_its_name(english: Texts) -> None:
    answer = in_words("Уральск", "у тёти на Абая", value="oral")
    assert understood(QUESTIONNAIRE["city"], answer, english) == "Oral"
    assert beside(QUESTIONNAIRE["city"], answer, english) == "Уральск\nу тёти на Абая"


def test_a_place_is_named_and_nothing_else_is_said_of_it(texts: Texts) -> None:
    said = {"en": "Oral", "kk": "Орал", "ru": "Уральск"}[texts.language]
    assert place_name("oral", texts) == said


def test_every_place_that_can_be_recognised_has_a_name_of_its_own(texts: Texts) -> None:
    keys = list(texts.country.places.names_by_key)
    names = [place_name(key, texts) for key in keys]
    assert not [key for key, name in zip(keys, names, strict=True) if name == key]
    assert len(set(names)) == len(keys) > 57


def test_a_date_is_shown_in_full_beside_the_words(english: Texts) -> None:
    answer = in_words("5 января", value="2022-01-05")
    assert understood(QUESTIONNAIRE["date"], answer, english) == "5 January 2022"
    assert beside(QUESTIONNAIRE["date"], answer, english) == "5 января"


@pytest.mark.parametrize("written", ["5.1.22", "05.01.2022", " 2022-01-05 ", "05/01/2022", "5.01.", "05.01.2022!"])
def test_figures_say_no_more_than_the_date_that_was_read_from_them(texts: Texts, written: str) -> None:
    answer = in_words(written, value="2022-01-05")
    assert understood(QUESTIONNAIRE["date"], answer, texts) == texts.day(date(2022, 1, 5))
    assert beside(QUESTIONNAIRE["date"], answer, texts) is None


@pytest.mark.parametrize("written", ["05.01.2022 г.", "вчера", "Jan 5", "қаңтардың 5-і"])
def test_a_date_with_any_word_in_it_is_shown_beside_the_words(texts: Texts, written: str) -> None:
    assert beside(QUESTIONNAIRE["date"], in_words(written, value="2022-01-05"), texts) == written


@pytest.mark.parametrize("written", ["5-6", "05.01.2022 14:00", "5?"])
def test_figures_of_which_no_date_was_read_are_shown_as_said(texts: Texts, written: str) -> None:
    assert understood(QUESTIONNAIRE["date"], in_words(written), texts) == written
    assert beside(QUESTIONNAIRE["date"], in_words(written), texts) is None


@pytest.mark.parametrize("key", ["city", "charge", "conditions", "name"])
def test_figures_are_no_date_under_another_question(english: Texts, key: str) -> None:
    answer = in_words("05.01.2022", value="almaty" if key == "city" else None)
    shown = "Almaty" if key == "city" else "05.01.2022"
    assert understood(QUESTIONNAIRE[key], answer, english) == shown
    assert beside(QUESTIONNAIRE[key], answer, english) == ("05.01.2022" if key == "city" else None)


def test_words_that_are_part_of_what_was_understood_are_not_repeated(catalogues: Catalogues) -> None:
    for language, words in {"ru": "5 января", "kk": "5 қаңтар"}.items():
        answer = in_words(words, value="2022-01-05")
        assert beside(QUESTIONNAIRE["date"], answer, catalogues.in_language(language)) is None
    assert beside(QUESTIONNAIRE["city"], in_words("Almaty ", value="almaty"), catalogues.in_language("en")) is None


def test_words_added_to_a_date_are_not_lost(english: Texts) -> None:
    answer = in_words("05.01.2022", "ночью", value="2022-01-05")
    assert beside(QUESTIONNAIRE["date"], answer, english) == "05.01.2022\nночью"


def test_conditions_stand_a_line_each_with_the_words_below(english: Texts) -> None:
    answer = in_words("he is cold", "very", choices=("beating", "torture"))
    assert understood(QUESTIONNAIRE["conditions"], answer, english).splitlines() == [
        "Beating",
        "Torture: shocks, choking",
        "he is cold",
        "very",
    ]
    assert beside(QUESTIONNAIRE["conditions"], answer, english) is None


def test_pressed_conditions_have_no_empty_line_below(english: Texts) -> None:
    answer = Answer.pressed(choices=["beating"])
    assert understood(QUESTIONNAIRE["conditions"], answer, english) == "Beating"
    assert beside(QUESTIONNAIRE["conditions"], answer, english) is None


HIDDEN = "\N{RIGHT-TO-LEFT OVERRIDE}\N{ZERO WIDTH SPACE}\N{LEFT-TO-RIGHT ISOLATE}\N{SOFT HYPHEN}"


@pytest.mark.parametrize("question", QUESTIONS, ids=by_key)
def test_signs_that_cannot_be_seen_are_not_shown(texts: Texts, question: Question) -> None:
    answer = said(f" {HIDDEN}после{HIDDEN} митинга{HIDDEN} ")
    assert understood(question, answer, texts) == "после митинга"
    assert beside(question, answer, texts) is None


def test_signs_that_cannot_be_seen_are_not_shown_beside_what_was_understood(english: Texts) -> None:
    answer = in_words(f"{HIDDEN}Алма{HIDDEN}-Ата", value="almaty")
    assert beside(QUESTIONNAIRE["city"], answer, english) == "Алма-Ата"
    assert beside(QUESTIONNAIRE["city"], in_words(HIDDEN, value="almaty"), english) is None
    assert beside(QUESTIONNAIRE["date"], in_words(f"5.1{HIDDEN}.22", value="2022-01-05"), english) is None


def test_what_joins_an_emoji_is_kept(texts: Texts) -> None:
    family = "👨\N{ZERO WIDTH JOINER}👩\N{ZERO WIDTH JOINER}👧"
    assert understood(QUESTIONNAIRE["name"], said(f"{family} {HIDDEN}"), texts) == family


def test_a_message_of_white_space_alone_was_nothing_said(english: Texts) -> None:
    answer = Answer(words=(Words(message_id=1, text=" \n"),), reading=Reading(value="almaty"))
    assert beside(QUESTIONNAIRE["city"], answer, english) is None
