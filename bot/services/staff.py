"""The team: who joins it, as what, who leaves it, and stopping all showing of personal data."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from string import ascii_letters, digits

from bot.domain.access import Role
from bot.domain.audit import AuditAct
from bot.domain.errors import InviteUnusable, MemberAlready, NoSuchMember, NotLead, NotOneself
from bot.services.turn import Choose
from storage.chats import Chat
from storage.members import Invite, Member
from storage.unit_of_work import UnitOfWork

INVITE_LASTS = timedelta(hours=24)
"""How long a link lets somebody join."""
THAW_LASTS = timedelta(minutes=30)
"""How long a lead may end a freeze after whoever runs the bot gave leave."""
_TOKEN_SIGNS = f"{ascii_letters}{digits}-_"
"""What the parameter of a deep link may be made of (Telegram's rule: 1 to 64 of these)."""
_TOKEN_LENGTH = 22
"""22 of 64 signs are 132 bits: nobody guesses one."""
_TOKEN = re.compile(rf"[A-Za-z0-9_-]{{{_TOKEN_LENGTH}}}")


@dataclass(frozen=True)
class Offered:
    """A link that was made just now."""

    number: int
    role: Role
    token: str = field(repr=False)
    until: datetime


@dataclass(frozen=True)
class Listed:
    """A member with what the team may know of one."""

    member: Member
    chat: Chat
    in_hand: int
    """Reports in the member's hands."""


@dataclass(frozen=True)
class Removed:
    """A member who was revoked, or whose role was changed."""

    member: Member
    chat: Chat
    released: int = 0
    """Reports that went back to the queue."""


def is_token(words: str) -> bool:
    """Say whether words that follow /start look like the token of an invitation."""
    return _TOKEN.fullmatch(words) is not None


class Staff:
    """The team, within one transaction. Who may do what is checked before, by `bot.domain.access`."""

    def __init__(self, work: UnitOfWork, *, choose: Choose) -> None:
        self._work = work
        self._choose = choose

    async def invite(self, lead: Chat, role: Role) -> Offered:
        """Make a link by which one person can join in this role."""
        token = "".join(self._choose(_TOKEN_SIGNS) for _ in range(_TOKEN_LENGTH))
        until = self._work.now + INVITE_LASTS
        number = await self._work.members.invite(token, role, by=lead, until=until)
        self._work.audit.note(lead, AuditAct.INVITED, invite=number, role=role.value)
        return Offered(number, role, token, until)

    async def take_back(self, lead: Chat, number: int) -> bool:
        """Make a link useless; False where it is used, or taken back already."""
        taken = await self._work.members.take_back_invite(number)
        if taken:
            self._work.audit.note(lead, AuditAct.INVITE_REVOKED, invite=number)
        return taken

    async def invitation(self, chat: Chat, token: str) -> tuple[Role, Chat]:
        """Return as what a link lets this person join, and who made it.

        Raises:
            MemberAlready: the person is of the team.
            InviteUnusable: it lets nobody join, or not while the team is frozen.
        """
        await self._check_can_join(chat)
        return await self._offered(await self._work.members.invite_of(token))

    async def accept(self, chat: Chat, token: str) -> tuple[Role, Chat]:
        """Use a link up; return as what the person joined, and who made it.

        Raises:
            MemberAlready, InviteUnusable: as for `invitation`. Of two who accept at once, one gets InviteUnusable.
        """
        await self._check_can_join(chat)
        invite = await self._work.members.use_invite(token, by=chat)
        role, lead = await self._offered(invite)
        if not await self._work.members.join(chat, role, added_by=lead.key):
            raise MemberAlready
        self._work.audit.note(chat, AuditAct.INVITE_ACCEPTED, subject=lead, role=role.value)
        return role, lead

    async def every(self) -> list[Listed]:
        """Return the members, those who came first before others."""
        in_hand = await self._work.members.in_hand()
        return [Listed(member, chat, in_hand.get(member.chat_key, 0)) for member, chat in await self.chats()]

    async def chats(self) -> list[tuple[Member, Chat]]:
        """Return the members with their chats."""
        members = await self._work.members.every()
        await self._work.chats.load([member.chat_key for member in members])
        found = [(member, await self._work.chats.get(member.chat_key)) for member in members]
        return [(member, chat) for member, chat in found if chat is not None]

    async def find(self, number: int) -> Listed:
        """Return the member of this number.

        Raises:
            NoSuchMember: there is none.
        """
        listed = next((one for one in await self.every() if one.member.number == number), None)
        if listed is None:
            raise NoSuchMember
        return listed

    async def change_role(self, lead: Chat, number: int, role: Role) -> Removed:
        """Give a member another role. Who may decide no more has nothing in hand any more either.

        Raises:
            NotLead, NotOneself, NoSuchMember: nothing is changed.
        """
        member, chat = await self._held(lead, number)
        await self._work.members.change_role(member, role)
        self._work.audit.note(lead, AuditAct.ROLE_CHANGED, subject=chat, role=role.value)
        if role is not Role.LEAD:
            await self._work.members.take_back_invites(made_by=member.chat_key)
        released = await self._work.members.release_all_of(chat) if role is Role.VIEWER else 0
        return Removed(member, chat, released)

    async def revoke(self, lead: Chat, number: int) -> Removed:
        """Take a member out of the team: the role, the reports in hand, and the links that the member made.

        Raises:
            NotLead, NotOneself, NoSuchMember: nothing is changed.
        """
        member, chat = await self._held(lead, number)
        await self._work.members.revoke(member, by=lead)
        self._work.audit.note(lead, AuditAct.REVOKED, subject=chat)
        await self._work.members.take_back_invites(made_by=member.chat_key)
        return Removed(member, chat, await self._work.members.release_all_of(chat))

    async def freeze(self, lead: Chat) -> bool:
        """Stop all showing of personal data: nobody has anything in hand, and no link works. False: done before."""
        if not await self._work.members.freeze(lead):
            return False
        self._work.audit.note(lead, AuditAct.FROZEN)
        await self._work.members.take_back_invites()
        for _, chat in await self.chats():
            await self._work.members.release_all_of(chat)
        return True

    async def thaw(self, lead: Chat) -> bool:
        """End the freeze; False where whoever runs the bot gave no leave in the last half hour."""
        thawed = await self._work.members.thaw()
        if thawed:
            self._work.audit.note(lead, AuditAct.UNFROZEN)
        return thawed

    async def prefer(self, chat: Chat, cities: Sequence[str]) -> tuple[str, ...]:
        """Remember which cities a member cares for, each once; none: all of them."""
        chosen = tuple(dict.fromkeys(cities))
        await self._work.members.prefer(chat, chosen)
        return chosen

    async def _check_can_join(self, chat: Chat) -> None:
        if await self._work.members.get(chat.key) is not None:
            raise MemberAlready
        if await self._work.members.is_frozen():
            raise InviteUnusable

    async def _offered(self, invite: Invite | None) -> tuple[Role, Chat]:
        lead = await self._work.chats.get(invite.made_by) if invite else None
        if invite is None or lead is None:
            raise InviteUnusable
        return invite.role, lead

    async def _held(self, lead: Chat, number: int) -> tuple[Member, Chat]:
        own, member = await self._work.members.hold(lead, number)
        if own is None or own.role is not Role.LEAD:
            raise NotLead
        if member is None:
            raise NoSuchMember
        if member.number == own.number:
            raise NotOneself
        chat = await self._work.chats.get(member.chat_key)
        if chat is None:
            raise NoSuchMember
        return member, chat


async def seat(work: UnitOfWork, lead_ids: frozenset[int], *, language: str) -> None:
    """Make the leads of the settings members, those who were none yet. Who was revoked stays so."""
    leads = [await work.chats.meet(telegram_id, language=language) for telegram_id in sorted(lead_ids)]
    await work.members.seat(leads)
