"""The arguments of a call, in whichever of its forms a library sends them."""

from typing import Any
from urllib.parse import unquote_plus

import orjson

Arguments = dict[str, Any]
"""By name. A form has strings alone; JSON has what was put there."""


def read(target: bytes, body: bytes) -> Arguments:
    """Read the arguments out of the query string and the body.

    The body tells its own form: JSON begins with a brace and multipart with dashes, and no Bot API argument does.
    """
    _, _, query = target.partition(b"?")
    arguments: Arguments = _form(query) if query else {}
    if body:
        if body.startswith(b"{"):
            arguments |= orjson.loads(body)
        elif body.startswith(b"--"):
            arguments |= _multipart(body)
        else:
            arguments |= _form(body)
    return arguments


def markup_of(arguments: Arguments) -> tuple[bytes, dict[str, Any] | None]:
    """Return the buttons of a message as JSON, and opened."""
    given = arguments.get("reply_markup")
    if not given:
        return b"", None
    if isinstance(given, str):
        return given.encode(), orjson.loads(given)
    return orjson.dumps(given), given


def _form(body: bytes) -> Arguments:
    pairs = (pair.partition("=") for pair in body.decode("ascii").split("&"))
    return {name: unquote_plus(value) for name, _, value in pairs}


def _multipart(body: bytes) -> Arguments:
    boundary = body[: body.index(b"\r\n")]
    arguments: Arguments = {}
    for part in body.split(boundary)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        name = head.partition(b'name="')[2].partition(b'"')[0]
        arguments[name.decode()] = content.removesuffix(b"\r\n").decode()
    return arguments
