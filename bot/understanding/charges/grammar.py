"""The ways of writing an article with its parts and paragraphs, in Russian, Kazakh and English.

The grammar is written in the letters of `charge_shape`: `A` is the number of an article, `S` the word for one, `n` and
`j` are numbers of parts, `C` the word for a part, `P` that for a paragraph, `K` a code.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from bot.understanding.charges.shape import Shape

_N = "[nj](?:,C{0,2}[nj]){0,8}"
_LISTED = "[nj](?:,[nj](?![CP](?![nj]))(?![ox])){0,8}"  # stops before "1-пункт", and before a number of something else
_ARTICLE = "(?P<marked>S{1,2}K?,?)?(?P<article>A|(?<=S)a)(?(marked)|S{0,2})"
_ARTICLE_FIRST = re.compile(_ARTICLE)
_ARTICLE_LAST = tuple(
    re.compile(f"{numbers}(?:[vwK]{{0,3}}|[,vwK]{{0,4}}(?=S)){_ARTICLE}")
    for numbers in (
        f"P{{1,2}}(?P<paragraph>{_N}),?[CP]{{1,2}}(?P<part>{_N})",  # п. 2 ч. 4 ст.
        f"(?P<paragraph>{_N})P{{1,2}},?(?P<part>{_N})[CP]{{1,2}}",  # 2 п. 4 ч. ст.
        f"C{{1,2}}(?P<part>{_N}),?P{{1,2}}(?P<paragraph>{_N})",  # ч. 4 п. 2 ст.
        "[CP]{1,2}(?P<part>n)(?P<paragraph>[nj])",  # part 4.2 of Article
        f"[CP]{{1,2}}(?P<part>{_N})(?P<paragraph>)",  # ч. 2 ст.
        f"(?P<part>{_N})[CP]{{1,2}}(?P<paragraph>)",  # вторая часть статьи
    )
)
_SMALL_ARTICLE = re.compile("(?P<marked>S{1,2}K?)(?P<article>n(?![CPSnj]))")
_MARKED = tuple(
    re.compile(pattern)
    for pattern in (
        f"P{{1,2}}(?P<paragraph>{_N}),?C{{1,2}}(?P<part>{_N})",  # п. 1 ч. 3
        f"(?P<part>{_N})C{{1,2}},?(?P<paragraph>{_N})P{{1,2}}",  # 4-бөлік 2-тармақ
        f"[CP]{{1,2}}(?P<part>{_LISTED}),?P{{1,2}}(?P<paragraph>{_N})",  # ч. 4 п. 2
        f"C{{1,2}}(?P<part>n),?(?P<paragraph>{_N})P{{1,2}}(?!n)",  # ч. 4 2-тармақ
        "C{1,2}(?P<part>n)(?P<paragraph>j)",  # part 4.2
        "C{1,2}(?P<part>n)(?P<paragraph>n)(?![oxCP])",  # part 4 2
        f"P{{1,2}}(?P<paragraph>{_LISTED})(?P<part>)",  # п. 2
        f"C{{1,2}}(?P<part>{_LISTED})(?P<paragraph>)",  # ч. 2
        f"(?P<part>{_N})C{{1,2}}(?P<paragraph>)",  # 2-бөлік
    )
)
_UNMARKED = tuple(
    re.compile(pattern)
    for pattern in (
        f"(?P<part>[nj]),?P{{1,2}}(?P<paragraph>{_N})",  # 274/4 п. 2
        f"(?P<part>[nj]),?(?P<paragraph>{_N})P{{1,2}}",  # 274/4 2-тармақ
        f"(?P<paragraph>{_N})P{{1,2}}(?P<part>)",  # 2-тармақ
        "(?P<part>j)(?P<paragraph>j?)",  # 274.4.2
        "(?P<part>n)(?P<paragraph>[nj]?)(?![oxCP])",  # 274 4 2
    )
)
_GAP = re.compile(r"[,vwK]{0,4}")
_ARTICLE_FOLLOWS = re.compile(r"[vwK]{0,2}S{0,2}K?A")
_ONE_LIST = re.compile(r"[,SCPnjAaK]*")


@dataclass(frozen=True)
class Numbered:
    """An article as it was written: its number, its parts each with a paragraph, and where it stands."""

    article: str
    parts: tuple[tuple[str, str | None], ...]
    position: int
    code: str | None
    """The code that was named with it; empty where that is none of the country's codes of offences."""
    certain: bool
    """Written as an article, so that its number need not be known."""


@dataclass(frozen=True)
class _Span:
    """An article in the letters of a shape."""

    start: int
    end: int
    at: int
    parts: tuple[tuple[str, str | None], ...]
    marked: bool


