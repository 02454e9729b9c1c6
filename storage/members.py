"""The team: who is of it and as what, the links by which people join, and whether all showing is stopped."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from bot.domain.access import Role
from storage.cases import Cases
from storage.chats import Chat
from storage.crypto import Vault
from storage.engines import Row
from storage.instants import from_ms, to_ms
from storage.reports import Claim, Reports
from storage.session import Session

_TOKEN = "invite"  # noqa: S105  what the fingerprint is made for


@dataclass(frozen=True)
class Member:
    """Somebody of the team."""

    number: int
    """By which buttons name the member."""
    chat_key: str
    role: Role
    cities: tuple[str, ...]
    """Keys of the places that the member cares for; none: all of them."""
    added_at: datetime


@dataclass(frozen=True)
class Invite:
    """A link by which one person can join."""

    number: int
    role: Role
    made_by: str
    """The key of the chat of whoever made it."""


class Members:
    """The team within one transaction."""

    def __init__(
        self, session: Session, queries: Any, *, vault: Vault, reports: Reports, cases: Cases, now: datetime
    ) -> None:
        self._session = session
        self._queries = queries
        self._vault = vault
        self._reports = reports
        self._cases = cases
        self._now = now

    async def seat(self, leads: Collection[Chat]) -> None:
        """Make the first leads members, those that were none yet and are not revoked; make ready what all lean on."""
        await self._queries.make_freeze(self._session)
        rows = [{"chat_key": key, "added_at_ms": to_ms(self._now)} for key in sorted(lead.key for lead in leads)]
        await self._queries.add_first_leads(self._session, rows)

    async def get(self, chat_key: str) -> Member | None:
        """Return the member with this chat, or None; until the end of the transaction it stays so."""
        row = await self._queries.get_member(self._session, chat_key=chat_key)
        return None if row is None or row["revoked_at_ms"] is not None else _member(row)

    async def every(self) -> list[Member]:
        """Return all members, those who came first before others."""
        return [_member(row) async for row in self._queries.list_members(self._session)]

    async def hold(self, chat: Chat, number: int) -> tuple[Member | None, Member | None]:
        """Keep from all others the member with this chat and the one of this number, and return both."""
        rows = self._queries.hold_members(self._session, chat_key=chat.key, number=number)
        found = [_member(row) async for row in rows]
        own = next((member for member in found if member.chat_key == chat.key), None)
        return own, next((member for member in found if member.number == number), None)

    async def join(self, chat: Chat, role: Role, *, added_by: str) -> bool:
        """Make somebody a member; False where the person is one already."""
        row = await self._queries.join_team(
            self._session, chat_key=chat.key, role=role, added_by=added_by, added_at_ms=to_ms(self._now)
        )
        return row is not None

    async def change_role(self, member: Member, role: Role) -> bool:
        """Give a member another role; False where the person is no member any more."""
        return await self._queries.change_role(self._session, number=member.number, role=role) is not None

    async def revoke(self, member: Member, *, by: Chat) -> bool:
        """Take a member out of the team; False where the person is no member any more."""
        row = await self._queries.revoke(
            self._session, number=member.number, revoked_by=by.key, revoked_at_ms=to_ms(self._now)
        )
        return row is not None

    async def prefer(self, chat: Chat, cities: Sequence[str]) -> None:
        """Remember which cities a member cares for, by their keys; none: all of them."""
        await self._queries.set_cities(self._session, chat_key=chat.key, cities=orjson.dumps(list(cities)).decode())

    async def in_hand(self) -> dict[str, int]:
        """Return how many reports are in whose hands, by the keys of their chats."""
        return {row["claimed_by"]: row["reports"] async for row in self._queries.in_hand(self._session)}

    async def release_all_of(self, holder: Chat) -> int:
        """Give back all reports in somebody's hands, and close all cases; return how many reports those were."""
        rows = self._queries.release_all_of(self._session, coordinator=holder.key)
        claims = [Claim(row["id"], row["revision"]) async for row in rows]
        for claim in claims:
            self._reports.note(claim, "released", holder.key)
        await self._cases.close_all_of(holder)
        return len(claims)

    async def invite(self, token: str, role: Role, *, by: Chat, until: datetime) -> int:
        """Note a link that lets one person join until then; return its number. Of the token only an HMAC is kept."""
        row = await self._queries.add_invite(
            self._session,
            token_key=self._token_key(token),
            role=role,
            made_by=by.key,
            made_at_ms=to_ms(self._now),
            expires_at_ms=to_ms(until),
        )
        return int(row["id"])

    async def invite_of(self, token: str) -> Invite | None:
        """Return the link with this token, or None where it cannot be used (any more)."""
        row = await self._queries.open_invite(self._session, token_key=self._token_key(token), now_ms=to_ms(self._now))
        return None if row is None else _invite(row)

    async def use_invite(self, token: str, *, by: Chat) -> Invite | None:
        """Use a link up, or return None where it cannot be used (any more): of two who try, one gets it."""
        row = await self._queries.use_invite(
            self._session, token_key=self._token_key(token), used_by=by.key, now_ms=to_ms(self._now)
        )
        return None if row is None else _invite(row)

    async def take_back_invite(self, number: int) -> bool:
        """Make a link useless; False where it was used, or taken back before."""
        row = await self._queries.take_back_invite(self._session, number=number, now_ms=to_ms(self._now))
        return row is not None

    async def take_back_invites(self, *, made_by: str | None = None) -> None:
        """Make all links useless, or those that one member made."""
        if made_by is None:
            await self._queries.take_back_invites(self._session, now_ms=to_ms(self._now))
        else:
            await self._queries.take_back_invites_of(self._session, made_by=made_by, now_ms=to_ms(self._now))

    async def is_frozen(self) -> bool:
        """Say whether nobody is to be shown anything; until the end of the transaction it stays so."""
        return await self._queries.frozen_at(self._session) is not None

    async def looks_frozen(self) -> bool:
        """Say whether nobody is to be shown anything, for who does not mind if that changes meanwhile."""
        return await self._queries.looks_frozen(self._session) is not None

    async def freeze(self, lead: Chat) -> bool:
        """Stop all showing; False where that was done before. An operator's leave to go on ends with it."""
        return await self._queries.freeze(self._session, frozen_by=lead.key, now_ms=to_ms(self._now)) is not None

    async def let_thaw(self, *, until: datetime) -> bool:
        """Let a lead end the freeze until then; False where nothing is frozen."""
        return await self._queries.let_thaw(self._session, until_ms=to_ms(until)) is not None

    async def thaw(self) -> bool:
        """End the freeze; False where nobody who runs the bot gave leave, or where nothing is frozen."""
        return await self._queries.thaw(self._session, now_ms=to_ms(self._now)) is not None

    def _token_key(self, token: str) -> str:
        return self._vault.fingerprint(_TOKEN, token)


def _member(row: Row) -> Member:
    return Member(
        number=row["id"],
        chat_key=row["chat_key"],
        role=Role(row["role"]),
        cities=tuple(orjson.loads(row["cities"])),
        added_at=from_ms(row["added_at_ms"]),
    )


def _invite(row: Row) -> Invite:
    return Invite(number=row["id"], role=Role(row["role"]), made_by=row["made_by"])
