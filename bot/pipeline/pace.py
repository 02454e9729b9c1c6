"""How fast Telegram lets a bot speak: over all chats, to one person, to one group."""

from dataclasses import dataclass

from bot.domain.rate import Rate
from storage.chats import ChatRates

_CHAT_BURST = 3
"""Short bursts pass: somebody who ticks three boxes in a second need not wait for the third."""


@dataclass(frozen=True)
class Pace:
    """The limits, all processes together. 0 is no limit. The defaults are the usual figures of Telegram's FAQ."""

    per_second: int = 30
    per_chat_second: int = 1
    per_group_minute: int = 20

    @property
    def overall(self) -> Rate:
        """How fast messages may leave, whomever they are for."""
        return Rate.within(self.per_second, 1)

    @property
    def chats(self) -> ChatRates:
        """How fast one chat may be written to."""
        person = Rate(self.per_chat_second * _CHAT_BURST, seconds=_CHAT_BURST)
        return ChatRates(person=person, group=Rate.within(self.per_group_minute, 60))
