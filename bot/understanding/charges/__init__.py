"""Reading what somebody is charged with: "ст. 272 ч. 2 УК", "488-баптың 6-бөлігі", "участие в беспорядках"."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Self

from bot.countries.tables import Row, read_table, read_table_if_there
from bot.understanding.charges.grammar import Numbered, numbered_articles
from bot.understanding.charges.shape import MARKS, shape_of
from bot.understanding.charges.text import DATA, fold, meanings, read_lexicon, tokens
from bot.understanding.charges.words import Found, Phrasebook
from bot.understanding.tables import rows_of

_WORDS_BETWEEN = 2
"""As in "обвинений ему пока нет"."""
_WORDS_OF_A_TITLE = 4
_CODE = re.compile("[A-Z][A-Z0-9]{0,7}")
_ARTICLE = re.compile("[1-9][0-9]{0,4}(-[1-9][0-9]?)?")
_PART = re.compile("([1-9][0-9]?(/[1-9][0-9]?)?)?")
_NO_LANGUAGES = frozenset({"code", "article", "part", "verification"})
_WHOLE_ANSWERS = frozenset({("нет",), ("жок",), ("no",), ("none",), ("nothing",), ("ничего",), ("никакой",), ("net",)})


@dataclass(frozen=True)
class Charge:
    """An article of a code of offences, with its part and paragraph where they were said.

    `code` is the country's short name of the code: in Kazakhstan CC, the Criminal Code, or CAO, the Code of
    Administrative Offences. Numbers are as they are printed: "272", "380-1". A charge is `suggested` where it was said
    in words alone, so that the person has to be asked whether that is it.
    """

    code: str
    article: str
    part: str | None = None
    paragraph: str | None = None
    suggested: bool = False

    def __str__(self) -> str:
        numbers = [number for number in (self.article, self.part, self.paragraph) if number is not None]
        return f"{self.code}:{'/'.join(numbers)}"

    @classmethod
    def of(cls, written: str) -> Self:
        """Make a charge out of what `str` makes of one.

        Raises:
            ValueError: there is no colon, or more than a part and a paragraph.
        """
        code, numbers = written.split(":")
        article, *parts = numbers.split("/")
        part, paragraph = [*parts, None, None][: max(2, len(parts))]
        return cls(code, article, part, paragraph)


@dataclass(frozen=True)
class ChargeBook:
    """What a country's folder says of its codes: their names and length, the charges met, and the words for these."""

    titles: Mapping[str, Mapping[str, str]]
    code_by_article: Mapping[str, str]
    last_article_by_code: Mapping[str, int]
    names_of_codes: Phrasebook
    whole_titles: Phrasebook
    words: Phrasebook
    marks: Mapping[str, str]
    """What words around a number mean, by their pattern: ours, and those that the country adds."""

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read `charges.csv`, `charge_words.csv` and `codes.csv` of a country's folder, and `charge_marks.csv` if any.

        An article that several codes have belongs, said without a code, to the one that comes first in `charges.csv`,
        where every column that is not named here is a language. A name of a code with no code of its own in `codes.csv`
        is one whose articles are no charges.

        Raises:
            WrongCountry: a table is missing, or not as it must be.
        """
        codes = read_table(folder / "codes.csv", ("code", "last_article", "names"))
        last_article_by_code = {row["code"]: _last_article(row) for row in codes}
        rows = read_table(folder / "charges.csv", ("code", "article", "part"))
        for row in rows:
            _check_charge(row, last_article_by_code)
        words = read_table(folder / "charge_words.csv", ("charges", "words"))
        return cls(
            titles={_name_of(row): _languages(row) for row in rows},
            code_by_article={row["article"]: row["code"] for row in reversed(rows)},
            last_article_by_code=last_article_by_code,
            names_of_codes=Phrasebook.of((row["code"], row.filled("names")) for row in codes),
            whole_titles=Phrasebook.of(_whole_titles(rows)),
            words=Phrasebook.of((_meant(row, last_article_by_code), row.filled("words")) for row in words),
            marks=_marks(folder),
        )

    def parse(self, text: str) -> tuple[Charge, ...]:
        """Return the charges named in a text, in the order said, each once and as fully as it was said.

        Articles of other codes, such as the code of procedure, are no charges, and neither are numbers that no code of
        the country has. A charge in words is suggested unless an article is there that the words go with.
        """
        words = tokens(text, self.code_by_article)
        spoken = self.words.find(words, before=self._titles(words))
        shape = shape_of(
            words,
            known=self.code_by_article,
            marks=self.marks,
            codes=self._codes(words),
            spoken={position for found in spoken for position in found.positions},
        )
        said = [(article.position, charge) for article in numbered_articles(shape) for charge in self._charges(article)]
        articles = {(charge.code, charge.article) for _, charge in said}
        said += [(min(found.positions), charge) for found in spoken for charge in _suggested(found, articles)]
        return _each_once(charge for _, charge in sorted(said, key=lambda placed: placed[0]))

    def title(self, charge: Charge, language: str) -> str | None:
        """Return the title of a charge's paragraph, else of its part, else of its article, or None."""
        whole = Charge(charge.code, charge.article)
        for named in (charge, replace(charge, paragraph=None), whole):
            if str(named) in self.titles:
                return self.titles[str(named)].get(language)
        return None

    def _titles(self, words: Sequence[str]) -> list[Found]:
        """Find the titles that are copied from a paper, whatever commas and numbers stand in them."""
        kept = [position for position, word in enumerate(words) if word.isalpha()]
        return [
            Found(found.means, frozenset(kept[position] for position in found.positions))
            for found in self.whole_titles.find_in_order([words[position] for position in kept])
        ]

    def _codes(self, words: Sequence[str]) -> dict[int, str | None]:
        """Return the codes that are named, by the position of the first word; at the further words stands None.

        Small words in a name make no difference: "кодекс РК об административных правонарушениях".
        """
        marks = meanings(words, self.marks)
        kept = [position for position, word in enumerate(words) if marks.get(word) != "skip"]
        codes: dict[int, str | None] = {}
        for found in self.names_of_codes.find_in_order([words[position] for position in kept]):
            first, *further = sorted(kept[position] for position in found.positions)
            codes |= {first: found.means, **dict.fromkeys(further)}
        return codes

    def _charges(self, numbered: Numbered) -> list[Charge]:
        code = self._code_of(numbered)
        if code is None:
            return []
        return [Charge(code, numbered.article, part, paragraph) for part, paragraph in numbered.parts or [(None, None)]]

    def _code_of(self, numbered: Numbered) -> str | None:
        named, usual = numbered.code, self.code_by_article.get(numbered.article)
        if not named:
            return usual if named is None else None
        number = int(numbered.article.partition("-")[0])
        if number <= self.last_article_by_code[named] and (usual or numbered.certain):
            return named
        return usual


