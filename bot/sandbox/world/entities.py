"""What a text is once Telegram has it: trimmed, measured, with entities written by hand and found by itself."""

import html
import re
from collections.abc import Sequence
from itertools import accumulate

from bot.sandbox import spec
from bot.sandbox.errors import bad_request, not_implemented
from bot.sandbox.wire import JsonObject, utf16_length
from bot.sandbox.world.html_parser import EntityError, parse_html

# What Telegram marks by itself; simpler than its own rules, which matter to no bot.
_FOUND_BY_ITSELF = (
    ("url", re.compile(r"\bhttps?://[^\s<>\"]+[^\s<>\".,!?;:)]")),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("bot_command", re.compile(r"(?<![\w/@])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?(?![\w/])")),
    ("mention", re.compile(r"(?<!\w)@[A-Za-z]\w{3,31}(?!\w)")),
    ("hashtag", re.compile(r"(?<!\w)#\w*[^\W\d]\w*")),
)
_OPENING = {
    "bold": "<b>",
    "italic": "<i>",
    "underline": "<u>",
    "strikethrough": "<s>",
    "spoiler": "<tg-spoiler>",
    "blockquote": "<blockquote>",
    "expandable_blockquote": "<blockquote expandable>",
    "code": "<code>",
    "pre": "<pre>",
}
# What a bot may send of either, markup included, in bytes (tdlib/telegram-bot-api, get_formatted_text).
SOURCE_MAX = 1 << 15
# What Telegram turns into spaces, and what it drops (tdlib/td, clean_input_string).
_BLANKS = {code: " " for code in range(32) if chr(code) not in "\n\r"}
_DROPPED = re.compile("[\r\u2028-\u202e\u030a\u0333\u033f]")
_MEMBERS = {"type", "offset", "length"}
_OWN_MEMBERS = {"text_link": {"url"}, "pre": {"language"}}


def format_text(
    source: str,
    *,
    limit: int = spec.TEXT_MAX,
    too_long: str = "message is too long",
    parse_mode: str | None = None,
    entities: Sequence[JsonObject] | None = None,
) -> tuple[str, list[JsonObject]]:
    """Read a text as a bot sent it: markup parsed, trimmed, links and commands found.

    Raises `ApiError`: 400 for wrong markup or, in the words `too_long`, for more than `limit` UTF-16 units; 501 for a
    parse mode other than HTML.
    """
    if len(source.encode()) > SOURCE_MAX:
        raise bad_request("text is too long")
    if parse_mode and entities is not None:
        raise bad_request("parse_mode and entities exclude each other")
    if parse_mode and parse_mode.lower() != "html":
        raise not_implemented(f"the parse mode {parse_mode}, only HTML")
    if parse_mode:
        try:
            text, marked = parse_html(source)
        except EntityError as error:
            raise bad_request(f"can't parse entities: {error}") from error
    else:
        text, marked = source, _checked(source, entities or ())
    if len(marked) > spec.ENTITIES_MAX:
        # Telegram silently forgets those beyond.
        raise bad_request(f"too many entities: the sandbox allows {spec.ENTITIES_MAX}")
    text, marked = _cleaned(text, marked)
    if utf16_length(text.strip()) > limit:
        raise bad_request(too_long)
    return _trimmed(text, marked)


def plain_text(source: str) -> tuple[str, list[JsonObject]]:
    """Read a text as a person typed it."""
    text, _ = _cleaned(source, [])
    return _trimmed(text, [])


