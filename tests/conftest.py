"""What all tests share."""

import logging

import pytest
import structlog

pytest_plugins = ["tests.postgres", "tests.databases", "tests.storage.migrations.old"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the flag that writes the golden transcripts anew."""
    parser.addoption(
        "--regenerate", action="store_true", help="write the golden transcripts anew, to be read in review"
    )


def pytest_configure() -> None:
    """Keep quiet about every single call: of a test that fails in CI, the end of what was printed is all there is."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
