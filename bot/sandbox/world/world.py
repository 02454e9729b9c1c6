"""Everything one sandbox holds, and the few things that happen to messages whoever makes them happen."""

from dataclasses import dataclass

from bot.sandbox.wire import Clock, JsonObject, seconds
from bot.sandbox.world import render
from bot.sandbox.world.directory import Directory
from bot.sandbox.world.faults import Faults
from bot.sandbox.world.feed import Feed
from bot.sandbox.world.files import Files
from bot.sandbox.world.ids import Ids
from bot.sandbox.world.media import MediaShelf
from bot.sandbox.world.model import Chat, ChatType, Message, Status
from bot.sandbox.world.presses import CallbackQueries
from bot.sandbox.world.profile import Profile
from bot.sandbox.world.rate_limits import Limiter, RateLimits
from bot.sandbox.world.updates import QueueKey, UpdateQueue

# The oldest messages of a chat are forgotten beyond this many.
MESSAGES_PER_CHAT = 10_000


@dataclass(frozen=True, slots=True)
class BotAccount:
    """The one bot of a sandbox."""

    token: str
    first_name: str
    username: str

    @property
    def id(self) -> int:
        """The id, which stands before the colon of the token."""
        return int(self.token.partition(":")[0])

    def to_json(self) -> JsonObject:
        """Write Telegram's User."""
        return {"id": self.id, "is_bot": True, "first_name": self.first_name, "username": self.username}


class World:
    """The state of one sandbox. Everything here is synchronous: a call is done before the next begins."""

    def __init__(self, bot: BotAccount, *, clock: Clock, ids: Ids, rate_limits: RateLimits | None = None) -> None:
        self.bot = bot
        self.clock = clock
        self.ids = ids
        self.directory = Directory(ids, bot=bot.username)
        self.files = Files(ids, clock)
        self.media = MediaShelf(self.files)
        self.feed = Feed(clock)
        self.updates = UpdateQueue(clock, ids.update)
        self.queries = CallbackQueries(clock)
        self.faults = Faults()
        self.profile = Profile()
        self._limiter = None if rate_limits is None else Limiter(rate_limits, clock)

    def post(
        self,
        chat: Chat,
        content: JsonObject,
        *,
        sender: JsonObject | None,
        author: str,
        from_bot: bool = False,
        markup: JsonObject | None = None,
        protected: bool = False,
        reply_to: int | None = None,
        album: str | None = None,
        origin: JsonObject | None = None,
        service: bool = False,
    ) -> Message:
        """Put a message into a chat, where people see it at once."""
        message = Message(
            chat.id,
            self._new_message_id(chat),
            sender,
            author,
            from_bot,
            self.clock(),
            content,
            markup=markup,
            protected=protected,
            reply_to=reply_to,
            album=album,
            origin=origin,
            service=service,
        )
        if len(chat.messages) >= MESSAGES_PER_CHAT:
            del chat.messages[next(iter(chat.messages))]
        chat.messages[message.message_id] = message
        self.show("message", message)
        return message

    def show(self, kind: str, message: Message) -> int:
        """Show people a message that is new or looks different now; returns the event's number."""
        message.seq = self.feed.next_seq
        return self.feed.add(
            kind,
            message.chat_id,
            who=message.author,
            from_bot=message.from_bot,
            text=message.text,
            message_id=message.message_id,
            message=render.seen_json(message, message.seq),
        )

    def remove(self, chat: Chat, message: Message, *, who: str, from_bot: bool) -> int:
        """Take a message away for everybody; returns the event's number."""
        del chat.messages[message.message_id]
        return self.feed.add("delete", chat.id, who=who, from_bot=from_bot, message_id=message.message_id)

    def tell_bot(self, kind: str, chat_id: int, body: JsonObject, *, queue: QueueKey | None = None) -> None:
        """Queue an update for the bot."""
        repeats = int(kind in self.updates.allowed and self.faults.for_update(chat_id))
        self.updates.add(kind, queue or QueueKey("chat", chat_id), body, repeats=repeats)

    def tell_membership(self, chat: Chat, actor: JsonObject, user: JsonObject, old: Status, new: Status) -> None:
        """Tell the bot that somebody (perhaps itself) became something else in a chat."""
        kind = "my_chat_member" if user["id"] == self.bot.id else "chat_member"
        body = {
            "chat": self.chat_json(chat),
            "from": actor,
            "date": seconds(self.clock()),
            "old_chat_member": render.member_json(user, old, chat),
            "new_chat_member": render.member_json(user, new, chat),
        }
        self.tell_bot(kind, chat.id, body)

    def chat_json(self, chat: Chat) -> JsonObject:
        """Write Telegram's Chat."""
        person = self.directory.person(chat.id) if chat.type is ChatType.PRIVATE else None
        return render.chat_json(chat, person)

    def message_json(self, message: Message) -> JsonObject:
        """Write Telegram's Message."""
        chat = self.chat_json(self.directory.chat(message.chat_id))
        return render.message_json(message, chat, self._find)

    def count_against_limits(self, chat: Chat) -> None:
        """Count one message that the bot sends or edits; `ApiError` 429 if it is one too many."""
        if self._limiter is not None:
            self._limiter.count(chat.id, group=chat.type is not ChatType.PRIVATE)

    def _find(self, chat_id: int, message_id: int) -> Message | None:
        return self.directory.chat(chat_id).messages.get(message_id)

    def _new_message_id(self, chat: Chat) -> int:
        if chat.type in {ChatType.PRIVATE, ChatType.GROUP}:
            # One counter of the bot's account serves all of these, so each chat sees gaps.
            return self.ids.account_message()
        chat.last_message_id += 1
        return chat.last_message_id
