"""The Bot API over HTTP: whose call it is, what it says, what it meets, and what is answered."""

import asyncio
from http import HTTPStatus

import structlog
from aiohttp import web

from bot.sandbox import spec
from bot.sandbox.api.answers import NOT_FOUND, authorize, hang_up, json_answer, refusal, server_error
from bot.sandbox.api.arguments import Arguments, read_arguments
from bot.sandbox.api.methods import HANDLERS
from bot.sandbox.api.webhook import DEFAULT_CONNECTIONS, Wait, Webhook, WebhookSettings
from bot.sandbox.errors import ApiError, bad_request, conflict, forbidden, not_implemented, too_many_requests
from bot.sandbox.wire import JsonObject
from bot.sandbox.world.faults import Fault
from bot.sandbox.world.world import World

POLL_MAX = 50
WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
WEBHOOK_SET = "terminated by setWebhook request"
_INTERNAL = ApiError(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal Server Error")


class BotApi:
    """Answers `/bot<TOKEN>/<method>`."""

    def __init__(self, world: World, *, wait: Wait, allow_http_webhooks: bool) -> None:
        self._world = world
        self._log = structlog.get_logger("bot.sandbox")
        self.webhook = Webhook(
            world.updates, world.clock, wait=wait, execute=self._execute, allow_http=allow_http_webhooks
        )

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer a call of a method."""
        name = request.match_info["method"]
        try:
            authorize(request, self._world.bot.token)
            arguments = await self._read(request, name.lower())
            fault = self._fault(arguments)
            if fault is not None and fault.kind == "delay":
                await asyncio.sleep(fault.hold)
            elif fault is not None:
                return await self._fail(request, arguments, fault)
            result = await self._call(arguments)
        except ApiError as error:
            self._log.debug("sandbox_refused", method=name, code=error.code)
            return refusal(error)
        except Exception:  # noqa: BLE001  whatever the sandbox did not foresee; Telegram too answers in JSON
            self._log.exception("sandbox_failed", method=name)
            return refusal(_INTERNAL)
        self._log.debug("sandbox_call", method=name, chat=arguments.chat_or_none())
        return json_answer({"ok": True, "result": result}, HTTPStatus.OK)

    async def nowhere(self, _: web.Request) -> web.StreamResponse:
        """Answer a call of what is not there."""
        return refusal(NOT_FOUND)

    async def _read(self, request: web.Request, name: str) -> Arguments:
        method = spec.methods().get(name)
        if method is None:
            raise NOT_FOUND
        return await read_arguments(request, method)

    async def _call(self, arguments: Arguments) -> object:
        name = arguments.method.name.lower()
        if name == "getupdates":
            return await self._get_updates(arguments)
        return self._call_at_once(name, arguments)

    def _call_at_once(self, name: str, arguments: Arguments) -> object:
        match name:
            case "setwebhook":
                return self._set_webhook(arguments)
            case "deletewebhook":
                return self._delete_webhook(arguments)
            case "getwebhookinfo":
                return self.webhook.info()
        handler = HANDLERS.get(name)
        if handler is None:
            raise not_implemented(f"the method {arguments.method.name}")
        return handler(self._world, arguments)

    async def _get_updates(self, arguments: Arguments) -> list[JsonObject]:
        given = arguments.integer("limit")
        limit = spec.UPDATES_MAX if given is None else given
        timeout = arguments.integer("timeout") or 0
        # Telegram clips both; a bot that relies on it has not read its own settings.
        if not 1 <= limit <= spec.UPDATES_MAX:
            raise bad_request(f"limit must be between 1 and {spec.UPDATES_MAX}")
        if not 0 <= timeout <= POLL_MAX:
            raise bad_request(f"timeout must be between 0 and {POLL_MAX} seconds")
        if self.webhook.active:
            raise conflict(WEBHOOK_ACTIVE)
        self._world.updates.allow(arguments.json_strings("allowed_updates"))
        found = await self._world.updates.poll(arguments.integer("offset") or 0, limit, timeout)
        return [update.to_json() for update in found]

    def _set_webhook(self, arguments: Arguments) -> bool:
        url = arguments.text("url") or ""
        if not url:
            return self._delete_webhook(arguments)
        connections = arguments.integer("max_connections")
        settings = WebhookSettings(
            url,
            arguments.text("secret_token"),
            DEFAULT_CONNECTIONS if connections is None else connections,
            arguments.text("ip_address"),
        )
        # Both checks come before any change: what is refused leaves everything as it was.
        self.webhook.check(settings)
        self._world.updates.allow(arguments.json_strings("allowed_updates"))
        if arguments.flag("drop_pending_updates"):
            self._world.updates.drop()
        self.webhook.set(settings)
        self._world.updates.end_poll(WEBHOOK_SET)
        return True

    def _delete_webhook(self, arguments: Arguments) -> bool:
        self.webhook.remove()
        if arguments.flag("drop_pending_updates"):
            self._world.updates.drop()
        return True

    def _execute(self, call: JsonObject) -> None:
        """Carry out a method that the bot put into its answer to an update; it never learns how that went.

        What would change the webhook itself is passed over: the delivery that asks for it is still under way.
        """
        name = str(call["method"]).lower()
        handler = HANDLERS.get(name)
        if handler is None:
            return
        try:
            given = {key: value for key, value in call.items() if key != "method"}
            handler(self._world, Arguments(spec.methods()[name], given, {}))
        except ApiError as error:
            self._log.debug("sandbox_refused", method=name, code=error.code)
        except Exception:  # noqa: BLE001  whatever it was, the delivery of updates goes on
            self._log.exception("sandbox_failed", method=name)

    def _fault(self, arguments: Arguments) -> Fault | None:
        name = arguments.method.name.lower()
        chat = arguments.chat_or_none()
        if chat is None and name == "answercallbackquery":
            chat = self._world.queries.chat_of(arguments.text("callback_query_id") or "")
        return self._world.faults.for_call(name, chat)

    async def _fail(self, request: web.Request, arguments: Arguments, fault: Fault) -> web.StreamResponse:
        match fault.kind:
            case "blocked":
                raise forbidden("bot was blocked by the user")
            case "flood":
                raise too_many_requests(fault.retry_after)
            case "server_error":
                return server_error(fault)
            case "timeout_after_delivery":
                try:
                    await self._call(arguments)
                except ApiError:
                    # Nothing was delivered: the fault is kept for a call that is.
                    self._world.faults.give_back(fault)
                    raise
                # The request is cancelled, and this with it, when the client hangs up first.
                await asyncio.sleep(fault.hold)
        return hang_up(request)
