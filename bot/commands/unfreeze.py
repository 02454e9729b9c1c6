"""`python -m bot unfreeze`: whoever runs the bot lets a lead end a freeze."""

from bot.domain.audit import AuditAct
from bot.services.staff import THAW_LASTS
from bot.settings import StorageSettings
from storage.database import Clock, Database
from storage.unit_of_work import UnitOfWork


async def let_thaw(settings: StorageSettings, *, clock: Clock) -> str:
    """Let a lead's /unfreeze work for half an hour; return what to tell whoever asked. The bot may go on running."""
    async with Database.open(settings.location(), settings.master_keys(), clock=clock) as database:
        until = database.now() + THAW_LASTS

        async def allow(work: UnitOfWork) -> bool:
            is_frozen = await work.members.let_thaw(until=until)
            if is_frozen:
                work.audit.note(None, AuditAct.UNFREEZE_ALLOWED, by_operator=True)
            return is_frozen

        is_frozen = await database.perform(allow)
    if not is_frozen:
        return "Nothing is frozen. There is nothing to do."
    return f"A lead can now end the freeze with /unfreeze, within {THAW_LASTS.seconds // 60} minutes."
