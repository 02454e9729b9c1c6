"""One transaction, seen as the repositories that take part in it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import aiosqlite

from storage.chats import Chats
from storage.conversations import Conversations
from storage.crypto import Vault
from storage.digests import Digests
from storage.outbox import Outbox
from storage.reports import Reports
from storage.updates import Updates


class UnitOfWork:
    """What one transaction can read and write, at one moment `now`."""

    def __init__(
        self,
        connection: aiosqlite.Connection,
        queries: Any,
        *,
        vault: Vault,
        now: datetime,
    ) -> None:
        self.now = now
        self.updates = Updates(connection, queries.updates, vault=vault)
        self.chats = Chats(connection, queries.chats, vault=vault, now=now)
        self.conversations = Conversations(connection, queries.conversations, now=now)
        self.outbox = Outbox(connection, queries.outbox, now=now)
        self.reports = Reports(connection, queries.reports, vault=vault, now=now)
        self.digests = Digests(connection, queries.digests, now=now)
        self._connection = connection

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Keep what the block wrote, or, where it raises, undo just that and raise on."""
        await self._connection.execute_fetchall("SAVEPOINT one_update")
        try:
            yield
        except BaseException:
            await self._connection.execute_fetchall("ROLLBACK TO one_update")
            await self._connection.execute_fetchall("RELEASE one_update")
            raise
        await self._connection.execute_fetchall("RELEASE one_update")
