"""What one person may do. There is no limit over all people: in a mass arrest everybody writes at once.

A chat has one open draft by construction (a row in `conversations`), and how many messages it sends is not counted.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.domain.errors import TooManyReports
from storage.chats import Chat
from storage.unit_of_work import UnitOfWork

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


Ask = Callable[[], Awaitable[bool]]


async def check_reports(work: UnitOfWork, chat: Chat, *, a_day: int, is_unlimited: Ask | None = None) -> None:
    """Check that a person may submit one report more within these 24 hours; `a_day` of 0 is no limit.

    `is_unlimited` is asked whether this person may pass the limit, and only where it is reached.

    Raises:
        TooManyReports: as many were submitted already.
    """
    if not a_day:
        return
    first = await work.reports.submitted_at(chat, ago=a_day)
    if first is not None and first + _DAY > work.now:
        if is_unlimited is not None and await is_unlimited():
            return
        free_again = first + _DAY
        # Clocks show whole minutes: at the one that is named it must be over.
        raise TooManyReports(until=free_again.replace(second=0, microsecond=0) + _MINUTE)
