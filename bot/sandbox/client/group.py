"""Groups and channels as the client drives them."""

from typing import Literal

from bot.sandbox.client.view import ChatView

BotRole = Literal["member", "admin"]


class Group(ChatView):
    """A group, basic or super."""

    async def add_bot(self, role: BotRole = "member") -> None:
        """Let the bot in, or change what it is there."""
        await self._membership(role)

    async def remove_bot(self) -> None:
        """Remove the bot, as an administrator does: it counts as kicked."""
        await self._membership("kicked")

    async def add(self, person: ChatView) -> None:
        """Let `person` join."""
        await self._member(person, "member")

    async def remove(self, person: ChatView) -> None:
        """See `person` off."""
        await self._member(person, "left")

    async def migrate(self) -> "Group":
        """Upgrade a basic group to a supergroup, which is a new chat with an id of its own."""
        answer = await self._transport.post("/sandbox/migrate", {"chat": self.id})
        await self._desk.acted(self, seq=answer["seq"])
        return Group(self._desk, answer["chat"]["id"], self.name)

    async def _membership(self, status: str) -> None:
        answer = await self._transport.post("/sandbox/membership", {"chat": self.id, "bot": status})
        await self._desk.acted(self, seq=answer["seq"])

    async def _member(self, person: ChatView, status: str) -> None:
        body = {"chat": self.id, "person": person.id, "status": status}
        answer = await self._transport.post("/sandbox/members", body)
        await self._desk.acted(self, seq=answer["seq"])


class Channel(Group):
    """A channel: what is written there are posts."""
