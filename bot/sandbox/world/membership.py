"""Groups and channels: making them, and who is in them."""

from collections.abc import Sequence

from bot.sandbox.errors import ControlError
from bot.sandbox.wire import JsonObject
from bot.sandbox.world.model import PRESENT, Chat, ChatType, Person, Status
from bot.sandbox.world.visibility import bot_hears
from bot.sandbox.world.world import World

_ROLES = {
    "member": Status.MEMBER,
    "admin": Status.ADMINISTRATOR,
    "left": Status.LEFT,
    "kicked": Status.KICKED,
}


class Membership:
    """Who is where. Each method raises `ControlError` for what cannot be."""

    def __init__(self, world: World) -> None:
        self._world = world

    def create(
        self,
        kind: ChatType,
        title: str,
        *,
        members: Sequence[int] = (),
        bot: str | None = None,
        chat_id: int | None = None,
        username: str | None = None,
    ) -> Chat:
        """Make a group or a channel. With no members it gets an owner of its own, for somebody must own it."""
        status = None if bot is None else _role(bot)
        directory = self._world.directory
        owners = members or [directory.add_person(f"Owner of {title}"[:64]).id]
        chat = directory.add_group(kind, title, owners, chat_id=chat_id, username=username)
        if status is not None:
            self._set_bot(chat, status)
        return chat

    def set_bot(self, chat_id: int, role: str) -> int:
        """Let the bot be `member`, `admin`, `left` or `kicked`; returns the event's number."""
        chat = self._group(chat_id)
        status = _role(role)
        if chat.bot is status:
            raise ControlError(f"the bot is {role} there already")
        return self._set_bot(chat, status)

    def bot_leaves(self, chat: Chat) -> None:
        """Let the bot go of its own will."""
        bot = self._world.bot.to_json()
        old, chat.bot = chat.bot or Status.LEFT, Status.LEFT
        self._service(chat, bot, self._world.bot.first_name, {"left_chat_member": bot}, from_bot=True)
        self._world.tell_membership(chat, bot, bot, old, Status.LEFT)

    def set_member(self, chat_id: int, person_id: int, role: str) -> int:
        """Let a person be `member`, `admin`, `left` or `kicked`; returns the event's number."""
        chat, person = self._group(chat_id), self._world.directory.person(person_id)
        old, new = chat.members.get(person_id, Status.LEFT), _role(role)
        if old is new or old is Status.CREATOR:
            raise ControlError(f"person {person_id} is {old} there and stays so")
        chat.members[person_id] = new
        seq = self._world.feed.add("member", chat.id, who=person.full_name, text=f"is {role} now")
        self._announce(chat, person, old, new)
        if chat.bot is Status.ADMINISTRATOR:
            self._world.tell_membership(chat, self._owner(chat).to_json(), person.to_json(), old, new)
        return seq

    def migrate(self, chat_id: int) -> Chat:
        """Upgrade a basic group to a supergroup."""
        chat = self._group(chat_id)
        if chat.type is not ChatType.GROUP:
            raise ControlError("only a basic group can become a supergroup")
        new = self._world.directory.migrate(chat)
        owner = self._owner(chat)
        self._service(chat, owner.to_json(), owner.full_name, {"migrate_to_chat_id": new.id})
        self._service(new, owner.to_json(), owner.full_name, {"migrate_from_chat_id": chat.id})
        return new

    def _set_bot(self, chat: Chat, status: Status) -> int:
        old, chat.bot = chat.bot or Status.LEFT, status
        owner, bot = self._owner(chat), self._world.bot.to_json()
        seq = self._world.feed.add(
            "member", chat.id, who=self._world.bot.first_name, from_bot=True, text=f"is {status} now"
        )
        if chat.is_group and (old in PRESENT) is not (status in PRESENT):
            joined = status in PRESENT
            content: JsonObject = {"new_chat_members": [bot]} if joined else {"left_chat_member": bot}
            self._service(chat, owner.to_json(), owner.full_name, content)
        self._world.tell_membership(chat, owner.to_json(), bot, old, status)
        return seq

    def _announce(self, chat: Chat, person: Person, old: Status, new: Status) -> None:
        if chat.is_group and (old in PRESENT) is not (new in PRESENT):
            user = person.to_json()
            content: JsonObject = {"new_chat_members": [user]} if new in PRESENT else {"left_chat_member": user}
            self._service(chat, user, person.full_name, content)

    def _service(
        self, chat: Chat, sender: JsonObject, author: str, content: JsonObject, *, from_bot: bool = False
    ) -> None:
        message = self._world.post(chat, content, sender=sender, author=author, from_bot=from_bot, service=True)
        if bot_hears(self._world, chat, message):
            self._world.tell_bot("message", chat.id, self._world.message_json(message))

    def _group(self, chat_id: int) -> Chat:
        chat = self._world.directory.chat(chat_id)
        if chat.type is ChatType.PRIVATE:
            raise ControlError("a private chat has no members")
        if chat.migrated_to is not None:
            raise ControlError(f"this group has become the supergroup {chat.migrated_to}")
        return chat

    def _owner(self, chat: Chat) -> Person:
        owner = next(member for member, status in chat.members.items() if status is Status.CREATOR)
        return self._world.directory.person(owner)


def _role(role: str) -> Status:
    if role not in _ROLES:
        raise ControlError(f"{role!r} is none of {', '.join(_ROLES)}")
    return _ROLES[role]
