"""Whether somebody is a minor: read out of an age, a year of birth, or the words for it."""

import re
from datetime import date

MINOR, ADULT = "minor", "adult"
"""The choices of the question of age (bot/domain/further_questions.py)."""
_OF_AGE = 18
"""Years. The age of majority (UN Convention on the Rights of the Child, article 1)."""
_OLDEST = 119
_NUMBER = re.compile(r"(?<!\d)\d{1,4}(?!\d)")
_MINOR_WORDS = re.compile(
    r"\b(minor|child|несовершеннолетн|малолетн|подрост|реб[её]нок|школьни|кәмелетке толмаған|бала\b|оқушы)",
    re.IGNORECASE,
)
_UNDER_AGE = re.compile(
    r"\b(under|below|младше|меньше|до|нет)\s+18\b|\b18\W{0,2}\w{0,2}\s+(толмаған|жетпеген)", re.IGNORECASE
)
_ADULT_WORDS = re.compile(
    r"\b(adult|grown|совершеннолетн|взросл|пенсионер|ересек|кәмелетке толған|зейнеткер)", re.IGNORECASE
)
_DENIES = re.compile(r"\b(не|not|емес)\b", re.IGNORECASE)


def parse(text: str, today: date) -> tuple[str, ...]:
    """Return what the words may mean, of "minor" and "adult"; nothing where they say neither.

    Both come back where a year of birth leaves it open. Of several numbers ("2 children, 35") none is guessed at.
    """
    if _UNDER_AGE.search(text):
        return (MINOR,)
    numbers = [int(number) for number in _NUMBER.findall(text)]
    if len(numbers) == 1:
        return _of_number(numbers[0], today)
    if numbers:
        return ()
    if _ADULT_WORDS.search(text) and not _DENIES.search(text):
        return (ADULT,)
    return (MINOR,) if _MINOR_WORDS.search(text) else ()


def born(text: str, today: date) -> tuple[int, int] | None:
    """Return the first and the last year in which somebody may be born, by the one age or year of birth in the words.

    None where they hold no number, several, or one that can be neither.
    """
    numbers = [int(number) for number in _NUMBER.findall(text)]
    if len(numbers) != 1 or _UNDER_AGE.search(text):
        return None
    number = numbers[0]
    if number <= _OLDEST:
        return today.year - number - 1, today.year - number
    return (number, number) if 0 <= today.year - number <= _OLDEST else None


def _of_number(number: int, today: date) -> tuple[str, ...]:
    if number <= _OLDEST:
        return (MINOR,) if number < _OF_AGE else (ADULT,)
    youngest, oldest = today.year - number - 1, today.year - number
    if youngest > _OLDEST or oldest < 0:
        return ()
    if oldest < _OF_AGE:
        return (MINOR,)
    return (ADULT,) if youngest >= _OF_AGE else (MINOR, ADULT)
