"""Every sentence a person reads, by language: gettext catalogues in bot/locales, read through Babel.

Sentences are asked for by key ("screen.review"), not by their English words, so that mending the English breaks no
translation. They are HTML as Telegram takes it; whatever is put into them is escaped.
"""

import gettext
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_interval
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from markupsafe import Markup, escape

from bot.understanding.charges import Charge
from bot.understanding.country import Country

LOCALES = Path(__file__).parent / "locales"
SOURCE_LANGUAGE = "en"
"""The language that has every key; what another lacks is said in it."""


@dataclass(frozen=True, eq=False)
class Texts:
    """The sentences of one language, and how it writes dates."""

    language: str
    zone: ZoneInfo
    translations: gettext.NullTranslations
    country: Country = field(repr=False)

    def __call__(self, key: str, /, **values: object) -> Markup:
        """Return the sentence of this key with the values put in, escaped."""
        return _filled(self.translations.gettext(key), values)

    def plain(self, key: str, /, **values: object) -> str:
        """Return the sentence of this key as plain text, for a button or a toast."""
        sentence = self.translations.gettext(key)
        return sentence.format(**values) if values else sentence

    def plural(self, key: str, number: int, /, **values: object) -> Markup:
        """Return the sentence of this key in the form that the number asks for; `{number}` is the number."""
        return _filled(self.translations.ngettext(key, key, number), {"number": number, **values})

    def place(self, key: str) -> str:
        """Return the name of a place of the country."""
        return self.country.place_name(key, self.language)

    def day(self, day: date) -> str:
        """Write a day in full: "5 January 2022"."""
        return _day(day, "d MMMM y", self.language)

    def language_name(self, code: str) -> str:
        """Return the name of a language; its code where that is not known."""
        return str(Locale.parse(self.language).languages.get(code, code))

    def short_day(self, day: date) -> str:
        """Write a day for a button: "Wed 5 Jan"."""
        return _day(day, "EEE d MMM", self.language)

    def day_of_month(self, day: date) -> str:
        """Write a day shortly, with no year: "5 Jan"."""
        return _day(day, "d MMM", self.language)

    def days(self, first: date, last: date) -> str:
        """Write a day, or a span of days, in full: "5–6 January 2022"."""
        return self.day(first) if first == last else format_interval(first, last, "yMMMMd", locale=self.language)

    def short_days(self, first: date, last: date) -> str:
        """Write a day, or a span of days, for a button, with the year: "5 Jan 2022"."""
        if first == last:
            return _day(first, "d MMM y", self.language)
        return format_interval(first, last, "yMMMd", locale=self.language)

    def charge(self, written: str) -> str:
        """Write a charge ("CC:272/2") in full: the article, and its title where it is known."""
        title = self.country.charge_title(written, self.language)
        numbers = self.short_charge(written)
        return self.plain("charge.titled", numbers=numbers, title=title) if title else numbers

    def short_charge(self, written: str) -> str:
        """Write a charge without its title: "Article 272, part 2, Criminal Code"."""
        charge = Charge.of(written)
        law = self.country.code_name(charge.code, self.language)
        if charge.part is None:
            return self.plain("charge.article", law=law, article=charge.article)
        if charge.paragraph is None:
            return self.plain("charge.part", law=law, article=charge.article, part=charge.part)
        return self.plain(
            "charge.paragraph", law=law, article=charge.article, part=charge.part, paragraph=charge.paragraph
        )

    def moment(self, at: datetime) -> str:
        """Write a moment in local time: "5 January, 14:20"."""
        return format_datetime(at, "d MMMM, HH:mm", tzinfo=self.zone, locale=self.language)


@dataclass(frozen=True)
class Catalogues:
    """The texts in every language that the country offers, in the order in which they are offered."""

    by_language: Mapping[str, Texts]
    default: str

    @classmethod
    def load(cls, *, default: str, zone: ZoneInfo, country: Country, locales: Path = LOCALES) -> Self:
        """Read the catalogues of the country's languages. Nothing compiled is kept, so no text can be out of date.

        Raises:
            KeyError: there is no catalogue for a language of the country, or the default is none of its languages.
        """
        translations = {path.name: _read(path / "LC_MESSAGES" / "bot.po") for path in sorted(locales.iterdir())}
        source = translations[SOURCE_LANGUAGE]
        for language, translation in translations.items():
            if language != SOURCE_LANGUAGE:
                translation.add_fallback(source)
        texts = {language: Texts(language, zone, translations[language], country) for language in country.languages}
        return cls(texts, texts[default].language)

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes of the languages that are offered, in the order of their buttons."""
        return tuple(self.by_language)

    def in_language(self, language: str) -> Texts:
        """Return the texts of a language, or of the default one where there is none such."""
        return self.by_language.get(language) or self.by_language[self.default]

    def closest(self, code: str | None) -> str:
        """Return the language for the code a Telegram client gives ("ru", "en-GB", None)."""
        primary = (code or "").split("-")[0].lower()
        return primary if primary in self.by_language else self.default


def _filled(sentence: str, values: Mapping[str, object]) -> Markup:
    """Put escaped values into a sentence. Markup's own `format` does the same in Python, ten times as slowly."""
    if not values:
        return Markup(sentence)  # noqa: S704  the catalogues are ours
    return Markup(sentence.format_map({name: escape(value) for name, value in values.items()}))  # noqa: S704


@lru_cache(maxsize=512)
def _day(day: date, pattern: str, language: str) -> str:
    """Write a day. The same few days stand on everybody's buttons."""
    return format_date(day, pattern, locale=language)


def _read(path: Path) -> gettext.GNUTranslations:
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.parent.parent.name)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
