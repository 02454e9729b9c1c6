from datetime import UTC, datetime

import pytest

from bot.sandbox.errors import ControlError
from bot.sandbox.people.find_button import find_button
from bot.sandbox.world.model import Chat, ChatType, Message

NOW = datetime(2022, 1, 6, tzinfo=UTC)


def chat_with(*markups: dict[str, object] | None) -> Chat:
    chat = Chat(1, ChatType.PRIVATE, "x")
    for number, markup in enumerate(markups, start=1):
        chat.messages[number] = Message(1, number, None, "bot", True, NOW, {"text": "x"}, markup=markup)
    return chat


def inline(*labels: str) -> dict[str, object]:
    return {"inline_keyboard": [[{"text": label, "callback_data": label} for label in labels]]}


def test_an_equal_label_comes_before_a_newer_similar_one() -> None:
    target = find_button(chat_with(inline("Skip"), inline("Skip all")), "Skip", message_id=None, exact=False)
    assert (target.message.message_id, target.label) == (1, "Skip")


def test_the_newest_of_equal_labels_is_meant() -> None:
    target = find_button(chat_with(inline("Skip"), inline("Skip"), None), "Skip", message_id=None, exact=False)
    assert target.message.message_id == 2


def test_words_are_enough_when_they_fit_one_label_whatever_the_case() -> None:
    target = find_button(chat_with(inline("⏭ Пропустить", "Назад")), "пропустить", message_id=None, exact=False)
    assert target.label == "⏭ Пропустить"


@pytest.mark.parametrize(
    ("label", "exact", "labels"),
    [("Skip", False, ["Skip all", "Skip one"]), ("Skip all!", False, ["Skip all", "Skip one"]), ("ski", True, None)],
)
def test_otherwise_the_labels_there_are_are_named(label: str, exact: bool, labels: list[str] | None) -> None:  # noqa: FBT001  a parameter
    with pytest.raises(ControlError) as refusal:
        find_button(chat_with(inline("Skip all", "Skip one")), label, message_id=None, exact=exact)
    assert refusal.value.labels == (labels or ["Skip all", "Skip one"])


def test_one_message_alone_can_be_meant() -> None:
    chat = chat_with(inline("Skip"), inline("Skip"))
    assert find_button(chat, "Skip", message_id=1, exact=True).message.message_id == 1
    with pytest.raises(ControlError, match="there is no message 9"):
        find_button(chat, "Skip", message_id=9, exact=True)


def test_a_newer_reply_keyboard_replaces_an_older_one() -> None:
    chat = chat_with({"keyboard": [["Old"]]}, {"keyboard": [["New"]]})
    assert find_button(chat, "New", message_id=None, exact=True).message.message_id == 2
    with pytest.raises(ControlError, match="there are: 'New'"):
        find_button(chat, "Old", message_id=None, exact=True)


def test_a_removed_reply_keyboard_is_gone() -> None:
    chat = chat_with({"keyboard": [["Old"]]}, {"remove_keyboard": True})
    with pytest.raises(ControlError, match="none at all"):
        find_button(chat, "Old", message_id=None, exact=True)


@pytest.mark.parametrize("newer", [{"remove_keyboard": True}, {"keyboard": [["New"]]}])
def test_a_reply_keyboard_that_is_gone_cannot_be_pressed_by_its_message(newer: dict[str, object]) -> None:
    chat = chat_with({"keyboard": [["Old"]]}, newer)
    with pytest.raises(ControlError, match="no visible button is labelled 'Old'"):
        find_button(chat, "Old", message_id=1, exact=True)
