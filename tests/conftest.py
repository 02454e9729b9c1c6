"""What all tests share."""

import pytest

pytest_plugins = ["tests.postgres", "tests.databases"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the flag that writes the golden transcripts anew."""
    parser.addoption(
        "--regenerate", action="store_true", help="write the golden transcripts anew, to be read in review"
    )
