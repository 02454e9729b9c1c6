"""What people do: write, edit, delete, forward, press, block. The bot is told what Telegram would tell it."""

from bot.sandbox.errors import ControlError
from bot.sandbox.people.albums import Albums
from bot.sandbox.people.contents import written
from bot.sandbox.people.find_button import Target, find_button
from bot.sandbox.wire import JsonObject
from bot.sandbox.world import media
from bot.sandbox.world.keyboards import kind_of
from bot.sandbox.world.model import IN_CHARGE, PRESENT, Chat, ChatType, Message, Person, Status
from bot.sandbox.world.presses import Query
from bot.sandbox.world.updates import QueueKey
from bot.sandbox.world.visibility import bot_hears, origin_of
from bot.sandbox.world.world import World

_TEXT_MEMBERS = {"text", "entities", "caption", "caption_entities"}


class People:
    """The actions of people. Each raises `ControlError` when a real client would not allow it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._albums = Albums(world.ids)

    def write(
        self,
        person_id: int,
        content: JsonObject,
        *,
        chat_id: int | None = None,
        reply_to: int | None = None,
        album: str | None = None,
        origin: JsonObject | None = None,
    ) -> Message:
        """Send a message with `content`, the members of Telegram's Message that say what is in it."""
        person, chat = self._at(person_id, chat_id)
        if chat.type is ChatType.CHANNEL and chat.members[person.id] not in IN_CHARGE:
            raise ControlError("only the owner of a channel can post there")
        if reply_to is not None:
            _message(chat, reply_to)
        if chat.type is ChatType.PRIVATE and chat.bot is None:
            chat.bot = Status.MEMBER
        is_post = chat.type is ChatType.CHANNEL
        message = self._world.post(
            chat,
            content,
            sender=None if is_post else person.to_json(),
            author=chat.title if is_post else person.full_name,
            reply_to=reply_to,
            album=None if album is None else self._albums.join((chat.id, person.id, album), content),
            origin=origin,
        )
        self._tell(chat, message, "channel_post" if is_post else "message")
        return message

    def edit(self, person_id: int, chat_id: int | None, message_id: int, text: str) -> Message:
        """Change the text or the caption of one's own message."""
        person, chat = self._at(person_id, chat_id)
        message = _message(chat, message_id)
        own_post = chat.type is ChatType.CHANNEL and chat.members[person.id] in IN_CHARGE
        if message.sender_id != person.id and not own_post:
            raise ControlError("only one's own messages can be edited")
        if message.service or message.origin is not None:
            raise ControlError("a forwarded or a service message cannot be edited")
        caption = "text" not in message.content
        if caption and media.kind_of(message.content) not in media.CAPTIONED:
            raise ControlError(f"a message of kind {media.kind_of(message.content)} has no caption to edit")
        kept = {name: value for name, value in message.content.items() if name not in _TEXT_MEMBERS}
        changed = kept | written(text, caption=caption)
        if changed == message.content:
            raise ControlError("the new text is the same as the old one")
        message.content = changed
        message.edit_date = self._world.clock()
        self._world.show("edit", message)
        self._tell(chat, message, "edited_channel_post" if own_post else "edited_message")
        return message

    def delete(self, person_id: int, chat_id: int | None, message_id: int) -> int:
        """Delete a message for everybody; the bot is not told. Returns the event's number."""
        person, chat = self._at(person_id, chat_id)
        message = _message(chat, message_id)
        in_charge = chat.type is ChatType.PRIVATE or chat.members[person.id] in IN_CHARGE
        if not in_charge and message.sender_id != person.id:
            raise ControlError("only one's own messages can be deleted here")
        return self._world.remove(chat, message, who=person.full_name, from_bot=False)

    def forward(
        self, person_id: int, from_chat: int, message_id: int, chat_id: int | None, *, album: str | None
    ) -> Message:
        """Forward a message; those that go with the same `album` make one anew."""
        _, source = self._at(person_id, from_chat)
        message = _message(source, message_id)
        if message.protected:
            raise ControlError("the content of this message is protected: it cannot be forwarded")
        if message.service:
            raise ControlError("a service message cannot be forwarded")
        origin = origin_of(self._world, source, message)
        return self.write(person_id, message.content, chat_id=chat_id, origin=origin, album=album)

    def press(
        self, person_id: int, label: str, *, chat_id: int | None, message_id: int | None, exact: bool
    ) -> JsonObject:
        """Press a button; returns what `bot.sandbox.client.seen.Press` reads."""
        person, chat = self._at(person_id, chat_id)
        target = find_button(chat, label, message_id=message_id, exact=exact)
        if target.button["url"] is not None:
            raise ControlError(f"the button {target.label!r} opens a link: {target.button['url']}")
        seq, query_id = self._world.feed.next_seq, ""
        if kind_of(target.message.markup) == "inline":
            query_id = self._ask(person, chat, target)
        else:
            # A button of a reply keyboard types its label.
            self.write(person_id, written(target.label), chat_id=chat.id)
        return {
            "seq": seq,
            "query_id": query_id,
            "chat_id": chat.id,
            "message_id": target.message.message_id,
            "label": target.label,
        }

    def block(self, person_id: int, *, blocked: bool) -> int:
        """Block the bot or unblock it; returns the event's number."""
        person = self._active(person_id)
        chat = self._world.directory.chat(person_id)
        if chat.bot is None:
            raise ControlError("this person has not written to the bot yet")
        if person.blocked is blocked:
            raise ControlError("the bot is blocked already" if blocked else "the bot is not blocked")
        person.blocked = blocked
        words = "blocked the bot" if blocked else "unblocked the bot"
        seq = self._world.feed.add("member", chat.id, who=person.full_name, text=words)
        old, new = (Status.MEMBER, Status.KICKED) if blocked else (Status.KICKED, Status.MEMBER)
        self._world.tell_membership(chat, person.to_json(), self._world.bot.to_json(), old, new)
        return seq

    def deactivate(self, person_id: int) -> int:
        """Delete a person's account; returns the event's number."""
        person = self._active(person_id)
        person.deactivated = True
        return self._world.feed.add("member", person.id, who=person.full_name, text="deleted the account")

    def _ask(self, person: Person, chat: Chat, target: Target) -> str:
        """Make a callback query of a press; returns its id."""
        message = target.message
        if chat.type is not ChatType.PRIVATE and chat.bot not in PRESENT:
            raise ControlError("the bot is no longer in this chat")
        query = Query(self._world.ids.query(), person.id, chat.id, message.message_id, self._world.clock())
        self._world.queries.add(query)
        self._world.feed.add("press", chat.id, who=person.full_name, text=target.label, message_id=message.message_id)
        body = {
            "id": query.id,
            "from": person.to_json(),
            "message": self._world.message_json(message),
            "chat_instance": str(abs(chat.id) * 7919),
            "data": target.button["data"],
        }
        # Presses queue by person, apart from messages: the two can overtake each other.
        self._world.tell_bot("callback_query", chat.id, body, queue=QueueKey("press", person.id))
        return query.id

    def _at(self, person_id: int, chat_id: int | None) -> tuple[Person, Chat]:
        """Find a person and the chat she acts in: by default her own with the bot."""
        person = self._active(person_id)
        chat = self._world.directory.chat(person_id if chat_id is None else chat_id)
        if chat.type is ChatType.PRIVATE:
            if chat.id != person.id:
                raise ControlError("that is somebody else's private chat")
            if person.blocked:
                raise ControlError("this person has blocked the bot; unblock it first")
        elif chat.migrated_to is not None:
            raise ControlError(f"this group has become the supergroup {chat.migrated_to}")
        elif chat.members.get(person.id) not in PRESENT:
            raise ControlError(f"person {person.id} is not a member of chat {chat.id}")
        return person, chat

    def _active(self, person_id: int) -> Person:
        person = self._world.directory.person(person_id)
        if person.deactivated:
            raise ControlError("this person has deleted the account")
        return person

    def _tell(self, chat: Chat, message: Message, kind: str) -> None:
        if bot_hears(self._world, chat, message):
            self._world.tell_bot(kind, chat.id, self._world.message_json(message))


def _message(chat: Chat, message_id: int) -> Message:
    message = chat.messages.get(message_id)
    if message is None:
        raise ControlError(f"there is no message {message_id} in chat {chat.id}", status=404)
    return message
