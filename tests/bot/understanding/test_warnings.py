"""Words that make a report urgent, and numbers that are nobody's business."""

import pytest

from bot.understanding.private_numbers import has_private_number, without_private_numbers
from bot.understanding.urgency import sounds_urgent


@pytest.mark.parametrize(
    "text",
    [
        "его пытают током, не дают инсулин, он умирает",
        "пытали всю ночь",
        "лекарства не передают",
        "врача не пускают",
        "она без сознания",
        "он не дышит",
        "она задыхается, у неё астма",
        "дем ала алмай жатыр",
        "he cannot breathe",
        "азаптап жатыр",
        "тоқпен қинады, дәрі бермейді",
        "дәрігерді жібермейді",
        "he was tortured",
        "they give her no medicine",
    ],
)
def test_torture_want_of_medicine_and_mortal_danger_are_urgent_in_words_too(text: str) -> None:
    assert sounds_urgent(text)


@pytest.mark.parametrize(
    "text",
    [
        "его не пытали",
        "Серік Ахметов",
        "голодно и холодно",
        "терроризм",
        "потоком шли люди",
        "жағдайы жақсы",
        "там душно, но дышать можно",
        "дем алып отыр",
        "he is well",
    ],
)
def test_other_words_are_not(text: str) -> None:
    assert not sounds_urgent(text)


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("Жиенбаев Нурлан ИИН 010203500123", "Жиенбаев Нурлан ИИН …"),
        ("Нурлан, тел 87017654321, Алматы", "Нурлан, тел …, Алматы"),
        ("Нурлан +7 701 765-43-21", "Нурлан +…"),
        ("8 (701) 765 43 21", "…"),
    ],
)
def test_numbers_of_papers_and_telephones_are_found_and_left_out(text: str, without: str) -> None:
    assert has_private_number(text)
    assert without_private_numbers(text) == without


@pytest.mark.parametrize(
    "text",
    [
        "05.01.2022",
        "2022-01-05",
        "с 2022-01-05 по 2022-01-06",
        "ст. 272 ч. 2, 274 ч. 4",
        "1990 г.р.",
        "5-6 января 2022",
        "Серік",
    ],
)
def test_days_articles_and_years_are_not_private(text: str) -> None:
    assert not has_private_number(text)
    assert without_private_numbers(text) == text