def denies(text: str) -> bool:
    """Say whether an answer says that there is no charge, or that nobody told them of one. It may still name one.

    That is an answer, unlike "I do not know", where it names no charge all the same.
    """
    words = tokens(text)
    return words in _WHOLE_ANSWERS or bool(_no_charge().find_in_order(words, gap=_WORDS_BETWEEN))


@cache
def _no_charge() -> Phrasebook:
    return Phrasebook.of((row["means"], row["words"]) for row in rows_of(DATA / "no_charge.csv"))


def _suggested(found: Found, articles: Collection[tuple[str, str]]) -> list[Charge]:
    """Return the charge that words stand for, unless one of the articles they go with was given as well."""
    meant = [Charge.of(written) for written in found.means.split("|")]
    if any((charge.code, charge.article) in articles for charge in meant):
        return []
    return [replace(meant[0], suggested=True)]


def _each_once(charges: Iterable[Charge]) -> tuple[Charge, ...]:
    """Leave out repeated charges, and an article alone where its part was said as well."""
    every = list(dict.fromkeys(charges))
    in_parts = {(charge.code, charge.article) for charge in every if charge.part}
    return tuple(charge for charge in every if charge.part or (charge.code, charge.article) not in in_parts)


def _whole_titles(rows: Iterable[Row]) -> Iterator[tuple[str, str]]:
    """Give the titles of several words; shorter ones stand in other phrases too: "theft" in "theft of weapons"."""
    for row in rows:
        for written in _languages(row).values():
            words = [word for word in tokens(written) if word.isalpha()]
            if len(words) >= _WORDS_OF_A_TITLE:
                yield _name_of(row), " ".join(words)


def _languages(row: Row) -> dict[str, str]:
    return {column: row.filled(column) for column in row.cells if column not in _NO_LANGUAGES}


def _name_of(row: Row) -> str:
    return f"{row['code']}:{row['article']}" + (f"/{row['part']}" if row["part"] else "")


def _last_article(row: Row) -> int:
    if row["code"] and not _CODE.fullmatch(row["code"]):
        raise row.wrong("code", "it must be at most 8 capital Latin letters and digits")
    if not row["last_article"].isdecimal():
        raise row.wrong("last_article", "it must be a number")
    return int(row["last_article"])


def _check_charge(row: Row, codes: Collection[str]) -> None:
    if not row["code"] or row["code"] not in codes:
        raise row.wrong("code", f"codes.csv has no code {row['code']}")
    if not _ARTICLE.fullmatch(row["article"]):
        raise row.wrong("article", "it must be a number, or one with an index: 380-1")
    if not _PART.fullmatch(row["part"]):
        raise row.wrong("part", "it must be empty, the number of a part, or those of a part and a paragraph: 4/2")


def _meant(row: Row, codes: Collection[str]) -> str:
    """Return the charges that words go with, having checked that they are written as charges are."""
    for written in row.filled("charges").split("|"):
        code, _, numbers = written.partition(":")
        article, _, part = numbers.partition("/")
        if not code or code not in codes or not _ARTICLE.fullmatch(article) or not _PART.fullmatch(part):
            raise row.wrong("charges", f"{written} is no charge; it must look like CC:272 or CC:272/2")
    return row["charges"]


def _marks(folder: Path) -> dict[str, str]:
    marks = dict(read_lexicon(DATA / "charge_marks.csv"))
    for row in read_table_if_there(folder / "charge_marks.csv", ("means", "words")):
        if row["means"] not in MARKS:
            raise row.wrong("means", f"it must be one of {', '.join(MARKS)}")
        marks |= {fold(word): row["means"] for word in row.filled("words").split("|")}
    return marks
