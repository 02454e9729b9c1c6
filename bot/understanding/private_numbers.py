"""Numbers of papers and telephones in what people write: they are not asked for, and must not be published."""

import re

_HIDDEN = "…"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_NUMBER = re.compile(r"(?<!\d)(?:\d[ ()-]{0,2}){9,}\d")
"""Ten figures or more, as telephones (11) and Kazakhstan's individual numbers (12) have; days have eight."""


def has_private_number(text: str) -> bool:
    """Say whether there is something that looks like the number of a paper or of a telephone."""
    return _NUMBER.search(_DAY.sub("", text)) is not None


def without_private_numbers(text: str) -> str:
    """Return a text with an ellipsis in the place of each such number."""
    return _NUMBER.sub(_HIDDEN, text) if has_private_number(text) else text
