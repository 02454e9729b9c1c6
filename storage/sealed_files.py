"""Files whose content is sealed: a folder, random names, and nothing in it that can be read without a key.

A file is there whole or not at all: it is written under another name, flushed to the disk, and then given its own. All
of this blocks; callers run it in a thread.
"""

import errno
import os
import re
import secrets
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

_NAME_BYTES = 16
_UNFINISHED = ".part"
_OURS = re.compile(rf"[0-9a-f]{{{2 * _NAME_BYTES}}}({re.escape(_UNFINISHED)})?")
"""Whatever else lies in the folder is left alone."""


class FolderUnusable(Exception):
    """The folder cannot be made, or not be written to. The message says why."""


class SealedFiles:
    """The sealed files of one folder. Several processes may share it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def prepare(self) -> None:
        """Make the folder, for its owner alone, where it is not there yet.

        Raises:
            FolderUnusable: it cannot be made, or this process may not write to it.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise FolderUnusable(f"{self._folder}: {error.strerror}") from None
        if not os.access(self._folder, os.R_OK | os.W_OK | os.X_OK):
            raise FolderUnusable(f"{self._folder}: {os.strerror(errno.EACCES)}")

    def write(self, sealed: bytes) -> str:
        """Keep these bytes through any crash from now on, and return the name of their file.

        Raises:
            OSError: there is no room, or no right to write. Nothing is left behind then.
        """
        name = secrets.token_hex(_NAME_BYTES)
        unfinished, finished = self._folder / f"{name}{_UNFINISHED}", self._folder / name
        try:
            with open(unfinished, "xb", opener=_for_the_owner_alone) as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(finished)
            self._flush_names()
        except OSError:
            unfinished.unlink(missing_ok=True)
            finished.unlink(missing_ok=True)
            raise
        return name

    def read(self, name: str) -> bytes:
        """Return the bytes of a file.

        Raises:
            OSError: it is not there, or cannot be read.
        """
        return (self._folder / name).read_bytes()

    def remove(self, names: Collection[str]) -> None:
        """Remove files for good; those that are gone already are nothing.

        Raises:
            OSError: one cannot be removed.
        """
        for name in names:
            (self._folder / name).unlink(missing_ok=True)
        if names:
            self._flush_names()

    def older_than(self, seconds: float, *, now: Callable[[], float] = time.time) -> Iterator[str]:
        """Yield the names of the files, unfinished ones too, that were last written so long ago."""
        before = now() - seconds
        for path in self._folder.iterdir():
            if not _OURS.fullmatch(path.name):
                continue
            try:
                if path.stat().st_mtime < before:
                    yield path.name
            except FileNotFoundError:  # another process removed it
                continue

    def _flush_names(self) -> None:
        """Let what was given a name, or lost it, survive a power cut."""
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _for_the_owner_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