def numbered_articles(shape: Shape) -> list[Numbered]:
    """Find the articles that are written with their numbers, in the order said."""
    spans = list(_spans(shape))
    starts = frozenset(span.start for span in spans)
    return [_numbered(shape, span, starts) for span in spans]


def _spans(shape: Shape) -> Iterator[_Span]:
    """Find the articles in a shape from left to right, none within another."""
    at, listed_from = 0, -1
    while at < len(shape.letters):
        span = _span(shape, at, listed=at == listed_from)
        if span is None:
            at += 1
            continue
        yield span
        at = span.end
        # In "ст. 269, 272 и 188" the first word speaks for the whole list.
        listed_from = span.end + 1 if span.marked and shape.letters.startswith(",", span.end) else -1


def _span(shape: Shape, at: int, *, listed: bool) -> _Span | None:
    letters = shape.letters
    found = _first_match(_ARTICLE_LAST, letters, at)
    if found:
        parts = _parts(shape, found)
    else:
        found = _ARTICLE_FIRST.match(letters, at) or _SMALL_ARTICLE.match(letters, at)
        parts = []
    if found is None:
        return None
    end = found.end()
    while tail := _tail(letters, end, straight_after=not parts):
        parts = _with_more_parts(parts, _parts(shape, tail))
        end = tail.end()
    marked = listed or "S" in found[0]
    return _Span(at, end, found.start("article"), tuple(parts), marked)


def _first_match(patterns: Sequence[re.Pattern[str]], letters: str, at: int) -> re.Match[str] | None:
    return next((found for pattern in patterns if (found := pattern.match(letters, at))), None)


def _tail(letters: str, end: int, *, straight_after: bool) -> re.Match[str] | None:
    """Return the parts that go on after an article or after its other parts, unless they lead to the next article."""
    gap = _GAP.match(letters, end)
    after = gap.end() if gap else end
    straight = straight_after and after == end
    found = _first_match(_MARKED, letters, after) or (_first_match(_UNMARKED, letters, after) if straight else None)
    if found and not straight and _ARTICLE_FOLLOWS.match(letters, found.end()):
        return None
    return found


def _parts(shape: Shape, found: re.Match[str]) -> list[tuple[str, str | None]]:
    """Return the parts of a match. Of several paragraphs the first is kept; it belongs to the last part."""
    parts = shape.numbers(found, "part")
    paragraphs = shape.numbers(found, "paragraph")
    if not parts:
        return [("", paragraphs[0])]
    return [*((part, None) for part in parts[:-1]), (parts[-1], paragraphs[0] if paragraphs else None)]


def _with_more_parts(
    parts: list[tuple[str, str | None]], more: list[tuple[str, str | None]]
) -> list[tuple[str, str | None]]:
    """Add parts to an article's. A paragraph alone belongs to the part before it; without one it is called a part."""
    (part, paragraph), *others = more
    if part or paragraph is None:
        return parts + more
    if not parts:
        return [(paragraph, None), *others]
    last, own = parts[-1]
    return [*parts[:-1], (last, own or paragraph), *others]


def _numbered(shape: Shape, span: _Span, starts: Collection[int]) -> Numbered:
    beside = _code_beside(shape.letters, span, starts)
    named = beside if beside is not None else _code_of_list(shape, span, starts)
    return Numbered(
        article=shape.texts[span.at],
        parts=span.parts,
        position=shape.positions[span.start],
        code=None if named is None else shape.texts[named],
        certain=span.marked or beside is not None,
    )


def _code_beside(letters: str, span: _Span, starts: Collection[int]) -> int | None:
    """Return the place of the code's name that stands in an article, right after it, or right before it."""
    within = letters.find("K", span.start, span.end)
    if within >= 0:
        return within
    before = letters.endswith("K", 0, span.start)
    if letters.startswith("K", span.end) and not (before and span.end + 1 in starts):
        return span.end
    return span.start - 1 if before else None


def _code_of_list(shape: Shape, span: _Span, starts: Collection[int]) -> int | None:
    """Return the place of the code's name at the end or the beginning of the list that an article stands in."""
    letters = shape.letters
    after = letters.find("K", span.end)
    if after >= 0 and after + 1 not in starts and _may_share(shape, after, span.end, after):
        return after
    before = letters.rfind("K", 0, span.start)
    return before if before >= 0 and _may_share(shape, before, before, span.start) else None


def _may_share(shape: Shape, code: int, start: int, end: int) -> bool:
    # "272, 128 УПК": the code of procedure is named with its own article alone.
    return bool(shape.texts[code]) and _ONE_LIST.fullmatch(shape.letters, start, end) is not None
