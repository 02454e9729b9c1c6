"""`unfreeze` where there is nothing to do; tests/e2e/test_team.py runs it beside a bot."""

from bot.app import utc_now
from bot.commands.unfreeze import let_thaw
from bot.settings import Settings


async def test_where_nothing_is_frozen_it_says_so(settings: Settings) -> None:
    assert await let_thaw(settings, clock=utc_now) == "Nothing is frozen. There is nothing to do."
