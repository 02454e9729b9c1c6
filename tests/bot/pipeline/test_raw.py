"""Reading just enough of an update that nobody has parsed."""

from typing import Any

import pytest

from bot.pipeline.raw import chat_of, language_of, pressed_query_id, written_message_id

PERSON = {"id": 7, "language_code": "ru"}
CHAT = {"id": 7, "type": "private"}


@pytest.mark.parametrize(
    "raw",
    [
        {"update_id": 1, "message": {"chat": CHAT, "from": PERSON}},
        {"update_id": 1, "edited_message": {"chat": CHAT, "from": PERSON}},
        {"update_id": 1, "callback_query": {"id": "9", "from": PERSON, "message": {"chat": CHAT}}},
        {"update_id": 1, "callback_query": {"id": "9", "from": PERSON, "message": None}},
        {"update_id": 1, "my_chat_member": {"chat": CHAT, "from": PERSON}},
    ],
)
def test_the_chat_and_the_language_are_found(raw: dict[str, Any]) -> None:
    assert chat_of(raw)["id"] == 7
    assert language_of(raw) == "ru"


@pytest.mark.parametrize("raw", [{"update_id": 1}, {"update_id": 1, "message": "?"}, {"update_id": 1, "message": {}}])
def test_an_update_of_no_chat_has_none(raw: dict[str, Any]) -> None:
    assert chat_of(raw) == {}
    assert language_of(raw) is None


def test_only_a_press_waits_to_be_acknowledged() -> None:
    assert pressed_query_id({"update_id": 1, "callback_query": {"id": "9"}}) == "9"
    assert pressed_query_id({"update_id": 1, "message": {"chat": CHAT}}) is None


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ({"update_id": 1, "message": {"message_id": 7}}, 7),
        ({"update_id": 1, "edited_message": {"message_id": 7}}, 7),
        ({"update_id": 1, "callback_query": {"message": {"message_id": 7}}}, None),
        ({"update_id": 1, "message": {}}, None),
        ({"update_id": 1, "message": "?"}, None),
        ({"update_id": 1, "message": {"message_id": True}}, None),
        ({"update_id": 1, "message": {"message_id": 2**63}}, None),
    ],
)
def test_the_message_that_somebody_wrote_is_found(raw: dict[str, Any], found: int | None) -> None:
    assert written_message_id(raw) == found
