"""The parameters of a call, read from any of Telegram's four encodings and checked before anything is done."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson
from aiohttp import BodyPartReader, web

from bot.sandbox import spec
from bot.sandbox.errors import BROKEN, ApiError, bad_request, not_implemented
from bot.sandbox.spec import Kind, Method, Parameter
from bot.sandbox.wire import JsonObject

# Known to Telegram, but meaning something that the sandbox does not have.
UNSUPPORTED = frozenset(
    {
        "allow_paid_broadcast",
        "business_connection_id",
        "certificate",
        "cover",
        "direct_messages_topic_id",
        "inline_message_id",
        "message_effect_id",
        "message_thread_id",
        "start_timestamp",
        "suggested_post_parameters",
        "thumbnail",
        "video_start_timestamp",
    }
)
_INTEGER = re.compile(r"-?[0-9]{1,18}")
# All parts of one request together, in bytes: one file of the largest size and the parameters with it.
REQUEST_MAX = spec.UPLOAD_MAX + 1_000_000
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}
_EMPTY = {"text": "message text is empty", "chat_id": "chat_id is empty"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the call."""

    content: bytes
    name: str


class Arguments:
    """Checked parameters of one call; each reader gives None for what was not given."""

    def __init__(self, method: Method, given: Mapping[str, object], uploads: Mapping[str, Upload]) -> None:
        """Check everything.

        Raises `ApiError`: 400 for what Telegram does not take, 501 for what the sandbox does not.
        """
        self.method = method
        self.uploads = dict(uploads)
        unknown = sorted(given.keys() - method.parameters.keys())
        if unknown:
            raise bad_request(f"unknown parameter {', '.join(unknown)} of {method.name}")
        self._values = {
            name: _convert(method.parameters[name], value) for name, value in given.items() if value is not None
        }
        for name in uploads.keys() & method.parameters.keys():
            if name in given or method.parameters[name].kind is not Kind.FILE:
                raise bad_request(f"parameter {name} of {method.name} came as a file")
            self._values[name] = f"attach://{name}"
        self._check_presence()

    def integer(self, name: str) -> int | None:
        """Read a whole number."""
        value = self._values.get(name)
        return value if isinstance(value, int) else None

    def text(self, name: str) -> str | None:
        """Read a string."""
        value = self._values.get(name)
        return value if isinstance(value, str) else None

    def flag(self, name: str) -> bool:
        """Read a truth value; what was not given is false."""
        return self._values.get(name) is True

    def json_object(self, name: str) -> JsonObject | None:
        """Read a JSON object; `ApiError` 400 if it is something else."""
        value = self._values.get(name)
        if value is not None and not isinstance(value, dict):
            raise bad_request(f"can't parse {name}: an Object expected")
        return value

    def json_array(self, name: str) -> list[Any] | None:
        """Read a JSON array; `ApiError` 400 if it is something else."""
        value = self._values.get(name)
        if value is not None and not isinstance(value, list):
            raise bad_request(f"can't parse {name}: an Array expected")
        return value

    def json_objects(self, name: str) -> list[JsonObject] | None:
        """Read a JSON array of objects; `ApiError` 400 if it is something else."""
        items = self.json_array(name)
        if items is None:
            return None
        if not all(isinstance(item, dict) for item in items):
            raise bad_request(f"can't parse {name}: an Array of Objects expected")
        return items

    def json_strings(self, name: str) -> list[str] | None:
        """Read a JSON array of strings; `ApiError` 400 if it is something else."""
        items = self.json_array(name)
        if items is not None and not all(isinstance(item, str) for item in items):
            raise bad_request(f"can't parse {name}: an Array of String expected")
        return items

    def chat(self, name: str = "chat_id") -> int | str:
        """Read the id of a chat, or the @name of a public one; `ApiError` 400 if there is none."""
        value = self._values.get(name)
        if not isinstance(value, int | str):
            raise bad_request(f"{name} is empty")
        return value

    def chat_or_none(self) -> int | None:
        """Read the id of the chat that the call concerns, if it has one and it is a number."""
        value = self._values.get("chat_id")
        return value if isinstance(value, int) else None

    def _check_presence(self) -> None:
        # As on Telegram, a keyboard that cannot be read at all is noticed before the chat is looked for.
        self.json_object("reply_markup")
        unsupported = sorted(self._values.keys() & UNSUPPORTED)
        if unsupported:
            raise not_implemented(f"the parameter {unsupported[0]}")
        for parameter in self.method.parameters.values():
            if parameter.required and parameter.name not in self._values:
                words = f'parameter "{parameter.name}" is required'
                raise bad_request(_EMPTY.get(parameter.name, words))


