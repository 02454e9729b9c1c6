from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup, escape

from bot.sandbox.world.html_parser import parse_html
from handlers.views.pages import LONGEST_TEXT, pages, pieces, shorten, visible_length
from tests.handlers.views.support import squeezed, units

LIMIT = 20
ASTRAL = "🙂🏳️‍🌈𐍈"
WORDS = st.text(st.sampled_from(f"aы& <>;\"'#\n{ASTRAL}"), max_size=60) | st.text(max_size=30)
BARE = st.text(st.sampled_from(f"aы&<>;lt#{ASTRAL}"), max_size=LIMIT).filter(lambda text: units(text) <= LIMIT)
LINES = st.builds(
    lambda text, tag: Markup(f"<{tag}>{{}}</{tag}>").format(text) if tag else escape(text),  # noqa: S704  tags are ours
    BARE,
    st.sampled_from(["", "b", "i", "code"]),
)


@settings(deadline=None)
@given(
    WORDS,
    st.sampled_from(["{}", "<b>{}</b>", '<a href="https://a.kz/?a=1&amp;b=2">{}</a>', "<i>{0}<b>{0}</b></i>"]),
)
def test_the_visible_length_is_what_telegram_counts(words: str, form: str) -> None:
    markup = Markup(form).format(words)  # noqa: S704  the forms are ours
    assert visible_length(markup) == units(parse_html(markup)[0])


@settings(deadline=None)
@given(st.lists(LINES, max_size=30))
def test_no_page_is_over_the_limit_and_no_line_lost_torn_or_moved(lines: list[Markup]) -> None:
    found = pages(lines, limit=LIMIT)
    assert Markup("\n").join(found) == Markup("\n").join(lines)
    for page in found:
        assert units(parse_html(page)[0]) <= LIMIT


@settings(deadline=None)
@given(st.lists(LINES, max_size=30))
def test_a_page_ends_where_the_next_line_has_no_room(lines: list[Markup]) -> None:
    for page, following in pairwise(pages(lines, limit=LIMIT)):
        assert visible_length(page) + 1 + visible_length(following.split("\n")[0]) > LIMIT


def test_no_lines_make_no_page() -> None:
    assert pages([]) == []


def test_a_line_as_long_as_a_message_is_one_page() -> None:
    line = Markup("<b>{}</b>").format("<" * LONGEST_TEXT)
    assert pages([line]) == [line]
    assert pages([line, Markup("x"), line]) == [line, Markup("x"), line]


def test_lines_that_fit_exactly_share_a_page() -> None:
    a, b = Markup("a"), Markup("b")
    assert pages([a, b], limit=3) == [Markup("a\nb")]
    assert pages([a, b], limit=2) == [a, b]
    assert pages([a, b, a, b], limit=3) == [Markup("a\nb"), Markup("a\nb")]


@settings(deadline=None, max_examples=200)
@given(WORDS, st.integers(2, 12))
def test_pieces_fit_and_lose_nothing_but_white_space_where_they_part(text: str, limit: int) -> None:
    found = list(pieces(text, limit=limit))
    assert all(units(piece) <= limit for piece in found)
    assert squeezed("".join(found)) == squeezed(text)


@settings(deadline=None)
@given(WORDS)
def test_a_text_that_fits_is_one_piece_and_untouched(text: str) -> None:
    assert list(pieces(text, limit=max(2, units(text)))) == [text]


@settings(deadline=None)
@given(st.lists(st.text("abы🙂", min_size=1, max_size=5), min_size=1, max_size=20).map(" ".join))
def test_words_are_not_torn_where_there_is_a_space_to_part_at(text: str) -> None:
    found = list(pieces(text, limit=24))
    assert " ".join(found) == text


def test_a_word_longer_than_a_piece_is_cut_between_characters() -> None:
    assert list(pieces("🙂" * 5, limit=5)) == ["🙂🙂", "🙂🙂", "🙂"]


@settings(deadline=None)
@given(WORDS, st.integers(1, 40))
def test_a_shortened_text_fits_and_is_marked_where_it_was_cut(text: str, limit: int) -> None:
    short = shorten(text, limit=limit)
    assert units(short) <= limit
    if units(text) <= limit:
        assert short == text
    else:
        assert short.endswith("…")
        assert text.startswith(short[:-1])


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("abcdef", "abcdef"),
        ("abcdefg", "abcde…"),
        ("abc defg", "abc d…"),
        ("abcd efgh", "abcd…"),
        ("🙂🙂🙂🙂", "🙂🙂…"),
    ],
)
def test_a_text_is_shortened_to_six_units(text: str, short: str) -> None:
    assert shorten(text, limit=6) == short


@settings(deadline=None)
@given(st.lists(WORDS, max_size=8))
def test_answers_cut_escaped_and_paged_can_be_read_back(answers: list[str]) -> None:
    lines = [Markup("<b>{}</b>").format(piece) for answer in answers for piece in pieces(answer, limit=LIMIT)]
    assert squeezed("".join(parse_html(page)[0] for page in pages(lines, limit=LIMIT))) == squeezed("".join(answers))
