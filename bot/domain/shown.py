"""When a screen reached the person, and which words were written before that."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Shown:
    """When the current screen reached the person, as far as the outbox knows."""

    attempts: int
    first_attempt_at: datetime | None
    message_id: int | None
    """The id Telegram gave the screen's message; None while no send is known to have succeeded."""

    def came_after(self, *, message_id: int, sent_at: datetime) -> bool:
        """Say whether a message was written before the person could have seen the current screen.

        Message ids of one private chat rise in the order in which Telegram took the messages in, so one successful
        send settles it exactly. Where a send's outcome was lost (a time-out, a crash), the question may have been
        seen at the first attempt: then the message's date decides, which Telegram gives in whole seconds, and nobody
        reads and answers within the second in which the question came.
        """
        if self.attempts == 0 or self.first_attempt_at is None:
            return True
        if self.attempts == 1 and self.message_id is not None:
            return message_id < self.message_id
        return sent_at.replace(microsecond=0) <= self.first_attempt_at.replace(microsecond=0)
