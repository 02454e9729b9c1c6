"""Albums as people send them: separate messages, which a media_group_id makes one."""

from collections import OrderedDict
from dataclasses import dataclass

from bot.sandbox import spec
from bot.sandbox.errors import ControlError
from bot.sandbox.wire import JsonObject
from bot.sandbox.world.ids import Ids
from bot.sandbox.world.media import ALBUM_FAMILIES, kind_of

KEPT = 10_000


@dataclass(slots=True)
class Album:
    """An album that is being sent: its media_group_id, what it is made of, and how many there are so far."""

    id: str
    family: str
    count: int = 0


class Albums:
    """The albums that people began lately, each by its chat, its sender and a word."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._begun: OrderedDict[tuple[int, int, str], Album] = OrderedDict()

    def join(self, key: tuple[int, int, str], content: JsonObject) -> str:
        """Put a message with `content` into an album; returns its media_group_id.

        `ControlError` for what cannot stand there: photos and videos go together, documents and music each alone, and
        ten are enough.
        """
        kind = kind_of(content)
        family = ALBUM_FAMILIES.get(kind)
        if family is None:
            raise ControlError(f"a message of kind {kind} cannot be part of an album")
        album = self._begun.get(key)
        if album is None:
            album = self._begun[key] = Album(self._ids.album(), family)
        if album.family != family:
            raise ControlError(f"a message of kind {kind} does not fit into this album")
        if album.count == spec.ALBUM_MAX:
            raise ControlError(f"an album has at most {spec.ALBUM_MAX} messages")
        album.count += 1
        if len(self._begun) > KEPT:
            self._begun.popitem(last=False)
        return album.id
