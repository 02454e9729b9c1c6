"""The audit's head in the log: at the start, and once a day."""

import pytest
from structlog.testing import capture_logs

from bot.domain.audit import AuditAct
from tests.e2e.conftest import Stage

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


async def heads(stage: Stage) -> list[tuple[int, str]]:
    """Return the heads that a tick writes into the log."""
    with capture_logs() as logged:
        await stage.app.ticker.tick()
    return [(event["id"], event["link"]) for event in logged if event["event"] == "audit_head"]


async def test_the_head_stands_in_the_log_once_a_day(stage: Stage) -> None:
    async with stage.app.database.transaction() as work:
        work.audit.note(None, AuditAct.CLAIM_LAPSED)
    ((first, link),) = await heads(stage)
    assert (first, len(link)) == (1, 64)
    assert await heads(stage) == []
    async with stage.app.database.transaction() as work:
        work.audit.note(None, AuditAct.CLAIM_LAPSED)
    stage.clock.move(hours=23)
    assert await heads(stage) == []
    stage.clock.move(hours=1)
    ((second, other),) = await heads(stage)
    assert second == 2
    assert other != link
