"""A call of the Bot API with a file in it: multipart/form-data (RFC 7578)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson


@dataclass(frozen=True)
class Upload:
    """Bytes to be sent with a call."""

    parameter: str
    """The parameter that they are ("photo")."""
    name: str
    """Of the file, as whoever gets it sees it; only letters, digits, dots and dashes."""
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Form:
    """The body of a request."""

    body: bytes = field(repr=False)
    content_type: str


def form(parameters: Mapping[str, Any], upload: Upload) -> Form:
    """Write a call with a file. A parameter that is no text is written as JSON, as the Bot API reads it.

    Raises:
        ValueError: a name could be taken for a part of the form.
    """
    boundary = secrets.token_hex(16)
    parts = []
    for name, value in parameters.items():
        words = value.encode() if isinstance(value, str) else orjson.dumps(value)
        parts.append(_head(boundary, name) + b"\r\n" + words + b"\r\n")
    head = _head(boundary, upload.parameter, file=upload.name) + b"Content-Type: application/octet-stream\r\n\r\n"
    body = b"".join((*parts, head, upload.content, f"\r\n--{boundary}--\r\n".encode("ascii")))
    return Form(body, f"multipart/form-data; boundary={boundary}")


def _head(boundary: str, name: str, *, file: str | None = None) -> bytes:
    if not _is_plain(name) or (file is not None and not _is_plain(file)):
        raise ValueError("a name in a form is letters, digits, dots, dashes and underscores")
    about = "" if file is None else f'; filename="{file}"'
    return f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{about}\r\n'.encode("ascii")


def _is_plain(name: str) -> bool:
    return name.isascii() and name.replace(".", "").replace("-", "").replace("_", "").isalnum()
