from typing import Any

import pytest

from bot.sandbox.errors import ApiError
from bot.sandbox.world.keyboards import check_markup, kind_of, rows_of


def inline(*buttons: object) -> dict[str, Any]:
    return {"inline_keyboard": [list(buttons)]}


def button(**members: object) -> dict[str, object]:
    return {"text": "x", "callback_data": "x"} | members


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        (inline(button(callback_data="")), "BUTTON_DATA_INVALID"),
        (inline(button(callback_data="й" * 33)), "BUTTON_DATA_INVALID"),
        (inline(button(callback_data=5)), 'Field "callback_data" must be of type String'),
        (inline(button(text=" ")), "button text must be non-empty"),
        (inline(button(text=7)), 'Field "text" must be of type String'),
        (inline({"text": "x"}), "text buttons are unallowed in the inline keyboard"),
        (inline({"text": "x", "url": "javascript:1"}), "BUTTON_URL_INVALID"),
        (inline("x"), "an Object expected"),
        ({"inline_keyboard": [button()]}, "an Array of Arrays"),
        (inline(*[button()] * 9), "8 buttons a row"),
        ({"inline_keyboard": [[button()]] * 101}, "reply markup is too long"),
        ({"keyboard": [[{"text": ""}]]}, "button text must be non-empty"),
        ({"keyboard": [[5]]}, "an Object or a String expected"),
        ({"remove_keyboard": False}, "remove_keyboard must be true"),
        ({}, "object expected as reply markup"),
        ({"inline_keyboard": [], "keyboard": []}, "reply markup is ambiguous"),
        (inline(button(web_app={})), "does not support web_app in inline buttons"),
        ({"keyboard": [], "shape": 1}, "does not support shape in a reply keyboard"),
    ],
)
def test_refuses_what_telegram_or_the_house_refuses(markup: dict[str, Any], words: str) -> None:
    with pytest.raises(ApiError) as refusal:
        check_markup(markup)
    assert words in refusal.value.description


def test_callback_data_may_have_64_bytes() -> None:
    markup = inline(button(callback_data="й" * 32))
    assert check_markup(markup) == markup


def test_a_hundred_buttons_are_not_too_many() -> None:
    markup = {"inline_keyboard": [[button()] * 5] * 20}
    assert check_markup(markup) == markup


@pytest.mark.parametrize(
    ("markup", "kind"),
    [
        (inline(button()), "inline"),
        ({"keyboard": [["a"]], "resize_keyboard": True}, "reply"),
        ({"remove_keyboard": True}, "remove"),
        ({"force_reply": True, "input_field_placeholder": "Name"}, "force_reply"),
        (None, None),
    ],
)
def test_names_the_kinds(markup: dict[str, Any] | None, kind: str | None) -> None:
    assert kind_of(markup if markup is None else check_markup(markup)) == kind


def test_an_edited_message_takes_only_inline_keyboards() -> None:
    with pytest.raises(ApiError, match="inline keyboard expected"):
        check_markup({"force_reply": True}, inline_only=True)


def test_rows_show_data_address_or_neither() -> None:
    assert rows_of(inline(button(), {"text": "u", "url": "http://a.kz"})) == [
        [{"text": "x", "data": "x", "url": None}, {"text": "u", "data": None, "url": "http://a.kz"}]
    ]
    assert rows_of({"keyboard": [["a"]]}) == [[{"text": "a", "data": None, "url": None}]]


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ({"keyboard": [["x"]], "resize_keyboard": 1}, 'Field "resize_keyboard" must be of type Boolean'),
        ({"keyboard": [[{"text": "x", "request_contact": "yes"}]]}, 'Field "request_contact" must be of type Boolean'),
        ({"keyboard": [[{"text": "x", "style": []}]]}, "Unsupported style specified"),
        ({"keyboard": [["x"]], "input_field_placeholder": "x" * 65}, "must have 1 to 64 characters"),
        ({"force_reply": True, "input_field_placeholder": 5}, "must have 1 to 64 characters"),
        ({"remove_keyboard": True, "selective": "no"}, 'Field "selective" must be of type Boolean'),
        ({"remove_keyboard": True, "input_field_placeholder": "x"}, "does not support input_field_placeholder"),
        (inline(button(style="loud")), "Unsupported style specified"),
        (
            {"keyboard": [[{"text": "x", "request_contact": True, "request_location": True}]]},
            "at most one of the optional fields",
        ),
    ],
)
def test_refuses_members_of_wrong_types(markup: dict[str, Any], words: str) -> None:
    with pytest.raises(ApiError) as refusal:
        check_markup(markup)
    assert words in refusal.value.description


@pytest.mark.parametrize(
    ("name", "words"),
    [("request_contact", "phone number can be requested"), ("request_location", "location can be requested")],
)
def test_people_are_asked_for_themselves_in_private_only(name: str, words: str) -> None:
    markup: dict[str, Any] = {"keyboard": [[{"text": "x", name: True}]]}
    assert check_markup(markup) == markup
    with pytest.raises(ApiError, match=words):
        check_markup(markup, private=False)


@pytest.mark.parametrize("kind", ["inline_keyboard", "keyboard"])
def test_empty_rows_are_dropped(kind: str) -> None:
    assert check_markup({kind: [[], [button()] if kind == "inline_keyboard" else ["x"], []]}) == {
        kind: [[button()] if kind == "inline_keyboard" else ["x"]]
    }
