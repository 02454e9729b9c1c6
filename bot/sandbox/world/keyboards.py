"""Reply markup as a bot sends it: checked strictly, kept as Telegram would send it back."""

from collections.abc import Callable
from functools import partial
from typing import Any

from bot.sandbox import spec
from bot.sandbox.errors import ApiError, bad_request, not_implemented
from bot.sandbox.wire import JsonObject, utf16_length

INLINE = "inline_keyboard"
# The member that tells the four kinds of reply markup apart, and the word that people see for it.
KINDS = {INLINE: "inline", "keyboard": "reply", "remove_keyboard": "remove", "force_reply": "force_reply"}
_REPLY_OPTIONS = {
    "is_persistent",
    "resize_keyboard",
    "one_time_keyboard",
    "input_field_placeholder",
    "selective",
    "keyboard",
}
_OTHER_OPTIONS = {
    "remove_keyboard": {"remove_keyboard", "selective"},
    "force_reply": {"force_reply", "selective", "input_field_placeholder"},
}
_BOOLEANS = {
    "is_persistent",
    "resize_keyboard",
    "one_time_keyboard",
    "selective",
    "request_contact",
    "request_location",
}
_REQUESTS = {"request_contact": "phone number", "request_location": "location"}
# core.telegram.org/bots/api#replykeyboardmarkup
_PLACEHOLDER_MAX = 64
_REPLY_BUTTON = {"text", "request_contact", "request_location", "style"}
_INLINE_BUTTON = {"text", "url", "callback_data", "style"}


def check_markup(markup: JsonObject, *, inline_only: bool = False, private: bool = True) -> JsonObject:
    """Check a reply markup and return it without its empty rows.

    `inline_only` where a message is edited, and in channels; `private` where a phone number or a place may be asked.

    Raises `ApiError` 400 for what Telegram or the house rules refuse, 501 for buttons the sandbox does not know.
    """
    present = [name for name in KINDS if name in markup]
    if len(present) != 1:
        raise bad_request("object expected as reply markup" if not present else "reply markup is ambiguous")
    kind = present[0]
    if kind == INLINE:
        _known(markup, {INLINE}, "an inline keyboard")
        return {INLINE: _rows(markup[INLINE], _inline_button)}
    if inline_only:
        raise bad_request("inline keyboard expected")
    if kind == "keyboard":
        _known(markup, _REPLY_OPTIONS, "a reply keyboard")
        _types(markup)
        return markup | {"keyboard": _rows(markup["keyboard"], partial(_reply_button, private=private))}
    _known(markup, _OTHER_OPTIONS[kind], KINDS[kind])
    _types(markup)
    if markup[kind] is not True:
        raise bad_request(f"{kind} must be true")
    return markup


def kind_of(markup: JsonObject | None) -> str | None:
    """Say what a markup is to people: `inline`, `reply`, `remove`, `force_reply` or None."""
    return next((word for name, word in KINDS.items() if markup and name in markup), None)


def rows_of(markup: JsonObject | None) -> list[list[JsonObject]]:
    """List the buttons of a markup as people see them: `text`, and `data` or `url` of an inline one."""
    rows = (markup or {}).get(INLINE) or (markup or {}).get("keyboard") or []
    return [[_shown(button) for button in row] for row in rows]


def _shown(button: JsonObject | str) -> JsonObject:
    if isinstance(button, str):
        return {"text": button, "data": None, "url": None}
    return {"text": button["text"], "data": button.get("callback_data"), "url": button.get("url")}


def _rows(rows: object, check: Callable[[object], None]) -> list[list[Any]]:
    """Check all buttons; returns the rows that have any."""
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request("can't parse keyboard: an Array of Arrays of buttons expected")
    if sum(len(row) for row in rows) > spec.KEYBOARD_BUTTONS_MAX:
        raise bad_request("reply markup is too long")
    if any(len(row) > spec.KEYBOARD_ROW_MAX for row in rows):
        raise bad_request(f"reply markup is too wide: the sandbox allows {spec.KEYBOARD_ROW_MAX} buttons a row")
    for row in rows:
        for button in row:
            check(button)
    return [row for row in rows if row]


def _reply_button(button: object, *, private: bool) -> None:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict):
        raise bad_request("can't parse keyboard button: an Object or a String expected")
    _known(button, _REPLY_BUTTON, "keyboard buttons")
    _label(button, "keyboard button")
    _types(button)
    asked = [name for name in _REQUESTS if button.get(name)]
    if len(asked) > 1:
        raise bad_request("can't parse keyboard button: at most one of the optional fields can be used")
    if asked and not private:
        raise bad_request(f"{_REQUESTS[asked[0]]} can be requested in private chats only")


def _inline_button(button: object) -> None:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: an Object expected")
    _known(button, _INLINE_BUTTON, "inline buttons")
    _label(button, "inline keyboard button")
    _types(button)
    if ("url" in button) == ("callback_data" in button):
        words = "text buttons are unallowed in the inline keyboard"
        raise bad_request(f"can't parse inline keyboard button: {words}")
    if "url" in button:
        _url(button["url"])
    else:
        _data(button["callback_data"])


def _label(button: JsonObject, what: str) -> None:
    text = button.get("text")
    if not isinstance(text, str):
        raise bad_request(f'can\'t parse {what}: Field "text" must be of type String')
    if not text.strip():
        raise bad_request(f"{what} text must be non-empty")


def _data(data: object) -> None:
    """Check callback data: 1-64 bytes of UTF-8."""
    if not isinstance(data, str):
        raise bad_request('can\'t parse inline keyboard button: Field "callback_data" must be of type String')
    if not spec.CALLBACK_DATA_MIN <= len(data.encode()) <= spec.CALLBACK_DATA_MAX:
        raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")


def _url(url: object) -> None:
    if not isinstance(url, str) or not url.startswith(("http://", "https://", "tg://")):
        raise ApiError(400, "Bad Request: BUTTON_URL_INVALID")


def _types(given: JsonObject) -> None:
    """Check the members that keyboards and buttons may have."""
    for name in given.keys() & _BOOLEANS:
        if not isinstance(given[name], bool):
            raise bad_request(f'can\'t parse reply markup: Field "{name}" must be of type Boolean')
    if "style" in given and given["style"] not in spec.BUTTON_STYLES:
        raise bad_request("can't parse button: Unsupported style specified")
    if "input_field_placeholder" in given:
        words = given["input_field_placeholder"]
        if not isinstance(words, str) or not 1 <= utf16_length(words) <= _PLACEHOLDER_MAX:
            raise bad_request(f"input_field_placeholder must have 1 to {_PLACEHOLDER_MAX} characters")


def _known(given: JsonObject, known: set[str], what: str) -> None:
    """Refuse members the sandbox does not understand, rather than drop them as Telegram does."""
    strange = sorted(given.keys() - known)
    if strange:
        raise not_implemented(f"{', '.join(strange)} in {what}")
