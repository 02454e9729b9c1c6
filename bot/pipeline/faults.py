"""Saying what went wrong without saying what was in it."""

import traceback


def describe(error: BaseException) -> str:
    """Return an error's type and where it was raised. Never its message: messages quote what people wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
