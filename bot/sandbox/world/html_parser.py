"""Telegram's HTML: tags to entities, and not one mistake forgiven.

The rules and the words are those of tdlib/td, `parse_html` in MessageEntity.cpp: offsets in errors count UTF-8
bytes, offsets of entities count UTF-16 units.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.sandbox.wire import JsonObject, utf16_length

_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "blockquote": "blockquote",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#(?P<decimal>[0-9]+)|#x(?P<hex>[0-9a-fA-F]+)|(?P<name>[A-Za-z]+))(?P<end>;?)")
# Telegram reads no numeric reference as long as this, the semicolon not counted.
_REFERENCE_TOO_LONG = 10
_TAG_NAME = re.compile(r"[^\s>]*", re.ASCII)
_ATTRIBUTE_NAME = re.compile(r"[^\s=>/\"']*", re.ASCII)
_BARE_VALUE = re.compile(r"[A-Za-z0-9.-]+")
_SPACES = re.compile(r"\s*", re.ASCII)
_LAST_CODE_POINT = 0x10FFFF
_UNPAIRED = (
    "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units"
)
_SURROGATES = range(0xD800, 0xE000)


class EntityError(ValueError):
    """The markup is wrong; the words are Telegram's."""


@dataclass(frozen=True, slots=True)
class _Open:
    """A start tag whose end has not come yet."""

    name: str
    attributes: Mapping[str, str]
    offset: int
    nested: bool


def parse_html(source: str) -> tuple[str, list[JsonObject]]:
    """Turn HTML into plain text and Telegram's MessageEntity objects.

    Raises `EntityError` in Telegram's words, without the `can't parse entities: ` before them.
    """
    return _Parser(source).parse()


