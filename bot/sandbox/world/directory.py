"""Who and what there is: people and chats, and whether the bot may write there."""

from collections.abc import Mapping, Sequence

from bot.sandbox.errors import ControlError, bad_request, forbidden
from bot.sandbox.world.ids import Ids
from bot.sandbox.world.model import IN_CHARGE, PRESENT, Chat, ChatType, Person, Status

# The sandbox lives in memory, and says so before it is full.
PEOPLE_MAX = 200_000
CHATS_MAX = 400_000
TITLE_MAX = 128
MIGRATED = "group chat was upgraded to a supergroup chat"


class Directory:
    """People and chats by id."""

    def __init__(self, ids: Ids, *, bot: str) -> None:
        """`bot` is the bot's @name, which nobody else can have."""
        self._ids = ids
        self._usernames = {bot.casefold()}
        self._people: dict[int, Person] = {}
        self._chats: dict[int, Chat] = {}

    @property
    def chats(self) -> Mapping[int, Chat]:
        """All chats by id."""
        return self._chats

    def add_person(
        self,
        name: str,
        *,
        person_id: int | None = None,
        last_name: str | None = None,
        username: str | None = None,
        language_code: str | None = None,
    ) -> Person:
        """Add somebody, with the private chat that she has not opened yet."""
        if len(self._people) >= PEOPLE_MAX:
            raise ControlError("the sandbox is full: too many people")
        new_id = self._ids.person() if person_id is None else person_id
        if new_id <= 0:
            raise ControlError("a person's id is a positive number")
        person = Person(new_id, _title(name), last_name, username, language_code)
        self._add_chat(Chat(new_id, ChatType.PRIVATE, person.full_name, username))
        self._people[new_id] = person
        return person

    def add_group(
        self, kind: ChatType, title: str, members: Sequence[int], *, chat_id: int | None, username: str | None
    ) -> Chat:
        """Add a group or a channel; the first of `members` owns it."""
        statuses = {self.person(member).id: Status.MEMBER for member in members}
        if members:
            statuses[members[0]] = Status.CREATOR
        new_id = chat_id
        if new_id is None:
            new_id = self._ids.group() if kind is ChatType.GROUP else self._ids.supergroup()
        if new_id >= 0:
            raise ControlError("a group's id is a negative number")
        chat = Chat(new_id, kind, _title(title), username, members=statuses)
        self._add_chat(chat)
        return chat

    def person(self, person_id: int) -> Person:
        """Find somebody; `ControlError` if there is nobody."""
        found = self._people.get(person_id)
        if found is None:
            raise ControlError(f"there is no person {person_id}", status=404)
        return found

    def find_person(self, person_id: int) -> Person | None:
        """Find somebody, or nobody."""
        return self._people.get(person_id)

    def chat(self, chat_id: int) -> Chat:
        """Find a chat; `ControlError` if there is none."""
        found = self._chats.get(chat_id)
        if found is None:
            raise ControlError(f"there is no chat {chat_id}", status=404)
        return found

    def known_to_bot(self, chat_id: int | str) -> Chat:
        """Find a chat by what a bot gave as `chat_id`; `ApiError` 400 if the bot cannot know it."""
        chat = self._named(chat_id) if isinstance(chat_id, str) else self._chats.get(chat_id)
        if chat is None or (chat.bot is None and chat.type is not ChatType.PRIVATE):
            raise bad_request("chat not found")
        if chat.migrated_to is not None:
            raise bad_request(MIGRATED, {"migrate_to_chat_id": chat.migrated_to})
        return chat

    def readable(self, chat_id: int | str) -> Chat:
        """Find a chat that the bot is in; `ApiError` 400 or 403 if it is not."""
        chat = self.known_to_bot(chat_id)
        if chat.type is ChatType.PRIVATE:
            if chat.bot is None:
                raise bad_request("chat not found")
            return chat
        if chat.bot is Status.KICKED:
            raise forbidden(f"bot was kicked from the {chat.type} chat")
        if chat.bot not in PRESENT:
            raise forbidden(f"bot is not a member of the {chat.type} chat")
        return chat

    def writable(self, chat_id: int | str) -> Chat:
        """Find a chat that the bot may write to; `ApiError` 400 or 403 if it may not."""
        chat = self.known_to_bot(chat_id)
        if chat.type is ChatType.PRIVATE:
            self._check_person(chat)
            return chat
        chat = self.readable(chat.id)
        if chat.type is ChatType.CHANNEL and chat.bot not in IN_CHARGE:
            raise bad_request("need administrator rights in the channel chat")
        return chat

    def migrate(self, chat: Chat) -> Chat:
        """Make the supergroup that a basic group becomes."""
        new = Chat(
            self._ids.supergroup(),
            ChatType.SUPERGROUP,
            chat.title,
            bot=chat.bot,
            members=dict(chat.members),
            migrated_from=chat.id,
        )
        self._add_chat(new)
        chat.migrated_to = new.id
        return new

    def _check_person(self, chat: Chat) -> None:
        person = self._people[chat.id]
        if person.deactivated:
            raise forbidden("user is deactivated")
        if chat.bot is None:
            raise forbidden("bot can't initiate conversation with a user")
        if person.blocked:
            raise forbidden("bot was blocked by the user")

    def _named(self, username: str) -> Chat | None:
        """Find a public group or channel; people cannot be addressed by name."""
        public = (c for c in self._chats.values() if c.type is not ChatType.PRIVATE and c.username)
        return next((c for c in public if f"@{c.username}".casefold() == username.casefold()), None)

    def _add_chat(self, chat: Chat) -> None:
        if len(self._chats) >= CHATS_MAX:
            raise ControlError("the sandbox is full: too many chats")
        if chat.id in self._chats:
            raise ControlError(f"there is a chat {chat.id} already", status=409)
        if chat.username is not None:
            if chat.username.casefold() in self._usernames:
                raise ControlError(f"the name @{chat.username} is taken", status=409)
            self._usernames.add(chat.username.casefold())
        self._chats[chat.id] = chat


def _title(given: str) -> str:
    title = given.strip()
    if not 0 < len(title) <= TITLE_MAX:
        raise ControlError(f"a name has 1 to {TITLE_MAX} characters")
    return title
