"""What is said of an error never says what was in it."""

import pytest

from bot.pipeline.faults import describe


def test_the_type_and_the_place_are_named_and_the_message_is_not() -> None:
    with pytest.raises(ValueError, match="Unmistakable") as raised:
        _quote("Unmistakable")
    said = describe(raised.value)
    assert said.startswith("ValueError at test_faults.py:")
    assert "Unmistakable" not in said


def _quote(words: str) -> None:
    raise ValueError(words)


def test_an_error_that_was_never_raised_has_no_place() -> None:
    assert describe(KeyError("Unmistakable")) == "KeyError"