class _Parser:
    """One pass over the source."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._text: list[str] = []
        self._length = 0
        self._open: list[_Open] = []
        self._entities: list[JsonObject] = []

    def parse(self) -> tuple[str, list[JsonObject]]:
        while self._at < len(self._source):
            letter = self._source[self._at]
            if letter == "&":
                self._reference()
            elif letter == "<":
                self._tag()
            else:
                self._write(letter)
                self._at += 1
        if self._open:
            raise EntityError(f'Can\'t find end tag corresponding to start tag "{self._open[-1].name}"')
        return "".join(self._text), sorted(self._entities, key=lambda e: (e["offset"], -e["length"]))

    def _write(self, text: str) -> None:
        self._text.append(text)
        self._length += utf16_length(text)

    def _reference(self) -> None:
        decoded, self._at = _dereference(self._source, self._at)
        self._write(decoded)

    def _tag(self) -> None:
        start = self._at
        if self._source.startswith("</", start):
            self._end_tag(start)
        else:
            self._start_tag(start)

    def _start_tag(self, start: int) -> None:
        name, self._at = _match(_TAG_NAME, self._source, start + 1)
        name = name.lower()
        if self._at >= len(self._source):
            raise EntityError(f"Unclosed start tag at byte offset {self._bytes(start)}")
        if name not in _TAGS:
            raise EntityError(f'Unsupported start tag "{name}" at byte offset {self._bytes(start)}')
        attributes = self._attributes(name, start)
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise EntityError(
                f'Tag "span" must have class "tg-spoiler" at byte offset {self._bytes(start)}',
            )
        # A <code class="language-x"> right inside <pre> names the language of the block and is no entity.
        nested = name == "code" and bool(self._open) and self._open[-1].name == "pre"
        self._open.append(_Open(name, attributes, self._length, nested))

    def _attributes(self, tag: str, start: int) -> dict[str, str]:
        found: dict[str, str] = {}
        while True:
            _, self._at = _match(_SPACES, self._source, self._at)
            if self._at >= len(self._source):
                raise EntityError(f"Unclosed start tag at byte offset {self._bytes(start)}")
            if self._source[self._at] == ">":
                self._at += 1
                return found
            name, value = self._attribute(tag, start)
            found[name] = value

    def _attribute(self, tag: str, start: int) -> tuple[str, str]:
        name, self._at = _match(_ATTRIBUTE_NAME, self._source, self._at)
        if not name:
            raise EntityError(f'Empty attribute name in the tag "{tag}" at byte offset {self._bytes(start)}')
        _, self._at = _match(_SPACES, self._source, self._at)
        if self._at >= len(self._source):
            raise EntityError(f'Unclosed start tag "{tag}" at byte offset {self._bytes(start)}')
        if self._source[self._at] != "=":
            return self._bare_attribute(name, tag, start)
        _, self._at = _match(_SPACES, self._source, self._at + 1)
        if self._at >= len(self._source):
            raise EntityError(f'Unclosed start tag "{tag}" at byte offset {self._bytes(start)}')
        return name, self._attribute_value(start)

    def _bare_attribute(self, name: str, tag: str, start: int) -> tuple[str, str]:
        if (tag, name.lower()) == ("blockquote", "expandable"):
            return "expandable", ""
        raise EntityError(
            f'Expected equal sign in declaration of an attribute of the tag "{tag}" at byte offset {self._bytes(start)}'
        )

    def _attribute_value(self, start: int) -> str:
        quote = self._source[self._at]
        if quote not in {'"', "'"}:
            token = self._at
            value, self._at = _match(_BARE_VALUE, self._source, token)
            if self._at >= len(self._source) or not re.match(r"[\s>]", self._source[self._at]):
                raise EntityError(f"Unexpected end of name token at byte offset {self._bytes(token)}")
            return value.lower()
        end = self._source.find(quote, self._at + 1)
        if end < 0:
            raise EntityError(f"Unclosed start tag at byte offset {self._bytes(start)}")
        value = _dereference_all(self._source[self._at + 1 : end])
        self._at = end + 1
        return value

    def _end_tag(self, start: int) -> None:
        if not self._open:
            raise EntityError(f"Unexpected end tag at byte offset {self._bytes(start)}")
        name, self._at = _match(_TAG_NAME, self._source, start + 2)
        _, self._at = _match(_SPACES, self._source, self._at)
        if self._at >= len(self._source) or self._source[self._at] != ">":
            raise EntityError(f"Unclosed end tag at byte offset {self._bytes(start)}")
        self._at += 1
        opened = self._open.pop()
        if name and name.lower() != opened.name:
            raise EntityError(
                f'Unmatched end tag at byte offset {self._bytes(start)}, expected "</{opened.name}>", found "</{name}>"'
            )
        self._close(opened)

    def _close(self, opened: _Open) -> None:
        length = self._length - opened.offset
        if not length:
            return
        entity: JsonObject = {"type": _TAGS[opened.name], "offset": opened.offset, "length": length}
        language = opened.attributes.get("class", "")
        if opened.nested and language.startswith("language-"):
            # <pre><code class="language-x"> is one block with a language, written when the inner tag closes.
            self._entities.append(entity | {"type": "pre", "language": language.removeprefix("language-")})
            return
        if opened.name == "pre" and _is_same_span(self._entities, entity):
            return
        if opened.name == "blockquote" and "expandable" in opened.attributes:
            entity["type"] = "expandable_blockquote"
        if opened.name == "tg-emoji":
            entity["custom_emoji_id"] = _emoji_id(opened.attributes)
        if opened.name == "a":
            entity["url"] = opened.attributes.get("href") or _slice(self._text, opened.offset)
        self._entities.append(entity)

    def _bytes(self, index: int) -> int:
        return len(self._source[:index].encode())


def _is_same_span(entities: list[JsonObject], block: JsonObject) -> bool:
    """Tell whether <pre> held nothing but the <code> that already stands for it."""
    last = entities[-1] if entities else {}
    return last.get("language") is not None and all(last[key] == block[key] for key in ("offset", "length"))


def _emoji_id(attributes: Mapping[str, str]) -> str:
    given = attributes.get("emoji-id", "")
    if not given.isdecimal():
        raise EntityError("Invalid custom emoji identifier specified")
    return given


def _slice(text: list[str], offset: int) -> str:
    return "".join(text).encode("utf-16-le")[2 * offset :].decode("utf-16-le")


def _match(pattern: re.Pattern[str], source: str, at: int) -> tuple[str, int]:
    found = pattern.match(source, at)
    return (found.group(), found.end()) if found else ("", at)


def _dereference(source: str, at: int) -> tuple[str, int]:
    """Read what begins with the ampersand at `at`; what is no known reference stays as it is written."""
    found = _REFERENCE.match(source, at)
    if found is None:
        return "&", at + 1
    if found["name"] is not None:
        # Telegram knows four names, and takes "&ltx" for "&lt" and a letter only at the semicolon or the end.
        letter = _NAMED.get(found["name"])
        return (letter, found.end()) if letter else ("&", at + 1)
    if found.start("end") - at >= _REFERENCE_TOO_LONG:
        return "&", at + 1
    code = int(found["decimal"]) if found["decimal"] else int(found["hex"], 16)
    if code == 0 or code >= _LAST_CODE_POINT:
        return "&", at + 1
    if code in _SURROGATES:
        raise EntityError(_UNPAIRED)
    return chr(code), found.end()


def _dereference_all(value: str) -> str:
    parts, at = [], 0
    while at < len(value):
        if value[at] == "&":
            decoded, at = _dereference(value, at)
        else:
            decoded, at = value[at], at + 1
        parts.append(decoded)
    return "".join(parts)
