"""`audit verify`, `audit show`, and that an export is noted, while the bot runs."""

import asyncio
import re
from pathlib import Path

from bot.app import utc_now
from bot.demo.process import environment
from bot.domain.audit import AuditAct
from bot.settings import Settings
from storage.database import Database
from tests.bot.commands.processes import run_bot, running
from tests.storage.support import column, sql


async def fill(settings: Settings) -> str:
    """Note what a coordinator did, and return the key of that chat."""
    async with (
        Database.open(settings.location(), settings.master_keys(), clock=utc_now) as database,
        database.transaction() as work,
    ):
        dana = await work.chats.meet(101, language="ru")
        await work.chats.rename(dana, "[Dana]")
        work.audit.note(dana, AuditAct.REJECTED, report_id=7, reason="too_little")
        work.audit.note(dana, AuditAct.CLAIMED, report_id=8)
    return dana.key


async def test_an_export_and_a_look_into_the_audit_are_noted_while_the_bot_runs(
    settings: Settings, tmp_path: Path
) -> None:
    values = environment(settings)
    key = await fill(settings)
    async with running("run", folder=tmp_path, **values) as bot:
        assert bot.stderr is not None
        while b"audit_head" not in (written := await bot.stderr.readline()):
            assert written
        exported = await run_bot("export", folder=tmp_path, **values)
        verified = await run_bot("audit", "verify", folder=tmp_path, **values)
        shown = await run_bot("audit", "show", "--names", folder=tmp_path, **values)
        of_a_report = await run_bot("audit", "show", "--report", "7", folder=tmp_path, **values)
        assert bot.returncode is None
    assert (exported.code, exported.err) == (0, "")
    assert re.fullmatch(r"3 entries, unbroken, head 3:[0-9a-f]{64}\n", verified.out)
    assert [words.split()[3:5] for words in shown.out.splitlines() if re.match(r" *\d", words)] == [
        ["[Dana]", "rejected"],
        ["[Dana]", "claimed"],
        ["operator", "exported"],
        ["operator", "audit_shown"],
    ]
    (line,) = [words for words in of_a_report.out.splitlines() if key[:8] in words]
    assert line.split()[3:] == [key[:8], "rejected", "7", "reason:too_little"]
    assert column(settings.location(), "SELECT details FROM audit WHERE act = 'audit_shown' ORDER BY id") == [
        '{"names":1}',
        '{"names":0}',
    ]
    # What the log says of the head is a head: it can be asked for later.
    found = re.search(r'"id": (\d+), "link": "(\w+)"', written.decode())
    assert found is not None
    still = await run_bot("audit", "verify", "--head", f"{found[1]}:{found[2]}", folder=tmp_path, **values)
    assert (still.code, still.out[:20]) == (0, "5 entries, unbroken,")


async def test_a_broken_chain_and_what_is_no_head_are_said_in_one_line(settings: Settings, tmp_path: Path) -> None:
    values = environment(settings)
    await fill(settings)
    head = (await run_bot("audit", "verify", folder=tmp_path, **values)).out.split()[-1]
    sql(settings.location(), "DROP TRIGGER audit_refuses_delete")
    sql(settings.location(), "DELETE FROM audit")
    sql(settings.location(), "DELETE FROM audit_head")
    whole, cut, wrong = await asyncio.gather(
        run_bot("audit", "verify", folder=tmp_path, **values),
        run_bot("audit", "verify", "--head", head, folder=tmp_path, **values),
        run_bot("audit", "verify", "--head", "2:abc", folder=tmp_path, **values),
    )
    assert (whole.code, whole.out) == (0, f"0 entries, unbroken, head 0:{'0' * 64}\n")
    assert (cut.code, cut.out, cut.err) == (1, "BROKEN after 0 entries: entries 1 to 2 are missing\n", "")
    assert (wrong.code, wrong.out, len(wrong.err.splitlines())) == (2, "", 1)
    assert wrong.err.startswith("--head: it must look like")
