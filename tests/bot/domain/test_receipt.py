from itertools import count

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_36

from bot.domain.errors import InvalidReceipt
from bot.domain.receipt import ALPHABET, SECRET_LENGTH, Receipt

CYRILLIC = {
    "A": "А", "B": "В", "C": "С", "E": "Е", "H": "Н", "K": "К", "M": "М", "P": "Р", "T": "Т", "X": "Х", "Y": "У",
}  # fmt: skip
BETWEEN = ("", "", " ", "-", "–", "—", " - ", "\N{NO-BREAK SPACE}", "\n")


def issued(secret: str) -> Receipt:
    letters = iter(secret)
    return Receipt.issue(lambda _alphabet: next(letters))


RECEIPTS = st.text(ALPHABET, min_size=SECRET_LENGTH, max_size=SECRET_LENGTH).map(issued)


@st.composite
def as_people_write(draw: st.DrawFn) -> tuple[Receipt, str]:
    """Draw a code, and one of the ways in which people type it."""
    receipt = draw(RECEIPTS)
    written = draw(st.sampled_from(("", " ")))
    for letter in receipt.code:
        twins = [letter, letter.lower()]
        if letter in CYRILLIC:
            twins += [CYRILLIC[letter], CYRILLIC[letter].lower()]
        written += draw(st.sampled_from(twins)) + draw(st.sampled_from(BETWEEN))
    return receipt, written


@settings(deadline=None, max_examples=30)
@given(RECEIPTS)
def test_every_single_wrong_character_is_refused(receipt: Receipt) -> None:
    accepted = []
    for place, right in enumerate(receipt.code):
        for wrong in ALPHABET.replace(right, ""):
            changed = receipt.code[:place] + wrong + receipt.code[place + 1 :]
            try:
                accepted.append(Receipt.read(changed))
            except InvalidReceipt:
                continue
    assert accepted == []


@settings(deadline=None)
@given(as_people_write())
def test_a_code_is_read_however_people_write_it(pair: tuple[Receipt, str]) -> None:
    receipt, written = pair
    assert Receipt.read(written) == receipt


@settings(deadline=None)
@given(RECEIPTS)
def test_a_code_is_shown_in_threes_and_read_back(receipt: Receipt) -> None:
    shown = str(receipt)
    assert [len(part) for part in shown.split("-")] == [3, 3, 3]
    assert Receipt.read(shown) == receipt


@settings(deadline=None)
@given(st.text() | st.text(ALPHABET + "0O1ILU", min_size=9, max_size=9))
@example("")
@example("---")
def test_any_other_text_is_refused_and_nothing_worse(said: str) -> None:
    try:
        receipt = Receipt.read(said)
    except InvalidReceipt:
        return
    assert set(receipt.code) <= set(ALPHABET)
    assert len(receipt.code) == SECRET_LENGTH + 1


@pytest.mark.parametrize("wrong", [*"0O1ILUЖЙ!?", "🙂", "ОО"])
def test_what_ear_or_eye_confuses_is_in_no_code(wrong: str) -> None:
    code = issued("ABCDEFGH").code
    with pytest.raises(InvalidReceipt):
        Receipt.read(wrong + code[1:])


@pytest.mark.parametrize("length", [1, 2, 7, 9, 17])
def test_a_code_of_another_length_is_refused_although_its_check_character_is_right(length: int) -> None:
    secret = ALPHABET[:length]
    with pytest.raises(InvalidReceipt):
        Receipt.read(secret + mod_37_36.calc_check_digit(secret, ALPHABET))


def test_the_alphabet_has_thirty_different_letters_and_none_that_is_confused() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 30
    assert not set(ALPHABET) & set("0O1ILU")


def test_every_random_character_is_chosen_from_the_whole_alphabet() -> None:
    asked: list[str] = []
    places = count()

    def choose(letters: str) -> str:
        asked.append(letters)
        return letters[next(places)]

    assert Receipt.issue(choose).code[:-1] == ALPHABET[:SECRET_LENGTH]
    assert asked == [ALPHABET] * SECRET_LENGTH


AROUND = [
    "{}",
    "код: {}, что с ним?",
    "Здравствуйте! {}",
    "/status {}",
    "({})",
    "«{}».",
    "{}\nспасибо",
    "my code is {}",
    "2022 {} 15:00",
]


@settings(deadline=None, max_examples=40)
@given(RECEIPTS, st.sampled_from(AROUND), st.sampled_from(["-", ""]), st.booleans())
def test_a_code_is_found_in_what_is_written_around_it(
    receipt: Receipt,
    around: str,
    dash: str,
    small: bool,  # noqa: FBT001
) -> None:
    written = str(receipt).replace("-", dash)
    assert Receipt.find(around.format(written.lower() if small else written)) == receipt


@settings(deadline=None)
@given(as_people_write())
def test_a_code_alone_is_found_however_people_write_it(pair: tuple[Receipt, str]) -> None:
    receipt, written = pair
    assert Receipt.find(written) == receipt


def test_a_code_in_threes_with_spaces_is_found_before_other_words() -> None:
    assert Receipt.find("ABC DEF GH5, как дела?") == issued("ABCDEFGH")


def test_the_code_is_found_beside_one_that_is_mistyped() -> None:
    assert Receipt.find("ABC-DEF-GHJ? ABC-DEF-GH5!") == issued("ABCDEFGH")


@pytest.mark.parametrize(
    "said",
    [
        "",
        "что с моим обращением?",
        "код: ABC-DEF-GHJ",  # a wrong check character
        "код: ABC-DEF-GH",
        "код: ABC-DEF-GH55",
        "код: XABC-DEF-GH5",
        "код: ABC-DEF-GH5-2",
        "код: 2-ABC-DEF-GH5",
        "код: ABC.DEF.GH5",
    ],
)
def test_where_no_code_stands_none_is_found(said: str) -> None:
    with pytest.raises(InvalidReceipt):
        Receipt.find(said)
