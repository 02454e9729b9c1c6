import unicodedata
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.countries.profile import EventWindow
from bot.domain.answer import Reading
from bot.domain.errors import Misreading, NotUnderstood
from bot.domain.questionnaire import QUESTIONNAIRE, Kind, Question
from bot.understanding.country import Country
from bot.understanding.reading import Reader, Understanding, visible

TODAY = date(2022, 1, 20)
READER = Reader(Country.load("kz"))
QUESTIONS = QUESTIONNAIRE.questions
WORDS_ONLY = [question for question in QUESTIONS if question.kind in {Kind.NAME, Kind.WORDS, Kind.CHOICES}]


def by_key(question: Question) -> str:
    return question.key


def read(key: str, text: str) -> Reading:
    understood = READER.read(QUESTIONNAIRE[key], text, today=TODAY)
    assert understood == Understanding(understood.reading)
    return understood.reading


def doubts(key: str, text: str) -> list[str | None]:
    understood = READER.read(QUESTIONNAIRE[key], text, today=TODAY)
    assert understood == Understanding(doubts=understood.doubts)
    return [doubt.value for doubt in understood.doubts]


@pytest.mark.parametrize("question", QUESTIONS, ids=by_key)
@pytest.mark.parametrize(
    "text",
    [
        "", " ", "\n\t", "\N{NO-BREAK SPACE}", "\N{ZERO WIDTH SPACE}", "\N{RIGHT-TO-LEFT MARK}", "\N{WORD JOINER}",
        "\N{ZERO WIDTH NO-BREAK SPACE}", "\N{SOFT HYPHEN}", "\N{ZERO WIDTH JOINER}",
        " \N{ZERO WIDTH JOINER}\n\N{ZERO WIDTH NON-JOINER} ",
    ],
    ids=ascii,
)  # fmt: skip
def test_a_message_with_no_words_is_no_answer(question: Question, text: str) -> None:
    with pytest.raises(NotUnderstood) as problem:
        READER.read(question, text, today=TODAY)
    assert problem.value.why is Misreading.EMPTY


@pytest.mark.parametrize("question", QUESTIONS, ids=by_key)
def test_an_answer_may_be_as_long_as_its_question_allows_and_no_longer(question: Question) -> None:
    assert READER.read(question, "ы" * question.max_length, today=TODAY) == Understanding()
    with pytest.raises(NotUnderstood) as problem:
        READER.read(question, "ы" * (question.max_length + 1), today=TODAY)
    assert problem.value.why is Misreading.TOO_LONG
    assert problem.value.limit == question.max_length


@pytest.mark.parametrize("question", QUESTIONS, ids=by_key)
def test_words_can_be_checked_without_being_understood(question: Question) -> None:
    figures = () if question.kind is Kind.NAME else ("31.02", "21.01.2022", "да")
    for text in ("x", *figures, "ы" * question.max_length):
        READER.check(question, text)
    no_names = ("да", "нет", "жоқ", "😭", "21.01.2022") if question.kind is Kind.NAME else ()
    for text, why in (
        *((text, Misreading.NOT_A_NAME) for text in no_names),
        (" \N{ZERO WIDTH SPACE}", Misreading.EMPTY),
        ("ы" * (question.max_length + 1), Misreading.TOO_LONG),
    ):
        with pytest.raises(NotUnderstood) as problem:
            READER.check(question, text)
        assert problem.value.why is why


@pytest.mark.parametrize("question", QUESTIONS, ids=by_key)
def test_words_of_several_messages_are_understood_at_any_length(question: Question) -> None:
    assert READER.understand(question, "ы" * (4 * question.max_length), today=TODAY) == Understanding()


def test_what_is_understood_of_words_is_the_same_whether_they_were_checked_or_not() -> None:
    for key, text in (("city", "орал"), ("date", "5.1.22"), ("date", "после митинга"), ("name", "вчера")):
        assert READER.understand(QUESTIONNAIRE[key], text, today=TODAY).reading == read(key, text)
    with pytest.raises(NotUnderstood) as problem:
        READER.understand(QUESTIONNAIRE["date"], "21.01.2022", today=TODAY)
    assert problem.value.why is Misreading.FUTURE_DATE


@pytest.mark.parametrize("question", WORDS_ONLY, ids=by_key)
@settings(deadline=None, max_examples=25)
@given(text=st.sampled_from(["вчера", "орал", "05.01.2022", "torture"]) | st.text("ab <&🙂", min_size=1, max_size=200))
def test_names_and_conditions_in_words_speak_for_themselves(question: Question, text: str) -> None:
    if any(sign.isalpha() for sign in text):
        assert READER.read(question, text, today=TODAY) == Understanding()


def test_a_known_place_is_recognised() -> None:
    assert read("city", "г. Орал") == Reading(value="oral")


def test_an_unknown_place_is_kept_as_said() -> None:
    assert read("city", "аул за рекой") == Reading()


def test_a_plain_date_is_read_as_a_day() -> None:
    assert read("date", "5.1.22") == Reading(value="2022-01-05")


def test_a_date_in_words_is_kept_as_said() -> None:
    assert read("date", "после митинга") == Reading()


