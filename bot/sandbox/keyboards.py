"""Reply markup as a bot sends it: checked strictly, kept as Telegram would send it back."""

from collections.abc import Callable

from bot.sandbox import spec
from bot.sandbox.errors import ApiError, bad_request, not_implemented
from bot.sandbox.wire import JsonObject

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
_OTHER_OPTIONS = {"selective", "input_field_placeholder", "remove_keyboard", "force_reply"}
_REPLY_BUTTON = {"text", "request_contact", "request_location", "style"}
_INLINE_BUTTON = {"text", "url", "callback_data", "style"}


def check_markup(markup: JsonObject, *, inline_only: bool = False) -> JsonObject:
    """Check a reply markup and return it; `inline_only` where a message is edited.

    Raises `ApiError` 400 for what Telegram or the house rules refuse, 501 for buttons the sandbox does not know.
    """
    present = [name for name in KINDS if name in markup]
    if len(present) != 1:
        raise bad_request("object expected as reply markup" if not present else "reply markup is ambiguous")
    kind = present[0]
    if kind == INLINE:
        return _inline(markup)
    if inline_only:
        raise bad_request("inline keyboard expected")
    if kind == "keyboard":
        _known(markup, _REPLY_OPTIONS, "a reply keyboard")
        _rows(markup["keyboard"], _reply_button)
    else:
        _known(markup, _OTHER_OPTIONS, KINDS[kind])
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


def _inline(markup: JsonObject) -> JsonObject:
    _known(markup, {INLINE}, "an inline keyboard")
    _rows(markup[INLINE], _inline_button)
    return markup


def _rows(rows: object, check: Callable[[object], None]) -> None:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request("can't parse keyboard: an Array of Arrays of buttons expected")
    if sum(len(row) for row in rows) > spec.KEYBOARD_BUTTONS_MAX:
        raise bad_request("reply markup is too long")
    if any(len(row) > spec.KEYBOARD_ROW_MAX for row in rows):
        raise bad_request(f"reply markup is too wide: the sandbox allows {spec.KEYBOARD_ROW_MAX} buttons a row")
    for row in rows:
        for button in row:
            check(button)


def _reply_button(button: object) -> None:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict):
        raise bad_request("can't parse keyboard button: an Object or a String expected")
    _known(button, _REPLY_BUTTON, "keyboard buttons")
    _label(button, "keyboard button")


def _inline_button(button: object) -> None:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: an Object expected")
    _known(button, _INLINE_BUTTON, "inline buttons")
    _label(button, "inline keyboard button")
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


def _known(given: JsonObject, known: set[str], what: str) -> None:
    """Refuse members the sandbox does not understand, rather than drop them as Telegram does."""
    strange = sorted(given.keys() - known)
    if strange:
        raise not_implemented(f"{', '.join(strange)} in {what}")
