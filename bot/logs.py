"""Logs: structlog, one JSON line an event on standard error, with ids and never with answers."""

import logging
import re
import sys

import structlog

_LOUD_LIBRARIES = ("httpx", "httpcore", "aiohttp", "aiosqlite", "alembic", "asyncio")
"""Libraries that log addresses or statements at INFO or DEBUG."""
_SHOWS_ARGUMENTS = re.compile(r"\n|(?<=callback) ")
"""Behind either, asyncio shows a task or a callback: what it was called with, and what it raised."""
_QUOTING_LIBRARY = "telegram"
"""python-telegram-bot logs updates at DEBUG and bodies it cannot read at ERROR; every error of it is handled here."""


def configure_logs(level: str) -> None:
    """Send this program's events at `level` and above to standard error; libraries only from WARNING."""
    logging.basicConfig(level=level, format="%(message)s", stream=sys.stderr, force=True)
    for name in _LOUD_LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger(_QUOTING_LIBRARY).setLevel(logging.CRITICAL)
    renderer = structlog.processors.JSONRenderer(ensure_ascii=False, default=lambda value: type(value).__name__)
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_words,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.ExtraAdder(allow=()), *shared],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    for handler in logging.getLogger().handlers:
        handler.setFormatter(formatter)


def _without_words(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Replace a traceback, whose messages may quote what people wrote, by the error's type."""
    if event.get("_record") is not None and event["_record"].name == "asyncio":
        event["event"] = _SHOWS_ARGUMENTS.split(str(event["event"]))[0].strip()
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
    event.pop("stack_info", None)
    return event
