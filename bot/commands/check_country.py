"""What `python -m bot check` looks for in a country's folder, beyond what every start refuses.

A start refuses a table that cannot be read. Here is what can be read and yet will not work: a place that is not
understood by the very name that is shown for it, an article that is not, a message too long for Telegram.
"""

from collections.abc import Iterator

from markupsafe import Markup

from bot.texts import Catalogues, Texts
from bot.understanding.charges import Charge
from bot.understanding.country import Country
from handlers.views.help import first_steps
from handlers.views.pages import LONGEST_TEXT, visible_length

_LONGEST_LABEL = 28
"""Characters that a narrow phone shows of a button as wide as the message; two in a row get half of it."""


def faults(country: Country, catalogues: Catalogues) -> Iterator[str]:
    """Say what is to be mended in a country's folder."""
    for language in country.languages:
        texts = catalogues.in_language(language)
        yield from _of_places(country, texts)
        yield from _of_charges(country, texts)
        if visible_length(Markup(first_steps(texts).html)) > LONGEST_TEXT:  # noqa: S704  the view escapes
            yield f"first_steps.csv, column {language}: with hotlines.csv it is too long for one message"


def _of_places(country: Country, texts: Texts) -> Iterator[str]:
    for key in country.places.places_by_key:
        name = texts.place(key)
        if not _is_understood(key, name, country):
            yield f"places.csv: {name!r} (column {texts.language}) is not understood as {key}; add it to the aliases"
    for key in country.buttons:
        if len(name := texts.place(key)) > _LONGEST_LABEL:
            yield f"places.csv: {name!r} (column {texts.language}) is too long for a button"


def _is_understood(key: str, name: str, country: Country) -> bool:
    """Say whether a name means a place, be it among others as likely: then the person is asked which is meant."""
    found = country.places.match(name)
    return key in {match.place.key for match in found if match.score == found[0].score}


def _of_charges(country: Country, texts: Texts) -> Iterator[str]:
    for written in country.charges.titles:
        shown = texts.short_charge(written)
        if country.charges.parse(shown) != (Charge.of(written),):
            yield f"charges.csv: {shown!r} (column {texts.language}) is not understood as {written}; see codes.csv"
