"""The inbox: full batches of updates, committed as they came, until they are handled."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from storage.crypto import Vault
from storage.instants import to_ms
from storage.session import Session

_PLACE = "inbox"


class Inbox:
    """The inbox within one transaction. A batch goes by the id of its first update."""

    def __init__(self, session: Session, queries: Any, *, vault: Vault, now: datetime) -> None:
        self._session = session
        self._queries = queries
        self._vault = vault
        self._now = now

    async def keep(self, raw_updates: Sequence[dict[str, Any]]) -> None:
        """Keep a batch, sealed. One that comes again takes the place of the first."""
        data_key, wrapped_key = self._vault.new_key()
        await self._queries.keep_batch(
            self._session,
            first_update_id=raw_updates[0]["update_id"],
            wrapped_key=wrapped_key,
            sealed=data_key.seal(json.dumps(raw_updates).encode(), place=_PLACE),
            received_at_ms=to_ms(self._now),
        )

    async def batches(self) -> list[list[dict[str, Any]]]:
        """Return the batches that are still to be handled, oldest first."""
        return [
            json.loads(self._vault.open_key(row["wrapped_key"]).open(row["sealed"], place=_PLACE))
            async for row in self._queries.kept_batches(self._session)
        ]

    async def forget(self, first_update_id: int) -> None:
        """Forget a batch, in the transaction that handles it."""
        await self._queries.forget_batch(self._session, first_update_id=first_update_id)
