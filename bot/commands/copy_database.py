"""`python -m bot copy-database FROM TO`: move everything to another database while the bot is stopped."""

from collections.abc import AsyncIterator

from storage.copying import CopyDiffers, SameDatabase, StillRunning, TargetNotEmpty, copy_database
from storage.location import InvalidDatabaseUrl, Location, parse_location
from storage.lock import AlreadyRunning
from storage.schema import DatabaseUnusable, SchemaOutdated

_SHOWN_DIGITS = 16


class NotCopied(Exception):
    """Nothing was copied. The message is one line that says why, without passwords and without data."""


async def copy(source_url: str, target_url: str) -> AsyncIterator[str]:
    """Copy a database to an empty one; yield lines for whoever waits: what is copied, every table, what to do next.

    Raises:
        NotCopied: a URL is wrong, a database cannot be used as it is, or the copy was not the same.
    """
    source, target = _location("FROM", source_url), _location("TO", target_url)
    yield f"Copying {source} to {target}. Nothing is there until all of it is."
    try:
        copied = await copy_database(source, target)
    except SameDatabase as place:
        raise NotCopied(f"FROM and TO are one database: {place}") from None
    except SchemaOutdated as place:
        raise NotCopied(f"{place}: not of this version; run `python -m bot migrate` for it first") from None
    except AlreadyRunning as place:
        raise NotCopied(f"{place}: the bot runs on it; stop it first") from None
    except StillRunning as place:
        raise NotCopied(f"{place}: the bot runs on it, or somebody else is at work there; stop them first") from None
    except TargetNotEmpty as place:
        raise NotCopied(f"{place}: there is something in it already; TO has to be an empty database") from None
    except CopyDiffers as table:
        raise NotCopied(f"{target}: it did not keep what was written to the table {table}; it is empty again") from None
    except DatabaseUnusable as problem:
        raise NotCopied(f"a database cannot be used: {problem}") from None
    wide = max(len(one.table) for one in copied)
    for one in copied:
        yield f"{one.table:<{wide}}  {one.rows:>10} rows  sha256 {one.digest[:_SHOWN_DIGITS]}"
    yield f"All of it was read back from {target}, and is the same."
    yield "Now give DATABASE_URL the value that you gave for TO, leave MASTER_KEY as it is, and start the bot."
    yield f"Never start it on {source} again: what it takes in there, the copy will not know."


def _location(name: str, url: str) -> Location:
    try:
        return parse_location(url)
    except InvalidDatabaseUrl as error:
        raise NotCopied(f"{name}: {error}") from None
