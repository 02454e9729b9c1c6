"""The control API: everything that people can do to the bot, over plain HTTP and JSON."""

from bot.sandbox.errors import ControlError
from bot.sandbox.people.contents import Contents
from bot.sandbox.people.control_bodies import (
    BotIn,
    Edited,
    ExistingMessage,
    Forwarded,
    Look,
    NewChannel,
    NewFault,
    NewGroup,
    NewMessage,
    NewPerson,
    Nothing,
    PersonIn,
    Pressed,
    Which,
    Who,
)
from bot.sandbox.people.people import People
from bot.sandbox.spec import methods
from bot.sandbox.wire import JsonObject
from bot.sandbox.world.faults import DOWNLOAD, Fault
from bot.sandbox.world.membership import Membership
from bot.sandbox.world.model import Chat, ChatType, Message
from bot.sandbox.world.render import seen_json
from bot.sandbox.world.world import World


class Control:
    """What each endpoint does. Raises `ControlError` (or `ApiError`, for a file) for what cannot be."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._people = People(world)
        self._contents = Contents(world)
        self._membership = Membership(world)

    def add_person(self, body: NewPerson) -> JsonObject:
        """Create somebody."""
        person = self._world.directory.add_person(
            body.name,
            person_id=body.id,
            last_name=body.last_name,
            username=body.username,
            language_code=body.language_code,
        )
        return person.to_json()

    def add_group(self, body: NewGroup) -> JsonObject:
        """Create a group."""
        kind = ChatType.SUPERGROUP if body.supergroup else ChatType.GROUP
        return self._describe(self._create(kind, body))

    def add_channel(self, body: NewChannel) -> JsonObject:
        """Create a channel."""
        return self._describe(self._create(ChatType.CHANNEL, body))

    def send(self, body: NewMessage, file: tuple[str, bytes] | None) -> JsonObject:
        """Send a message of any kind; `file` is a name and a content."""
        message = self._people.write(
            body.person,
            self._contents.of(body, file),
            chat_id=body.chat,
            reply_to=body.reply_to,
            album=body.album,
            origin=self._contents.origin(body),
        )
        return _happened(message)

    def edit(self, body: Edited) -> JsonObject:
        """Change a text or a caption."""
        return _happened(self._people.edit(body.person, body.chat, body.message_id, body.text))

    def delete(self, body: ExistingMessage) -> JsonObject:
        """Delete a message."""
        seq = self._people.delete(body.person, body.chat, body.message_id)
        return {"seq": seq, "chat": body.person if body.chat is None else body.chat}

    def forward(self, body: Forwarded) -> JsonObject:
        """Forward a message."""
        source = body.person if body.from_chat is None else body.from_chat
        message = self._people.forward(body.person, source, body.message_id, body.chat, album=body.album)
        return _happened(message)

    def press(self, body: Pressed) -> JsonObject:
        """Press a button."""
        pressed = self._people.press(
            body.person, body.label, chat_id=body.chat, message_id=body.message_id, exact=body.exact
        )
        return pressed | {"chat": pressed["chat_id"]}

    def block(self, body: Who) -> JsonObject:
        """Block the bot."""
        return {"seq": self._people.block(body.person, blocked=True), "chat": body.person}

    def unblock(self, body: Who) -> JsonObject:
        """Unblock the bot."""
        return {"seq": self._people.block(body.person, blocked=False), "chat": body.person}

    def deactivate(self, body: Who) -> JsonObject:
        """Delete an account."""
        return {"seq": self._people.deactivate(body.person), "chat": body.person}

    def set_bot(self, body: BotIn) -> JsonObject:
        """Let the bot in or out."""
        return {"seq": self._membership.set_bot(body.chat, body.bot), "chat": body.chat}

    def set_member(self, body: PersonIn) -> JsonObject:
        """Let a person in or out."""
        seq = self._membership.set_member(body.chat, body.person, body.status)
        return {"seq": seq, "chat": body.chat}

    def migrate(self, body: Which) -> JsonObject:
        """Upgrade a basic group."""
        new = self._membership.migrate(body.chat)
        return {"seq": self._world.feed.seq, "chat": self._describe(new)}

    def add_fault(self, body: NewFault) -> JsonObject:
        """Order trouble."""
        method = None if body.method is None else body.method.lower()
        if method is not None and method != DOWNLOAD and method not in methods():
            raise ControlError(f"there is no method {body.method}")
        fault = Fault(body.kind, body.chat, method, body.times, body.retry_after, body.status, body.hold)
        self._world.faults.add(fault)
        return {"seq": self._world.feed.seq}

    def clear_faults(self, _: Nothing) -> JsonObject:
        """Cancel all trouble."""
        self._world.faults.clear()
        return {"seq": self._world.feed.seq}

    def chats(self, _: Nothing) -> JsonObject:
        """List the chats."""
        return {"chats": [self._describe(chat) for chat in self._world.directory.chats.values()]}

    def messages(self, body: Which) -> JsonObject:
        """List what a chat shows."""
        shown = self._world.directory.chat(body.chat).messages.values()
        seen = [seen_json(message, message.seq) for message in shown]
        return {"seq": self._world.feed.seq, "messages": seen}

    def updates(self, _: Nothing) -> JsonObject:
        """Count what the bot has not confirmed."""
        return {"pending": self._world.updates.count()}

    async def events(self, body: Look) -> JsonObject:
        """Look at the feed."""
        page = await self._world.feed.wait(body.after, body.chat, body.wait)
        return {
            "seq": self._world.feed.seq,
            "missed": page.missed,
            "more": page.more,
            "events": [entry.to_json() for entry in page.entries],
        }

    def _create(self, kind: ChatType, body: NewGroup | NewChannel) -> Chat:
        return self._membership.create(
            kind,
            body.title,
            members=body.members,
            bot=body.bot,
            chat_id=body.id,
            username=body.username,
        )

    def _describe(self, chat: Chat) -> JsonObject:
        directory = self._world.directory
        return {
            "id": chat.id,
            "type": str(chat.type),
            "title": chat.title,
            "bot": None if chat.bot is None else str(chat.bot),
            "members": [
                {"id": member, "name": directory.person(member).full_name, "status": str(status)}
                for member, status in chat.members.items()
            ],
        }


def _happened(message: Message) -> JsonObject:
    return {"seq": message.seq, "chat": message.chat_id, "message": seen_json(message, message.seq)}
