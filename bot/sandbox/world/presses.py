"""Button presses that wait for the bot's answer."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from bot.sandbox.errors import bad_request
from bot.sandbox.wire import Clock
from bot.sandbox.world.updates import CALLBACK_LIFETIME

KEPT = 20_000
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


@dataclass(frozen=True, slots=True)
class Query:
    """A press: who pressed where, and when."""

    id: str
    person_id: int
    chat_id: int
    message_id: int
    created: datetime


class CallbackQueries:
    """The open presses. Each can be answered once, within 150 seconds."""

    def __init__(self, clock: Clock, *, kept: int = KEPT) -> None:
        self._clock = clock
        self._kept = kept
        self._open: OrderedDict[str, Query] = OrderedDict()

    def add(self, query: Query) -> None:
        """Remember a press."""
        self._open[query.id] = query
        if len(self._open) > self._kept:
            self._open.popitem(last=False)

    def chat_of(self, query_id: str) -> int | None:
        """Tell in which chat an open press was made."""
        query = self._open.get(query_id)
        return None if query is None else query.chat_id

    def answer(self, query_id: str) -> Query:
        """Close a press; `ApiError` 400 if it is unknown, was answered before, or is too old."""
        query = self._open.pop(query_id, None)
        if query is None or self._clock() - query.created > CALLBACK_LIFETIME:
            raise bad_request(TOO_OLD)
        return query
