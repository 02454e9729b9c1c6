import pytest

from bot.sandbox.entities import format_text, plain_text, to_html
from bot.sandbox.errors import ApiError


def test_trims_and_moves_entities_along() -> None:
    text, entities = format_text("  <b> bold</b> \n", parse_mode="HTML")
    assert text == "bold"
    assert entities == [{"type": "bold", "offset": 0, "length": 4}]


def test_finds_what_telegram_finds_by_itself() -> None:
    _, entities = plain_text("/start@some_bot see https://a.kz/b, write a@b.kz or @someone #нет")
    assert [(entity["type"], entity["offset"], entity["length"]) for entity in entities] == [
        ("bot_command", 0, 15),
        ("url", 20, 14),
        ("email", 42, 6),
        ("mention", 52, 8),
        ("hashtag", 61, 4),
    ]


def test_finds_nothing_in_code() -> None:
    _, entities = format_text("<code>/start</code>", parse_mode="HTML")
    assert [entity["type"] for entity in entities] == ["code"]


def test_a_path_or_a_fraction_is_no_command() -> None:
    assert plain_text("5/12 and /etc/passwd")[1] == []


@pytest.mark.parametrize(
    "source", ["<b>a <i>й</i></b> &lt;x&gt;", '<a href="http://a.kz/?a=1&amp;b=2">q</a>', "<pre>x</pre>", "plain"]
)
def test_html_goes_there_and_back(source: str) -> None:
    assert to_html(*format_text(source, parse_mode="html")) == source


def test_refuses_other_parse_modes_plainly() -> None:
    with pytest.raises(ApiError, match="does not support the parse mode MarkdownV2, only HTML") as refusal:
        format_text("*x*", parse_mode="MarkdownV2")
    assert refusal.value.code == 501


def test_refuses_wrong_markup_with_the_usual_words_in_front() -> None:
    with pytest.raises(ApiError) as refusal:
        format_text("<b>x", parse_mode="HTML")
    words = "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\""
    assert refusal.value.description == words


@pytest.mark.parametrize(
    "entity",
    [
        {"type": "bold", "offset": 0, "length": 3},
        {"type": "bold", "offset": -1, "length": 1},
        {"type": "bold", "offset": 0, "length": 0},
        {"type": "huge", "offset": 0, "length": 1},
    ],
)
def test_refuses_entities_that_cannot_be(entity: dict[str, object]) -> None:
    with pytest.raises(ApiError, match="can't parse entities"):
        format_text("йй", entities=[entity])


def test_takes_entities_that_the_bot_counted() -> None:
    assert format_text("🏟x", entities=[{"type": "bold", "offset": 2, "length": 1}])[1] == [
        {"type": "bold", "offset": 2, "length": 1}
    ]


def test_refuses_markup_and_entities_together() -> None:
    with pytest.raises(ApiError, match="exclude each other"):
        format_text("x", parse_mode="HTML", entities=[])
