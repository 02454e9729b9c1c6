"""The methods of the Bot API that the bots of the benchmark call. What is not known here is answered with true."""

import time
from collections.abc import Callable
from typing import Any

import orjson

from tests.bench.telegram import arguments as reader
from tests.bench.telegram.arguments import Arguments
from tests.bench.telegram.crowd import Crowd
from tests.bench.telegram.feed import MOST_AT_ONCE, Feed
from tests.bench.telegram.http import Exchange, RoundTrip
from tests.bench.telegram.webhook import Webhook

_BOT = b'{"id":7000000001,"is_bot":true,"first_name":"Reports","username":"reports_bot"}'
_ME = _BOT[:-1] + b',"can_join_groups":true,"can_read_all_group_messages":false,"supports_inline_queries":false}'
_TRUE = b"true"
_MOST_CONNECTIONS = 100

Method = Callable[[Arguments], bytes]


class BotApi:
    """Answers the bot's calls; what the bot says reaches the crowd at once."""

    def __init__(self, crowd: Crowd, feed: Feed, round_trip: RoundTrip) -> None:
        self._crowd = crowd
        self._feed = feed
        self._round_trip = round_trip
        self._strangers_next_id = 1
        self._webhook: Webhook | None = None
        self.calls = 0
        self.ports: tuple[int, ...] = ()
        """Where the processes of the bot listen, if not at the port of the webhook's address."""
        self._methods: dict[bytes, Method] = {
            b"getme": lambda _: _ME,
            b"sendmessage": self._send_message,
            b"editmessagetext": self._edit_message,
            b"editmessagereplymarkup": self._edit_message,
            b"setwebhook": self._set_webhook,
            b"deletewebhook": self._delete_webhook,
            b"getwebhookinfo": self._webhook_info,
            b"getchat": self._get_chat,
        }

    @property
    def waiting(self) -> int:
        """How many updates the bot has not acknowledged."""
        return len(self._feed) + (len(self._webhook) if self._webhook else 0)

    @property
    def is_awaited(self) -> bool:
        """Whether a bot is there to take updates."""
        return self._webhook is not None or self._feed.is_polled

    def forget_waiting(self) -> set[int]:
        """Forget the updates that wait and that no bot has got; return the chats they came from."""
        return self._feed.drop()

    def handle(self, exchange: Exchange) -> None:
        """Carry out one call."""
        self.calls += 1
        path = exchange.target.partition(b"?")[0]
        name = path[path.rindex(b"/") + 1 :].lower()
        given = reader.read(exchange.target, exchange.body)
        if name == b"getupdates":
            return self._get_updates(exchange, given)
        exchange.reply(b'{"ok":true,"result":%b}' % self._carry_out(name, given))
        return None

    def execute(self, body: bytes) -> None:
        """Carry out a call that came as the answer to a webhook."""
        given = orjson.loads(body)
        if name := given.pop("method", None):
            self.calls += 1
            self._carry_out(name.lower().encode(), given)

    def _carry_out(self, name: bytes, given: Arguments) -> bytes:
        method = self._methods.get(name)
        return method(given) if method else _TRUE

    def _get_updates(self, exchange: Exchange, given: Arguments) -> None:
        self._feed.poll(
            exchange,
            offset=int(given.get("offset") or 0),
            limit=int(given.get("limit") or MOST_AT_ONCE),
            timeout_seconds=float(given.get("timeout") or 0),
        )

    def _send_message(self, given: Arguments) -> bytes:
        chat_id = int(given["chat_id"])
        person = self._crowd.find(chat_id)
        if person is None:
            self._crowd.owed.discard(chat_id)
            self._strangers_next_id += 1
            chat, message_id = b'{"id":%d,"type":"group","title":"Group"}' % chat_id, self._strangers_next_id
        else:
            chat, message_id = person.chat, person.next_message_id
            person.next_message_id += 1
        message, markup = _message(given, chat, message_id)
        if person is not None:
            self._crowd.hear(person, given["text"], markup, message)
        return message

    def _edit_message(self, given: Arguments) -> bytes:
        """Show the changed message. New words are an answer as good as a new message; new buttons alone are none."""
        person = self._crowd.find(int(given["chat_id"]))
        if person is None or "text" not in given:
            return _TRUE
        message, markup = _message(given, person.chat, int(given["message_id"]))
        self._crowd.hear(person, given["text"], markup, message)
        return message

    def _get_chat(self, given: Arguments) -> bytes:
        return b'{"id":%d,"type":"private","first_name":"Somebody","accent_color_id":0,"max_reaction_count":11}' % int(
            given["chat_id"]
        )

    def _set_webhook(self, given: Arguments) -> bytes:
        url = given.get("url")
        if not url:
            return self._delete_webhook(given)
        if self._webhook is not None and self._webhook.url == url:
            return _TRUE  # a bot that is started again says where it is; what waits stays where it waits
        self._delete_webhook(given)
        self._webhook = Webhook(
            url,
            secret=str(given.get("secret_token") or ""),
            connections=min(int(given.get("max_connections") or 40), _MOST_CONNECTIONS),
            round_trip=self._round_trip,
            execute=self.execute,
            ports=self.ports,
        )
        self._feed.push_to(self._webhook)
        return _TRUE

    def _delete_webhook(self, given: Arguments) -> bytes:
        if str(given.get("drop_pending_updates", "")).lower() == "true":
            self._feed.drop()
        if self._webhook is not None:
            self._webhook.close()
            self._webhook = None
            self._feed.push_to(None)
        return _TRUE

    def _webhook_info(self, _given: Arguments) -> bytes:
        url = self._webhook.url if self._webhook else ""
        return orjson.dumps({"url": url, "has_custom_certificate": False, "pending_update_count": self.waiting})


def _message(given: Arguments, chat: bytes, message_id: int) -> tuple[bytes, dict[str, Any] | None]:
    """Return a message as JSON, as Telegram answers with it, and its buttons."""
    written, markup = reader.markup_of(given)
    if markup is not None and "inline_keyboard" not in markup:
        written, markup = b"", None  # only buttons in the message come back with it
    message = b'{"message_id":%d,"from":%b,"chat":%b,"date":%d,"text":%b%b}' % (
        message_id,
        _BOT,
        chat,
        time.time(),
        orjson.dumps(given["text"]),
        b',"reply_markup":' + written if written else b"",
    )
    return message, markup
