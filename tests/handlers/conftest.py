"""The texts that views are shown in: every language in turn."""

from zoneinfo import ZoneInfo

import pytest

from bot.texts import LOCALES, Catalogues, Texts
from bot.understanding.country import Country


@pytest.fixture(scope="session")
def catalogues() -> Catalogues:
    """Return the texts of all languages."""
    return Catalogues.load(default="ru", zone=ZoneInfo("Asia/Almaty"), country=Country.load("kz"))


@pytest.fixture(scope="session", params=sorted(path.name for path in LOCALES.iterdir()))
def texts(request: pytest.FixtureRequest, catalogues: Catalogues) -> Texts:
    """Return the texts of one language after another."""
    return catalogues.in_language(request.param)


@pytest.fixture(scope="session")
def english(catalogues: Catalogues) -> Texts:
    """Return the texts in English."""
    return catalogues.in_language("en")