@pytest.mark.parametrize(
    ("text", "value", "part_of_day"),
    [
        ("ночью 5 января", "2022-01-05", "night"),
        ("4-5 января", "2022-01-04/2022-01-05", None),
        ("кеше кешке", "2022-01-19", "evening"),
    ],
)
def test_a_day_may_come_with_its_time_and_days_may_be_several(text: str, value: str, part_of_day: str | None) -> None:
    assert read("date", text) == Reading(value=value, part_of_day=part_of_day)


def test_a_day_that_may_be_several_is_in_doubt() -> None:
    assert doubts("date", "01/05/2021") in (["2021-01-05", "2021-05-01"], ["2021-05-01", "2021-01-05"])


@pytest.mark.parametrize("text", ["не помню точно", "білмеймін", "don't know"])
def test_a_day_that_is_not_known_is_said_to_be_unknown(text: str) -> None:
    assert READER.read(QUESTIONNAIRE["date"], text, today=TODAY) == Understanding(is_unknown=True)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ст. 272 ч. 2", "CC:272/2"),
        ("ст. 269, 272", "CC:269;CC:272"),
        ("488-баптың 6-бөлігі", "CAO:488/6"),
        ("обвинение не предъявлено", "none"),
    ],
)
def test_charges_are_read(text: str, value: str) -> None:
    assert read("charge", text) == Reading(value=value)


def test_a_charge_in_words_alone_is_in_doubt() -> None:
    assert doubts("charge", "участие в массовых беспорядках") == ["CC:272/2"]


@pytest.mark.parametrize("text", ["был дома", "22 года, работал на стройке", "ст. 128 УПК"])
def test_what_names_no_charge_is_kept_as_said(text: str) -> None:
    assert read("charge", text) == Reading()


@pytest.mark.parametrize(("text", "why"), [("31.02", Misreading.NOT_A_DATE), ("21.01.2022", Misreading.FUTURE_DATE)])
def test_a_date_that_cannot_be_is_asked_again(text: str, why: Misreading) -> None:
    with pytest.raises(NotUnderstood) as problem:
        read("date", text)
    assert problem.value.why is why


FAMILY = "👨\N{ZERO WIDTH JOINER}👩\N{ZERO WIDTH JOINER}👧"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("  Асель\n", "Асель"),
        ("Асель  Бекова", "Асель  Бекова"),
        ("\N{LEFT-TO-RIGHT MARK}Асель\N{ZERO WIDTH SPACE}Бекова", "АсельБекова"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}Асель\N{POP DIRECTIONAL FORMATTING} ", "Асель"),
        ("\N{ZERO WIDTH SPACE} Асель \N{ZERO WIDTH NO-BREAK SPACE}", "Асель"),
        (FAMILY, FAMILY),
        (f" {FAMILY} ", FAMILY),
        ("\N{ZERO WIDTH JOINER} \N{ZERO WIDTH JOINER}", ""),
        ("\N{SOFT HYPHEN}", ""),
        ("", ""),
    ],
    ids=ascii,
)
def test_what_cannot_be_seen_is_taken_out_and_nothing_else(text: str, seen: str) -> None:
    assert visible(text) == seen


@settings(deadline=None)
@given(st.text() | st.text("aы \n\u200b\u200d\u202e\u2066\ufeff\u00ad"))
def test_no_invisible_sign_is_left_but_the_joiner(text: str) -> None:
    seen = visible(text)
    assert visible(seen) == seen == seen.strip()
    assert {sign for sign in seen if unicodedata.category(sign) == "Cf"} <= {"\N{ZERO WIDTH JOINER}"}
    assert [sign for sign in text if is_seen(sign)] == [sign for sign in seen if is_seen(sign)]


def is_seen(sign: str) -> bool:
    return not sign.isspace() and unicodedata.category(sign) != "Cf"


def test_a_place_with_what_stands_around_it_is_recognised() -> None:
    assert read("city", "из г. Орал, вечером") == Reading(value="oral")


def test_a_date_with_the_months_name_is_read_as_a_day() -> None:
    assert read("date", "Jan 5, 2022") == read("date", "5 қаңтар") == Reading(value="2022-01-05")


@pytest.mark.parametrize(
    ("events", "said", "first"),
    [
        (EventWindow(), "1/12", "2022-01-12"),
        (EventWindow(last=date(2021, 12, 31)), "1/12", "2021-12-01"),
        (EventWindow(), "в среду", "2022-01-19"),
        (EventWindow(first=date(2022, 1, 5), last=date(2022, 1, 15)), "в среду", "2022-01-12"),
    ],
)
def test_of_days_in_doubt_those_of_the_events_come_first_and_none_is_left_out(
    events: EventWindow, said: str, first: str
) -> None:
    profile = READER.country.profile.model_copy(update={"events": events})
    reader = Reader(replace(READER.country, profile=profile))
    understood = reader.read(QUESTIONNAIRE["date"], said, today=TODAY)
    assert understood.reading == Reading()
    assert understood.doubts[0].value == first
    assert {doubt.value for doubt in understood.doubts} == set(doubts("date", said))


def test_a_day_that_is_certain_stays_certain_whatever_the_events() -> None:
    profile = READER.country.profile.model_copy(update={"events": EventWindow(last=date(2021, 12, 31))})
    reader = Reader(replace(READER.country, profile=profile))
    assert reader.read(QUESTIONNAIRE["date"], "05.01.2022", today=TODAY).reading == Reading(value="2022-01-05")
