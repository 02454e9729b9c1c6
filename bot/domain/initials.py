"""A name by its first letters alone."""

_MOST = 4
"""More words than that are no name."""


def initials(name: str) -> str | None:
    """Return the initials of a name in the order in which it was said ("С. Р."), or None where there is no letter."""
    letters = [next((sign for sign in word if sign.isalpha()), "") for word in name.split()]
    found = [letter.upper() for letter in letters if letter]
    return " ".join(f"{letter}." for letter in found[:_MOST]) or None
