import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.domain.message import Button, Delete, DeleteMany, Outgoing, Replace, Say, Wipe, from_json, to_json

BUTTONS = st.builds(Button, text=st.text(min_size=1), callback_data=st.text("abc:0123456789_", min_size=1, max_size=64))
KEYBOARDS = st.lists(st.lists(BUTTONS, max_size=3).map(tuple), max_size=3).map(tuple)
IDS = st.integers(1, 2**63 - 1)
SAYS = st.builds(Say, html=st.text(), keyboard=KEYBOARDS, protected=st.booleans(), asks_for_reply=st.booleans())
REPLACES = st.builds(Replace, message_id=IDS, html=st.none() | st.text(), keyboard=KEYBOARDS)
DELETES = st.builds(Delete, message_id=IDS) | st.builds(DeleteMany, st.lists(IDS).map(tuple))
WIPES = st.builds(Wipe, before_update=IDS)


@settings(deadline=None)
@given(SAYS | REPLACES | DELETES | WIPES)
def test_what_is_said_survives_the_outbox(message: Outgoing) -> None:
    assert from_json(to_json(message)) == message


def test_the_halves_of_what_is_deleted_are_all_of_it() -> None:
    assert DeleteMany((5, 4, 3)).halves() == (DeleteMany((5,)), DeleteMany((4, 3)))


@pytest.mark.parametrize("stored", ['{"kind": "sing", "html": "la"}', '{"html": "la"}', '{"kind": "say", "text": "x"}'])
def test_what_is_no_message_is_not_read_as_one(stored: str) -> None:
    with pytest.raises(ValidationError):
        from_json(stored)


@pytest.mark.parametrize(
    ("label", "data"),
    [("", "x"), ("x", ""), ("x", "d" * 65), ("x", "я"), ("x", "я" * 64), ("x", "a b"), ("x", "a\n"), ("x", "a\x7f")],
)
def test_a_button_that_telegram_would_refuse_cannot_be_built(label: str, data: str) -> None:
    with pytest.raises(ValidationError):
        Button(text=label, callback_data=data)


def test_the_longest_callback_data_fits() -> None:
    assert Button(text="x", callback_data="d" * 64).callback_data == "d" * 64


def test_a_plain_message_is_neither_protected_nor_asks_for_a_reply() -> None:
    assert not Say(html="x").protected
    assert not Say(html="x").asks_for_reply
