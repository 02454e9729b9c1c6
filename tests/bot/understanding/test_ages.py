"""Whether somebody is a minor, and whether it is too much for somebody."""

from datetime import date

import pytest

from bot.understanding import ages
from bot.understanding.distress import is_in_distress

TODAY = date(2022, 1, 8)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("17", ("minor",)),
        ("ему 17 лет", ("minor",)),
        ("18", ("adult",)),
        ("18 жаста", ("adult",)),
        ("35 years old", ("adult",)),
        ("1990", ("adult",)),
        ("1990 г.р.", ("adult",)),
        ("2003", ("adult",)),
        ("2004 года рождения", ("minor", "adult")),
        ("2005 жылғы", ("minor",)),
        ("119", ("adult",)),
        ("120", ()),
        ("1800", ()),
        ("2031", ()),
        ("35, двое детей 5 и 7", ()),
        ("несовершеннолетний", ("minor",)),
        ("совершеннолетний", ("adult",)),
        ("ещё ребёнок", ("minor",)),
        ("подросток", ("minor",)),
        ("кәмелетке толмаған", ("minor",)),
        ("кәмелетке толған", ("adult",)),
        ("взрослый", ("adult",)),
        ("не взрослый", ()),
        ("an adult", ("adult",)),
        ("under 18", ("minor",)),
        ("ему нет 18", ("minor",)),
        ("18-ге толмаған", ("minor",)),
        ("не помню", ()),
        ("", ()),
    ],
)
def test_an_age_a_year_of_birth_or_words_say_whether_somebody_is_a_minor(text: str, meant: tuple[str, ...]) -> None:
    assert ages.parse(text, TODAY) == meant


@pytest.mark.parametrize(
    "text",
    [
        "я больше не могу",
        "не могу об этом говорить",
        "мне очень страшно",
        "Очень страшно!",
        "руки трясутся",
        "тяжело писать об этом",
        "қорқамын",
        "айта алмаймын, кешіріңіз",
        "I'm so scared",
        "I cannot go on",
        "it hurts to write",
    ],
)
def test_somebody_who_cannot_go_on_is_heard(text: str) -> None:
    assert is_in_distress(text)


@pytest.mark.parametrize(
    "text",
    [
        "Серік Ахметов",
        "избили, сломали руку",
        "не знаю",
        "он не может говорить с адвокатом",
        "05.01.2022",
        "терроризм",
        "боятся, что будет хуже",
        "қорқытып мойындатты",
        "they cannot talk to him",
    ],
)
def test_what_is_told_of_others_is_no_cry_of_ones_own(text: str) -> None:
    assert not is_in_distress(text)
