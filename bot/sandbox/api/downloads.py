"""Files over HTTP: `/file/bot<TOKEN>/<path>`, and what can go wrong on the way."""

import asyncio

from aiohttp import web

from bot.sandbox.api.answers import NOT_FOUND, authorize, hang_up, refusal, server_error
from bot.sandbox.errors import ApiError, too_many_requests
from bot.sandbox.world.faults import DOWNLOAD, Fault
from bot.sandbox.world.world import World

_TYPE = "application/octet-stream"


class Downloads:
    """Gives the bot the bytes of a file whose path getFile told it within the last hour."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer with the content of a file."""
        try:
            authorize(request, self._world.bot.token)
            content = self._content(request.match_info["path"])
            fault = self._world.faults.for_call(DOWNLOAD, None)
            if fault is not None:
                return await self._fail(request, content, fault)
        except ApiError as error:
            return refusal(error)
        return web.Response(body=content, content_type=_TYPE)

    def _content(self, path: str) -> bytes:
        file = self._world.files.at(path)
        if file is None or file.content is None:
            raise NOT_FOUND
        return file.content

    async def _fail(self, request: web.Request, content: bytes, fault: Fault) -> web.StreamResponse:
        match fault.kind:
            case "flood":
                raise too_many_requests(fault.retry_after)
            case "server_error":
                return server_error(fault)
            case "cut_download":
                return await _half(request, content)
            case "delay":
                await asyncio.sleep(fault.hold)
                return web.Response(body=content, content_type=_TYPE)
            case "timeout_after_delivery":
                await asyncio.sleep(fault.hold)
        return hang_up(request)


async def _half(request: web.Request, content: bytes) -> web.StreamResponse:
    """Promise the whole content, give the first half, and hang up."""
    response = web.StreamResponse(headers={"Content-Type": _TYPE, "Content-Length": str(len(content))})
    await response.prepare(request)
    await response.write(content[: len(content) // 2])
    if request.transport is not None:
        # Not aborted: what was written is still to arrive.
        request.transport.close()
    return response
