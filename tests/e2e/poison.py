"""Updates that python-telegram-bot cannot read, and a local Telegram that hands them out.

Telegram itself has never sent any like these. But what it sends next year, and this version of the library cannot
read, must not stop the bot, as it stops the library's own polling.
"""

from collections.abc import Iterator
from http import HTTPStatus
from itertools import count

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.sandbox import SandboxServer
from bot.sandbox.api.webhook import Wait
from bot.sandbox.wire import JsonObject

_FIRST_ID = 600_000_001
"""Below every id that the local Telegram gives: to acknowledge one of these acknowledges none of its own."""
CHATS = 4
"""To which they belong, as far as can be told: none, that of a sender who is but a number, those of two people."""


def poisons(*, stranger: int, coming_back: int) -> Iterator[JsonObject]:
    """Make up an update of every kind, in the chats of two people and in none."""
    ids = count(_FIRST_ID)
    yield {"update_id": next(ids), "message": "words"}
    yield {"update_id": next(ids), "message": _message(chat={"type": "private"})}
    yield {"update_id": next(ids), "a_kind_of_next_year": {"chat": ["not", "a", "chat"]}, "message": {}}
    yield {"update_id": next(ids), "callback_query": {"id": "1", "from": {"id": stranger}, "message": "words"}}
    # Whoever sent it has no name.
    yield {"update_id": next(ids), "message": _message(chat=_private(stranger))}
    yield {"update_id": next(ids), "message": _message(chat=_private(coming_back))}


def _private(person: int) -> JsonObject:
    return {"id": person, "type": "private", "first_name": "?"}


def _message(*, chat: JsonObject) -> JsonObject:
    return {"message_id": 1, "date": 1_642_000_000, "chat": chat, "from": {"id": chat.get("id", 1)}, "text": "words"}


class PoisonedServer(SandboxServer):
    """A local Telegram that mixes such updates into what a poll returns, until a later poll acknowledges them."""

    def __init__(self, *, wait: Wait) -> None:
        super().__init__(wait=wait)
        self._waiting: dict[int, JsonObject] = {}
        self._served: set[int] = set()

    def mix_in(self, update: JsonObject) -> None:
        """Hand out an update from the next poll on."""
        self._waiting[update["update_id"]] = update

    def _application(self) -> web.Application:
        application = super()._application()
        application.middlewares.append(self._mixing)
        return application

    @web.middleware
    async def _mixing(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.match_info.get("method") != "getUpdates":
            return await handler(request)
        offset = (await request.json()).get("offset", 0)
        for update_id in [known for known in self._served if known < offset]:
            self._served.remove(update_id)
            del self._waiting[update_id]
        response = await handler(request)
        # An answer that hangs up has no body.
        if not isinstance(response, web.Response) or response.status != HTTPStatus.OK or response.text is None:
            return response
        return self._mixed(orjson.loads(response.text))

    def _mixed(self, answer: JsonObject) -> web.Response:
        """Put what waits into the middle of an answer."""
        middle = len(answer["result"]) // 2
        answer["result"][middle:middle] = self._waiting.values()
        self._served |= self._waiting.keys()
        return web.Response(body=orjson.dumps(answer), content_type="application/json")
