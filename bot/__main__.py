"""The commands: python -m bot run | demo | sandbox | migrate | check | export | audit | unfreeze | ..."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Coroutine
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, NoReturn, TypeVar

import orjson
import typer
import uvloop
from rich.console import Console
from telegram.error import InvalidToken

from bot.app import utc_now
from bot.commands.audit import NotAHead, look_through, look_up, note_command, read_head, table, verdict_line
from bot.commands.check import check as look_over
from bot.commands.unfreeze import let_thaw
from bot.countries import WrongCountry
from bot.domain.audit import AuditAct
from bot.logs import configure_logs
from bot.run import run_until_signal
from bot.services.audit import Wanted
from bot.services.export import export as export_reports
from bot.settings import Settings, StorageSettings, WrongSetting, read_settings
from storage.audit import Head
from storage.crypto import MasterKeys, WrongKey
from storage.database import Database
from storage.lock import AlreadyRunning, running_alone
from storage.schema import DatabaseUnusable, SchemaOutdated, check_schema
from storage.schema import migrate as migrate_schema
from storage.sealed_files import FolderUnusable

WRONG_SETTING = 2
"""The exit code of a start that a setting stopped."""
_WIDE = 160
"""Columns of a table that is not printed on a screen."""

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="A Telegram bot that takes in reports of detentions.",
)
audit_cli = typer.Typer(no_args_is_help=True, help="Look into the audit: who read, decided or changed what, and when.")
cli.add_typer(audit_cli, name="audit")

S = TypeVar("S", bound=StorageSettings)


class ExportFormat(StrEnum):
    """How an export is written."""

    JSONL = "jsonl"


@cli.command()
def run() -> None:
    """Run the bot until SIGTERM or Ctrl+C."""
    settings = _settings(Settings)
    configure_logs(settings.log_level)
    try:
        with running_alone(settings.location()) as alone:
            _with_database(run_until_signal(settings, alone=alone))
    except AlreadyRunning:
        _refuse(f"DATABASE_URL: another process runs the bot on {settings.location()}; several need PostgreSQL")


@cli.command()
def demo() -> None:
    """Play the whole road on a fresh database: no token, no network, under 30 seconds."""
    from bot.demo.play import play  # noqa: PLC0415 - see _stay_up

    configure_logs("ERROR")
    asyncio.run(play())


@cli.command()
def sandbox(port: Annotated[int, typer.Option(help="The port to listen on, on this machine only.")] = 8081) -> None:
    """Start the local Bot API server with the bot in it, to be driven over HTTP."""
    configure_logs("INFO")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_stay_up(port))


@cli.command()
def migrate() -> None:
    """Create the database, or bring its tables to this version."""
    settings = _settings(StorageSettings)
    configure_logs(settings.log_level)
    try:
        asyncio.run(migrate_schema(settings.location()))
    except DatabaseUnusable as error:
        _refuse(f"DATABASE_URL: it cannot be used: {error}")
    _with_database(_checked(settings, _open_once(settings)))
    typer.echo(f"The database is ready: {settings.location()}")


@cli.command()
def check() -> None:
    """Look over settings, country, key, database, token, and rights in the chats; exit code 1: there is work to do."""
    settings = _settings(Settings)
    configure_logs("ERROR")
    typer.echo("ok    settings")
    if not asyncio.run(_print_findings(settings)):
        raise typer.Exit(1)


@cli.command()
def export(
    format_: Annotated[ExportFormat, typer.Option("--format", help="One JSON object a line.")] = ExportFormat.JSONL,
) -> None:
    """Write all reports, decrypted, to standard output."""
    settings = _settings(StorageSettings)
    configure_logs(settings.log_level)
    if format_ is ExportFormat.JSONL:
        _with_database(_checked(settings, _export_lines(settings)))


@audit_cli.command("verify")
def verify_audit(
    head: Annotated[str | None, typer.Option(help="A head that was noted down before: it must still be there.")] = None,
) -> None:
    """Walk through the whole audit; exit code 1: something was changed, removed or moved."""
    settings = _settings(StorageSettings)
    configure_logs(settings.log_level)
    try:
        noted = None if head is None else read_head(head)
    except NotAHead as error:
        _refuse(f"--head: {error}")
    _with_database(_checked(settings, _print_verdict(settings, noted)))


@audit_cli.command("show")
def show_audit(
    *,
    report: Annotated[int | None, typer.Option(help="Of this report alone.")] = None,
    case: Annotated[int | None, typer.Option(help="Of this case alone.")] = None,
    actor: Annotated[str | None, typer.Option(help="By this person: first name, or the beginning of the key.")] = None,
    act: Annotated[AuditAct | None, typer.Option(help="Of this kind, such as approved.", show_choices=False)] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="From this day on.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Up to this day and with it.")] = None,
    last: Annotated[int, typer.Option(min=1, help="How many, the newest of them.")] = 50,
    names: Annotated[bool, typer.Option("--names", help="First names instead of keys.")] = False,
) -> None:
    """Print entries of the audit, oldest first. That this was done is noted in the audit."""
    settings = _settings(Settings)
    configure_logs(settings.log_level)
    wanted = Wanted(
        report_id=report,
        case_id=case,
        actor=actor,
        act=act,
        since=since and since.replace(tzinfo=settings.zone),
        until=until and (until + timedelta(days=1)).replace(tzinfo=settings.zone),
        last=last,
    )
    _with_database(_checked(settings, _print_audit(settings, wanted, with_names=names)))


@cli.command()
def copy_database(
    source: Annotated[str, typer.Argument(metavar="FROM", help="The DATABASE_URL to read; the bot must be stopped.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="The DATABASE_URL of an empty database.")],
) -> None:
    """Move everything to another database: from SQLite to PostgreSQL, say, before several processes are run."""
    from bot.commands.copy_database import NotCopied, copy  # noqa: PLC0415 - see _stay_up

    async def print_copying() -> None:
        async for line in copy(source, target):
            typer.echo(line)

    configure_logs("ERROR")
    try:
        uvloop.run(print_copying())
    except NotCopied as error:
        _refuse(str(error))


@cli.command()
def unfreeze() -> None:
    """Let a lead end a freeze with /unfreeze, within 30 minutes. The bot may go on running."""
    settings = _settings(StorageSettings)
    configure_logs("ERROR")
    _with_database(_checked(settings, _print_thaw(settings)))


@cli.command()
def generate_key() -> None:
    """Print a new master key as a line for .env."""
    typer.echo(f"MASTER_KEY={MasterKeys.generate()}")


def _settings(kind: type[S]) -> S:
    try:
        return read_settings(kind)
    except WrongSetting as error:
        _refuse(str(error))


def _with_database(work: Coroutine[Any, Any, None]) -> None:
    """Run what needs the database; say in one line what keeps it from being used."""
    try:
        uvloop.run(work)
    except SchemaOutdated:
        _refuse("DATABASE_URL: the database is not of this version; run `python -m bot migrate`")
    except DatabaseUnusable as error:
        _refuse(f"DATABASE_URL: it cannot be used: {error}")
    except WrongCountry as error:
        _refuse(f"COUNTRY: {error}")
    except FolderUnusable as error:
        _refuse(f"EVIDENCE_DIR: it cannot be used: {error}")
    except WrongKey:
        _refuse("MASTER_KEY: it does not open this database")
    except InvalidToken:
        _refuse("BOT_TOKEN: Telegram does not know it")


async def _checked(settings: StorageSettings, work: Coroutine[Any, Any, None]) -> None:
    try:
        await check_schema(settings.location())
    except BaseException:
        work.close()
        raise
    await work


def _refuse(words: str) -> NoReturn:
    typer.echo(words, err=True)
    raise typer.Exit(WRONG_SETTING)


async def _open_once(settings: StorageSettings) -> None:
    async with _opened(settings):
        pass


def _opened(settings: StorageSettings) -> AbstractAsyncContextManager[Database]:
    return Database.open(settings.location(), settings.master_keys(), clock=utc_now)


async def _print_thaw(settings: StorageSettings) -> None:
    typer.echo(await let_thaw(settings, clock=utc_now))


async def _print_findings(settings: Settings) -> bool:
    well = True
    async for finding in look_over(settings, clock=utc_now):
        typer.echo(str(finding))
        well = well and finding.to_do is None
    return well


async def _export_lines(settings: StorageSettings) -> None:
    async with _opened(settings) as database:
        await note_command(database, AuditAct.EXPORTED)
        async with database.snapshot() as work:
            async for record in export_reports(work):
                sys.stdout.buffer.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()


async def _print_verdict(settings: StorageSettings, noted: Head | None) -> None:
    async with _opened(settings) as database:
        verdict = await look_through(database, noted=noted)
    typer.echo(verdict_line(verdict))
    if verdict.broken is not None:
        raise typer.Exit(1)


async def _print_audit(settings: Settings, wanted: Wanted, *, with_names: bool) -> None:
    async with _opened(settings) as database:
        recorded = await look_up(database, wanted, with_names=with_names)
    console = Console(width=None if sys.stdout.isatty() else _WIDE)
    console.print(table(recorded, zone=settings.zone, with_names=with_names))


async def _stay_up(port: int) -> None:
    # What one command alone needs is imported by it: half of a start was the reading of code that is not run.
    from bot.commands.sandbox import bot_in_sandbox, how_to_drive  # noqa: PLC0415

    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with bot_in_sandbox(port) as (server, cast):
        typer.echo(how_to_drive(server, cast))
        await stop.wait()


if __name__ == "__main__":
    cli()
