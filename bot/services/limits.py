"""What one person may do. There is no limit over all people: in a mass arrest everybody writes at once.

A chat has one open draft by construction (a row in `conversations`), and how many messages it sends is not counted.
"""

from datetime import timedelta

from bot.domain.errors import TooManyReports
from storage.chats import Chat
from storage.unit_of_work import UnitOfWork

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


async def check_reports(work: UnitOfWork, chat: Chat, *, a_day: int) -> None:
    """Check that a person may submit one report more within these 24 hours; `a_day` of 0 is no limit.

    Raises:
        TooManyReports: as many were submitted already.
    """
    if not a_day:
        return
    first = await work.reports.submitted_at(chat, ago=a_day)
    if first is not None and first + _DAY > work.now:
        free_again = first + _DAY
        # Clocks show whole minutes: at the one that is named it must be over.
        raise TooManyReports(until=free_again.replace(second=0, microsecond=0) + _MINUTE)