def to_html(text: str, entities: Sequence[JsonObject]) -> str:
    """Write a text with its markup, as HTML."""
    units = text.encode("utf-16-le")
    marks: list[tuple[int, int, int, str]] = []
    for entity in entities:
        opening = _opening(entity)
        if opening:
            start, end = entity["offset"], entity["offset"] + entity["length"]
            marks.append((start, 1, -end, opening))
            marks.append((end, 0, -start, f"</{opening[1:].split()[0].rstrip('>')}>"))
    parts, at = [], 0
    # At one place ends come before starts; of ends the inner first, of starts the outer.
    for place, _, _, mark in sorted(marks, key=lambda mark: mark[:3]):
        parts += [_escaped(units, at, place), mark]
        at = place
    parts.append(_escaped(units, at, len(units) // 2))
    return "".join(parts)


def _opening(entity: JsonObject) -> str | None:
    if entity["type"] == "text_link":
        return f'<a href="{html.escape(entity["url"])}">'
    return _OPENING.get(entity["type"])


def _escaped(units: bytes, start: int, end: int) -> str:
    return html.escape(units[2 * start : 2 * end].decode("utf-16-le"), quote=False)


def _cleaned(text: str, entities: list[JsonObject]) -> tuple[str, list[JsonObject]]:
    """Replace and drop what Telegram does, and move entities along."""
    text = text.translate(_BLANKS)
    if not _DROPPED.search(text):
        return text, entities
    # Where each letter's first unit of UTF-16 goes to; those dropped go nowhere, and nothing is before the first.
    widths = [(utf16_length(letter), bool(_DROPPED.match(letter))) for letter in text]
    before = [0, *accumulate(width for width, _ in widths)]
    after = [0, *accumulate(0 if dropped else width for width, dropped in widths)]
    place = dict(zip(before, after, strict=True))
    moved = []
    for entity in entities:
        start, end = place[entity["offset"]], place[entity["offset"] + entity["length"]]
        if end > start:
            moved.append(entity | {"offset": start, "length": end - start})
    return _DROPPED.sub("", text), moved


def _trimmed(text: str, entities: list[JsonObject]) -> tuple[str, list[JsonObject]]:
    cut = utf16_length(text) - utf16_length(text.lstrip())
    text = text.strip()
    length = utf16_length(text)
    kept = []
    for entity in entities:
        start = max(entity["offset"] - cut, 0)
        end = min(entity["offset"] + entity["length"] - cut, length)
        if end > start:
            kept.append(entity | {"offset": start, "length": end - start})
    kept += _found(text, kept)[: spec.ENTITIES_MAX - len(kept)]
    return text, sorted(kept, key=lambda entity: (entity["offset"], -entity["length"]))


def _found(text: str, taken: Sequence[JsonObject]) -> list[JsonObject]:
    """Find links, commands and the like outside of code, links and one another."""
    closed = [e for e in taken if e["type"] in {"code", "pre", "text_link", "text_mention"}]
    found: list[JsonObject] = []
    for kind, pattern in _FOUND_BY_ITSELF:
        for match in pattern.finditer(text):
            offset = utf16_length(text[: match.start()])
            entity: JsonObject = {"type": kind, "offset": offset, "length": utf16_length(match.group())}
            if not any(_overlap(entity, other) for other in (*closed, *found)):
                found.append(entity)
    return found


def _overlap(one: JsonObject, other: JsonObject) -> bool:
    return bool(one["offset"] < other["offset"] + other["length"] and other["offset"] < one["offset"] + one["length"])


def _checked(text: str, entities: Sequence[JsonObject]) -> list[JsonObject]:
    """Check entities that the bot counted itself; `ApiError` 400 when one is malformed or cuts a letter in two."""
    edges = {0, *accumulate(utf16_length(letter) for letter in text)}
    for entity in entities:
        kind = entity.get("type")
        if not isinstance(kind, str) or kind not in spec.ENTITY_TYPES:
            raise bad_request("can't parse MessageEntity: Unsupported type specified")
        strange = sorted(entity.keys() - _MEMBERS - _OWN_MEMBERS.get(kind, set()))
        if strange or (kind not in _OPENING and kind != "text_link"):
            raise not_implemented(f"{strange[0] if strange else kind} in entities")
        if kind == "text_link" and not isinstance(entity.get("url"), str):
            raise bad_request("can't parse MessageEntity: Can't find field \"url\"")
        if not isinstance(entity.get("language", ""), str):
            raise bad_request('can\'t parse MessageEntity: Field "language" must be of type String')
        offset, size = entity.get("offset"), entity.get("length")
        if not (type(offset) is int and type(size) is int and offset >= 0 and size > 0):
            raise bad_request("can't parse MessageEntity: wrong offset or length")
        if not {offset, offset + size} <= edges:
            raise bad_request("can't parse MessageEntity: it ends outside the text or inside a letter")
    return [dict(entity) for entity in entities]
