"""Where new ids come from. Counted, not drawn: the same script makes the same ids twice."""

from itertools import count


class Ids:
    """Ids as large as Telegram's, so that what stores them in 32 bits fails here."""

    def __init__(self) -> None:
        self._people = count(6_000_000_001)
        self._groups = count(4_000_000_001)
        self._supergroups = count(1_002_000_000_001)
        self._updates = count(700_000_001)
        self._queries = count(4_611_686_018_427_387_905)
        self._files = count(1)
        self._albums = count(13_000_000_000_000_001)
        self._account_messages = count(1)

    def person(self) -> int:
        """Give the id of a user: beyond 32 bits."""
        return next(self._people)

    def group(self) -> int:
        """Give the id of a basic group: negative."""
        return -next(self._groups)

    def supergroup(self) -> int:
        """Give the id of a supergroup or a channel: -100 and ten digits."""
        return -next(self._supergroups)

    def update(self) -> int:
        """Give an update_id."""
        return next(self._updates)

    def query(self) -> str:
        """Give the id of a callback query: digits, but a string."""
        return str(next(self._queries))

    def file(self) -> str:
        """Give a file_id."""
        return f"SandboxFile{next(self._files):08d}"

    def album(self) -> str:
        """Give a media_group_id."""
        return str(next(self._albums))

    def account_message(self) -> int:
        """Give a message_id of the counter that private chats and basic groups share."""
        return next(self._account_messages)
