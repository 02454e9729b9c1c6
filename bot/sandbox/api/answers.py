"""How the sandbox answers a bot: in JSON, with a page, or not at all."""

from http import HTTPStatus
from urllib.parse import unquote

import orjson
from aiohttp import web

from bot.sandbox.errors import ApiError
from bot.sandbox.wire import JsonObject
from bot.sandbox.world.faults import Fault

# What a proxy in front of Telegram says when the server behind it is away; it is not JSON.
BAD_GATEWAY_PAGE = "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"
NOT_FOUND = ApiError(HTTPStatus.NOT_FOUND, "Not Found")
_UNAUTHORIZED = ApiError(HTTPStatus.UNAUTHORIZED, "Unauthorized")
_NOT_ALLOWED = ApiError(HTTPStatus.METHOD_NOT_ALLOWED, "Method Not Allowed")


def authorize(request: web.Request, token: str) -> None:
    """Look at the verb and the token of a request; `ApiError` 405 or 401. Clients may write the colon as %3A."""
    if request.method not in {"GET", "POST"}:
        raise _NOT_ALLOWED
    if unquote(request.match_info["token"]) != token:
        raise _UNAUTHORIZED


def json_answer(body: JsonObject, status: int) -> web.Response:
    """Answer with `body`."""
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")


def refusal(error: ApiError) -> web.Response:
    """Say no in Telegram's words."""
    response = json_answer(error.to_json(), error.code)
    if error.parameters and "retry_after" in error.parameters:
        response.headers["Retry-After"] = str(error.parameters["retry_after"])
    return response


def server_error(fault: Fault) -> web.Response:
    """Fail as Telegram's server does (500, in JSON) or as the proxy before it (502, with a page)."""
    if fault.status == HTTPStatus.BAD_GATEWAY:
        return web.Response(text=BAD_GATEWAY_PAGE, status=fault.status, content_type="text/html")
    return refusal(ApiError(fault.status, "Internal Server Error"))


def hang_up(request: web.Request) -> web.Response:
    """Break the connection; the response returned reaches nobody."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
