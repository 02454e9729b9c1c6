"""Fitting words into Telegram's messages."""

import html
import re
from collections.abc import Iterable, Iterator

from markupsafe import Markup

LONGEST_TEXT = 4096
"""Characters of one message after its HTML is parsed (Telegram's limit), counted here in UTF-16 units."""

_TAG = re.compile(r"<[^>]*>")
_ELLIPSIS = "…"


def lines(parts: Iterable[Markup]) -> Markup:
    """Put one under the other. Markup's own `join` looks through every part once more."""
    return Markup("\n".join(parts))  # noqa: S704  each is markup


def paragraphs(parts: Iterable[Markup]) -> Markup:
    """Put one under the other, with an empty line between."""
    return Markup("\n\n".join(parts))  # noqa: S704  each is markup


def visible_length(text: Markup) -> int:
    """Return the length that Telegram's limit is about: without tags, entities resolved, in UTF-16 units."""
    return _utf16(html.unescape(_TAG.sub("", text)))


def pages(lines: Iterable[Markup], *, limit: int = LONGEST_TEXT) -> list[Markup]:
    """Join lines into as few messages as fit, breaking between lines only. No line may exceed the limit."""
    done: list[Markup] = []
    page: list[Markup] = []
    room = limit + 1  # the last line of a page needs no line break
    for line in lines:
        needed = visible_length(line) + 1
        if page and needed > room:
            done.append(Markup("\n").join(page))
            page, room = [], limit + 1
        page.append(line)
        room -= needed
    return [*done, Markup("\n").join(page)] if page else done


def pieces(text: str, *, limit: int) -> Iterator[str]:
    """Cut a long text into pieces of at most `limit` UTF-16 units, at a space where there is one."""
    while _utf16(text) > limit:
        end = _fitting(text, limit)
        space = text.rfind(" ", end // 2, end)
        end = space if space > 0 else end
        yield text[:end].rstrip()
        text = text[end:].lstrip()
    yield text


def shorten(text: str, *, limit: int) -> str:
    """Return at most `limit` UTF-16 units of a text, marked with an ellipsis where it was cut."""
    if 2 * len(text) <= limit or _utf16(text) <= limit:
        return text
    return text[: _fitting(text, limit - 1)].rstrip() + _ELLIPSIS


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _fitting(text: str, limit: int) -> int:
    end = min(len(text), limit)
    while _utf16(text[:end]) > limit:
        end -= 1
    return end
