import pytest

from bot.sandbox import Person
from bot.sandbox.errors import ApiError
from bot.sandbox.world.entities import format_text, plain_text, to_html
from tests.bot.sandbox.support import Api


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
    with pytest.raises(ApiError, match="can't parse MessageEntity"):
        format_text("йй", entities=[entity])


def test_takes_entities_that_the_bot_counted() -> None:
    assert format_text("🏟x", entities=[{"type": "bold", "offset": 2, "length": 1}])[1] == [
        {"type": "bold", "offset": 2, "length": 1}
    ]


def test_refuses_markup_and_entities_together() -> None:
    with pytest.raises(ApiError, match="exclude each other"):
        format_text("x", parse_mode="HTML", entities=[])


@pytest.mark.parametrize(
    ("entity", "code"),
    [
        ({"type": [], "offset": 0, "length": 1}, 400),
        ({"type": "bold", "offset": True, "length": 1}, 400),
        ({"type": "bold", "offset": 0.0, "length": 1}, 400),
        ({"type": "bold", "offset": 3, "length": 1}, 400),
        ({"type": "bold", "length": 1}, 400),
        ({"type": "text_link", "offset": 0, "length": 1}, 400),
        ({"type": "text_link", "offset": 0, "length": 1, "url": 5}, 400),
        ({"type": "pre", "offset": 0, "length": 1, "language": 5}, 400),
        ({"type": "bold", "offset": 0, "length": 1, "url": "x"}, 501),
        ({"type": "text_mention", "offset": 0, "length": 1}, 501),
    ],
)
async def test_malformed_entities_are_refused_and_nothing_is_stored(
    api: Api, mother: Person, entity: dict[str, object], code: int
) -> None:
    body = await api.call("sendMessage", chat_id=mother.id, text="йй🏟", entities=[entity])
    assert body["error_code"] == code
    await mother.refresh()
    assert [message.text for message in mother.messages] == ["/start"]


def test_control_characters_are_cleaned_away_and_entities_move_along() -> None:
    assert plain_text("a\tb\0c\r\nd\u202ee") == ("a b c\nde", [])
    text, entities = format_text("\r\u2028🏟\r<b>x\ry</b>\x07<i>\r</i>z", parse_mode="HTML")
    assert text == "🏟xy z"
    assert entities == [{"type": "bold", "offset": 2, "length": 2}]


def test_a_text_of_control_characters_is_empty() -> None:
    assert format_text("\x00\r\u202e")[0] == ""


def test_has_at_most_a_hundred_entities() -> None:
    assert len(format_text("<b>x</b> " * 100, parse_mode="HTML")[1]) == 100
    assert len(format_text("/a <b>x</b> " * 99, parse_mode="HTML")[1]) == 100
    with pytest.raises(ApiError, match="too many entities"):
        format_text("<b>x</b> " * 101, parse_mode="HTML")
    with pytest.raises(ApiError, match="too many entities"):
        format_text("x", entities=[{"type": "bold", "offset": 0, "length": 1}] * 101)