async def read_arguments(request: web.Request, method: Method) -> Arguments:
    """Read a request: query, form, JSON or multipart, as core.telegram.org/bots/api#making-requests has it."""
    try:
        return await _read_request(request, method)
    except web.HTTPRequestEntityTooLarge as error:
        raise ApiError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Request Entity Too Large") from error
    except BROKEN as error:
        raise bad_request("can't parse the request") from error


async def _read_request(request: web.Request, method: Method) -> Arguments:
    given: dict[str, object] = {}
    for name, value in request.query.items():
        _put(given, name, value)
    if request.method == "GET":
        return Arguments(method, given, {})
    if request.content_type == "application/json":
        for name, value in parse_object(await request.read()).items():
            _put(given, name, value)
        return Arguments(method, given, {})
    if request.content_type == "multipart/form-data":
        uploads = await _read_parts(request, given)
        return Arguments(method, given, uploads)
    for name, field in (await request.post()).items():
        _put(given, name, field)
    return Arguments(method, given, {})


def parse_object(body: bytes) -> JsonObject:
    """Read a JSON object; `ApiError` 400 if it is none."""
    try:
        value = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError as error:
        raise bad_request("can't parse the request as JSON") from error
    if not isinstance(value, dict):
        raise bad_request("can't parse the request: an Object expected")
    return value


async def _read_parts(request: web.Request, given: dict[str, object]) -> dict[str, Upload]:
    uploads: dict[str, Upload] = {}
    room = REQUEST_MAX
    reader = await request.multipart()
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise bad_request("can't parse the multipart request")
        content = await _read_part(part, room)
        room -= len(content)
        if part.filename is None:
            _put(given, part.name, _utf8(content))
        else:
            _check_utf8(part.name, part.filename)
            if part.name in uploads:
                raise bad_request(f"file {part.name} is given twice")
            uploads[part.name] = Upload(content, part.filename)
    return uploads


async def _read_part(part: BodyPartReader, room: int) -> bytes:
    """Read one part, no longer than the `room` left, in bytes."""
    content = bytearray()
    while chunk := await part.read_chunk(1 << 20):
        content += chunk
        if len(content) > min(room, spec.UPLOAD_MAX):
            raise ApiError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Request Entity Too Large")
    return bytes(content)


def _put(given: dict[str, object], name: str, value: object) -> None:
    _check_utf8(name)
    if name in given:
        raise bad_request(f"parameter {name} is given twice")
    given[name] = value


def _check_utf8(*texts: str) -> None:
    """Refuse names with bytes that are no UTF-8, of which aiohttp makes halves of surrogate pairs."""
    try:
        "".join(texts).encode()
    except UnicodeEncodeError as error:
        raise bad_request("strings must be encoded in UTF-8") from error


def _utf8(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise bad_request("strings must be encoded in UTF-8") from error


def _convert(parameter: Parameter, value: object) -> object:
    """Turn what came over the wire into what the method declares."""
    try:
        return _CONVERTERS[parameter.kind](value)
    except ValueError as error:
        raise bad_request(f"parameter {parameter.name} must be {_NAMES[parameter.kind]}") from error


def _integer(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    raise ValueError


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _BOOLEANS:
        return _BOOLEANS[value.lower()]
    raise ValueError


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError  # noqa: TRY004  one kind of trouble for all converters
    return float(value)


def _string(value: object) -> str:
    """Refuse what is no text, such as half of a surrogate pair."""
    if not isinstance(value, str):
        raise ValueError  # noqa: TRY004  one kind of trouble for all converters
    value.encode()  # UnicodeEncodeError is a ValueError
    return value


def _chat(value: object) -> int | str:
    return _string(value) if isinstance(value, str) and value.startswith("@") else _integer(value)


def _json(value: object) -> object:
    return orjson.loads(value) if isinstance(value, str) else value


_CONVERTERS: Mapping[Kind, Callable[[object], object]] = {
    Kind.INTEGER: _integer,
    Kind.BOOLEAN: _boolean,
    Kind.FLOAT: _number,
    Kind.STRING: _string,
    Kind.CHAT: _chat,
    Kind.FILE: _string,
    Kind.JSON: _json,
}
_NAMES = {
    Kind.INTEGER: "a whole number",
    Kind.BOOLEAN: "true or false",
    Kind.FLOAT: "a number",
    Kind.STRING: "a string in UTF-8",
    Kind.CHAT: "a chat's id or its @name",
    Kind.FILE: "a file or a file_id",
    Kind.JSON: "JSON",
}
