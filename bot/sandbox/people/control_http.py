"""How the control API is reached: one table of endpoints, any encoding curl has at hand, errors in a sentence."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
from aiohttp import web
from pydantic import ValidationError

from bot.sandbox.errors import BROKEN, ApiError, ControlError
from bot.sandbox.people import control_bodies as bodies
from bot.sandbox.people.control import Control
from bot.sandbox.wire import JsonObject
from bot.sandbox.world.world import World

B = TypeVar("B", bound=bodies.Body)
PREFIX = "/sandbox"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One thing to ask for; `example` is what follows `curl ` but the address."""

    verb: str
    path: str
    does: str
    example: str
    body: type[bodies.Body]
    handler: Callable[..., JsonObject | Awaitable[JsonObject]]


class ControlHttp:
    """Answers everything under `/sandbox`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._control = Control(world)
        self._endpoints = _endpoints(self._control)

    def routes(self) -> list[web.RouteDef]:
        """List the routes for aiohttp."""
        table = [
            web.route(endpoint.verb, PREFIX + endpoint.path, self._answering(endpoint)) for endpoint in self._endpoints
        ]
        return [
            *table,
            web.get(PREFIX, self._index),
            web.get(PREFIX + "/files/{file_id}", self._file),
        ]

    def _answering(self, endpoint: Endpoint) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                fields, file = await _read_request(request)
                body = _parse(endpoint.body, fields)
                given = (body, file) if endpoint.body is bodies.NewMessage else (body,)
                result = endpoint.handler(*given)
                return _json(await result if inspect.isawaitable(result) else result, 200)
            except ControlError as error:
                return _json(error.to_json(), error.status)
            except ApiError as error:
                return _json({"error": error.description}, error.code)
            except web.HTTPRequestEntityTooLarge as error:
                return _json({"error": "the request is too large"}, error.status)

        return answer

    async def _index(self, request: web.Request) -> web.StreamResponse:
        base = str(request.url.origin())
        endpoints = [
            {
                "call": f"{endpoint.verb} {PREFIX}{endpoint.path}",
                "does": endpoint.does,
                "example": f"curl {endpoint.example}".replace("URL", base + PREFIX),
                "fields": _fields(endpoint.body),
            }
            for endpoint in self._endpoints
        ]
        bot = self._world.bot
        api = f"{base}/bot{bot.token}/METHOD"
        about = {"username": bot.username, "token": bot.token, "api": api}
        return _json({"bot": about, "endpoints": endpoints}, 200)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        try:
            file = self._world.files.known(request.match_info["file_id"])
        except ApiError:
            return _json({"error": "there is no such file"}, 404)
        if file.content is None:
            return _json({"error": "only the size of this file was declared"}, 404)
        return web.Response(body=file.content, content_type=file.mime_type)


def _endpoints(control: Control) -> tuple[Endpoint, ...]:
    def post(path: str, does: str, fields: str, body: type[B], handler: Callable[..., JsonObject]) -> Endpoint:
        return Endpoint("POST", path, does, f"-d '{fields}' URL{path}", body, handler)

    def get(path: str, does: str, example: str, body: type[B], handler: Callable[..., Any]) -> Endpoint:
        return Endpoint("GET", path, does, f"'URL{example}'", body, handler)

    return (
        post("/people", "creates a person", '{"name": "Aigerim"}', bodies.NewPerson, control.add_person),
        post(
            "/groups",
            "creates a group with the bot in it",
            '{"title": "Coordinators", "members": [6000000001], "bot": "admin"}',
            bodies.NewGroup,
            control.add_group,
        ),
        post("/channels", "creates a channel", '{"title": "Digest"}', bodies.NewChannel, control.add_channel),
        post(
            "/messages",
            "sends a message; for a file: curl -F person=6000000001 -F kind=photo -F file=@picture.jpg",
            '{"person": 6000000001, "text": "/start"}',
            bodies.NewMessage,
            control.send,
        ),
        post(
            "/press",
            "presses the newest button so labelled",
            '{"person": 6000000001, "label": "Skip"}',
            bodies.Pressed,
            control.press,
        ),
        post(
            "/edit",
            "changes a text or a caption",
            '{"person": 6000000001, "message_id": 1, "text": "new"}',
            bodies.Edited,
            control.edit,
        ),
        post(
            "/delete",
            "deletes a message",
            '{"person": 6000000001, "message_id": 1}',
            bodies.ExistingMessage,
            control.delete,
        ),
        post(
            "/forward",
            "forwards a message",
            '{"person": 6000000001, "message_id": 1}',
            bodies.Forwarded,
            control.forward,
        ),
        post("/block", "blocks the bot", '{"person": 6000000001}', bodies.Who, control.block),
        post("/unblock", "unblocks the bot", '{"person": 6000000001}', bodies.Who, control.unblock),
        post("/deactivate", "deletes an account", '{"person": 6000000001}', bodies.Who, control.deactivate),
        post(
            "/membership",
            "makes the bot member, admin, left or kicked",
            '{"chat": -1002000000001, "bot": "kicked"}',
            bodies.BotIn,
            control.set_bot,
        ),
        post(
            "/members",
            "makes a person member, admin, left or kicked",
            '{"chat": -1002000000001, "person": 6000000001, "status": "left"}',
            bodies.PersonIn,
            control.set_member,
        ),
        post(
            "/migrate",
            "upgrades a basic group to a supergroup",
            '{"chat": -4000000001}',
            bodies.Which,
            control.migrate,
        ),
        post(
            "/faults",
            "lets the next calls fail",
            '{"kind": "flood", "retry_after": 3, "times": 2, "method": "sendMessage"}',
            bodies.NewFault,
            control.add_fault,
        ),
        post("/faults/clear", "ends all faults", "{}", bodies.Nothing, control.clear_faults),
        get("/chats", "lists the chats", "/chats", bodies.Nothing, control.chats),
        get(
            "/chats/{chat}/messages",
            "shows a chat",
            "/chats/6000000001/messages",
            bodies.Which,
            control.messages,
        ),
        get(
            "/events",
            "shows what happened, and waits for more",
            "/events?after=0&wait=20&chat=6000000001",
            bodies.Look,
            control.events,
        ),
        get("/updates", "counts what the bot has not taken yet", "/updates", bodies.Nothing, control.updates),
    )


async def _read_request(request: web.Request) -> tuple[dict[str, object], tuple[str, bytes] | None]:
    """Read the fields and perhaps a file; `ControlError` 400 for what cannot be read."""
    try:
        fields, file = await _read(request)
        # Bytes that are no UTF-8 become halves of surrogate pairs, which could never be told to the bot.
        for text in (*fields, *fields.values(), file and file[0]):
            if isinstance(text, str):
                text.encode()
    except BROKEN as error:
        raise ControlError("this request cannot be read: it is broken, or not in UTF-8") from error
    return fields, file


async def _read(request: web.Request) -> tuple[dict[str, object], tuple[str, bytes] | None]:
    """Read query, path, JSON (whatever curl calls it) or a form, and perhaps a file."""
    fields: dict[str, object] = {**request.query, **request.match_info}
    file = None
    if request.content_type == "multipart/form-data":
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                file = (value.filename, value.file.read())
            else:
                fields[name] = value
        return fields, file
    body = await request.read()
    if body.lstrip().startswith(b"{"):
        try:
            fields |= orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ControlError(f"this is not JSON: {error.msg}") from error
    else:
        fields |= await request.post()
    return fields, file


def _fields(model: type[bodies.Body]) -> JsonObject:
    """Say what an endpoint takes, a line a field: what it is, and what it is for where the name does not tell."""
    schema = model.model_json_schema()["properties"] if model.model_fields else {}
    return {name: _field(about) for name, about in schema.items()}


def _field(about: JsonObject) -> str:
    kinds = [kind for kind in about.get("anyOf", [about]) if kind.get("type") != "null"]
    what = " or ".join(", ".join(map(str, kind.get("enum", [kind["type"]]))) for kind in kinds)
    return f"{what}: {about['description']}" if "description" in about else what


def _parse(model: type[B], fields: dict[str, object]) -> B:
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        known = ", ".join(model.model_fields) or "none"
        raise ControlError(f"{where}: {first['msg']}; the fields are: {known}") from error


def _json(body: JsonObject, status: int) -> web.Response:
    text = orjson.dumps(body, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    return web.Response(body=text, status=status, content_type="application/json")
