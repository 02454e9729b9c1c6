import asyncio
import gc
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from bot.logs import configure_logs

SECRET = "WORDS-OF-A-FRIGHTENED-PERSON"
LIBRARIES = ["httpx", "httpcore", "aiohttp", "aiosqlite", "alembic", "asyncio"]
QUOTING = "telegram"
"""Logs updates at DEBUG and bodies at ERROR."""

Events = Callable[[], list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Leave the process's logging as it was found."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in (*LIBRARIES, QUOTING)}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, its_level in levels.items():
        logging.getLogger(name).setLevel(its_level)
    structlog.reset_defaults()


@pytest.fixture
def events(capsys: pytest.CaptureFixture[str]) -> Events:
    """Return what was logged: each line must be JSON by itself, and none may quote anyone."""

    def read() -> list[dict[str, Any]]:
        out, err = capsys.readouterr()
        assert out == ""
        assert SECRET not in err
        assert "Traceback" not in err
        return [json.loads(line) for line in err.splitlines()]

    return read


def boom() -> None:
    """Fail, the message quoting what somebody wrote."""
    raise RuntimeError(SECRET)


def caught() -> Exception:
    """Return an error that has a traceback."""
    try:
        boom()
    except RuntimeError as error:
        return error
    raise AssertionError


def test_an_event_is_one_line_of_json(events: Events) -> None:
    configure_logs("INFO")
    structlog.get_logger("bot.somewhere").info("report_stored", report_id=17, place="Алматы\nцентр")
    (event,) = events()
    assert event.pop("timestamp").endswith("Z")
    assert event == {"event": "report_stored", "level": "info", "report_id": 17, "place": "Алматы\nцентр"}


def test_every_event_has_a_line_of_its_own(events: Events) -> None:
    configure_logs("INFO")
    log = structlog.get_logger()
    log.info("one\ntwo")
    logging.getLogger("library").warning("three\nfour")
    assert [event["event"] for event in events()] == ["one\ntwo", "three\nfour"]


def test_an_error_is_logged_by_its_type_and_without_its_words(events: Events) -> None:
    configure_logs("INFO")
    structlog.get_logger().error("update_failed", exc_info=caught())
    (event,) = events()
    assert event["error"] == "RuntimeError"
    assert event.keys() == {"event", "level", "timestamp", "error"}


def test_an_exception_being_handled_is_logged_without_its_words(events: Events) -> None:
    configure_logs("INFO")
    try:
        boom()
    except RuntimeError:
        structlog.get_logger().exception("update_failed")
    (event,) = events()
    assert (event["event"], event["level"], event["error"]) == ("update_failed", "error", "RuntimeError")
    assert event.keys() == {"event", "level", "timestamp", "error"}


def test_an_event_with_no_exception_being_handled_names_no_error(events: Events) -> None:
    configure_logs("INFO")
    structlog.get_logger().exception("update_failed")
    (event,) = events()
    assert event.keys() == {"event", "level", "timestamp"}


def test_an_error_given_as_a_value_is_logged_by_its_type_at_any_depth(events: Events) -> None:
    configure_logs("INFO")
    structlog.get_logger().error("failed", error=caught(), more={"a": [ValueError(SECRET), 17]}, why={SECRET[:0]})
    (event,) = events()
    assert (event["error"], event["more"], event["why"]) == ("RuntimeError", {"a": ["ValueError", 17]}, "set")


async def fails() -> None:
    """Fail in a task."""
    boom()


async def forget_a_task() -> None:
    """Leave a failed task behind that nobody waits for."""
    task = asyncio.ensure_future(fails())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task
    gc.collect()


def test_a_task_that_nobody_waited_for_is_logged_without_its_words(events: Events) -> None:
    configure_logs("INFO")
    asyncio.run(forget_a_task())
    (event,) = events()
    assert event.pop("timestamp").endswith("Z")
    assert event == {"event": "Task exception was never retrieved", "level": "error", "error": "RuntimeError"}


def test_only_asyncios_events_are_cut_after_their_first_line(events: Events) -> None:
    configure_logs("INFO")
    for name in ("asyncio", "asyncio_like", "bot.asyncio"):
        logging.getLogger(name).error("one\ntwo")
    assert [event["event"] for event in events()] == ["one", "one\ntwo", "one\ntwo"]


def test_a_librarys_exception_is_logged_by_its_type_and_without_its_words(events: Events) -> None:
    configure_logs("INFO")
    try:
        boom()
    except RuntimeError:
        logging.getLogger("aiohttp.server").exception("Error handling request")
    (event,) = events()
    assert (event["event"], event["error"]) == ("Error handling request", "RuntimeError")


def test_a_chain_of_errors_is_not_quoted_either(events: Events) -> None:
    configure_logs("INFO")
    try:
        try:
            boom()
        except RuntimeError as error:
            raise ValueError(SECRET) from error
    except ValueError:
        logging.getLogger("library").exception("failed")
    (event,) = events()
    assert event["error"] == "ValueError"


def test_a_stack_is_left_out(events: Events) -> None:
    configure_logs("INFO")
    structlog.get_logger().info("here", stack_info=True)
    logging.getLogger("library").warning("there", stack_info=True)
    assert [set(event) for event in events()] == [{"event", "level", "timestamp"}] * 2


def test_what_a_library_adds_to_its_records_is_left_out(events: Events) -> None:
    configure_logs("INFO")
    logging.getLogger("library").warning("sent", extra={"words": SECRET})
    (event,) = events()
    assert event.keys() == {"event", "level", "timestamp"}


@pytest.mark.parametrize("library", [*LIBRARIES, "aiohttp.access", "httpcore.http11"])
@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
def test_a_library_is_heard_from_warnings_on(events: Events, library: str, level: str) -> None:
    configure_logs(level)
    log = logging.getLogger(library)
    log.debug("https://api.telegram.org/bot%s/getUpdates", SECRET)
    log.info("https://api.telegram.org/bot%s/getUpdates", SECRET)
    log.warning("slow")
    assert [event["event"] for event in events()] == ["slow"]


@pytest.mark.parametrize(
    "logger", [QUOTING, "telegram.Bot", "telegram.ext.Application", "telegram.request.BaseRequest"]
)
def test_the_library_that_quotes_updates_is_not_heard_at_all(events: Events, logger: str) -> None:
    configure_logs("DEBUG")
    for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
        logging.getLogger(logger).log(level, "Can not load invalid JSON data: %r", SECRET)
    assert events() == []


@pytest.mark.parametrize(
    ("level", "heard"),
    [
        ("DEBUG", ["debug", "info", "warning", "error"]),
        ("INFO", ["info", "warning", "error"]),
        ("WARNING", ["warning", "error"]),
        ("ERROR", ["error"]),
    ],
)
def test_our_own_events_are_heard_from_the_level_set(events: Events, level: str, heard: list[str]) -> None:
    configure_logs(level)
    log = structlog.get_logger("bot.somewhere")
    for name in ("debug", "info", "warning", "error"):
        getattr(log, name)(name)
    assert [event["event"] for event in events()] == heard


def test_configuring_twice_logs_once(events: Events) -> None:
    configure_logs("INFO")
    configure_logs("INFO")
    structlog.get_logger().info("once")
    assert [event["event"] for event in events()] == ["once"]
