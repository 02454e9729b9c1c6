import os
import stat
from pathlib import Path

import pytest

from storage.sealed_files import FolderUnusable, SealedFiles


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "var" / "evidence"


@pytest.fixture
def files(folder: Path) -> SealedFiles:
    made = SealedFiles(folder)
    made.prepare()
    return made


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_there_as_it_was_written_under_a_name_that_says_nothing(files: SealedFiles, folder: Path) -> None:
    one, other = files.write(b"sealed"), files.write(b"sealed")
    assert files.read(one) == b"sealed"
    assert one != other
    assert sorted(path.name for path in folder.iterdir()) == sorted([one, other])
    assert len(one) == 32
    assert set(one) <= set("0123456789abcdef")


def test_only_the_owner_can_read(files: SealedFiles, folder: Path) -> None:
    old = os.umask(0)
    try:
        name = files.write(b"sealed")
    finally:
        os.umask(old)
    assert (mode(folder), mode(folder / name)) == (0o700, 0o600)


def test_a_file_that_does_not_fit_on_the_disk_leaves_nothing_behind(
    files: SealedFiles, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.write(b"sealed")
    assert list(folder.iterdir()) == []


def test_what_is_removed_is_gone_and_may_be_gone_already(files: SealedFiles, folder: Path) -> None:
    one, other = files.write(b"one"), files.write(b"other")
    files.remove([one, "0" * 32])
    assert [path.name for path in folder.iterdir()] == [other]
    with pytest.raises(FileNotFoundError):
        files.read(one)


def test_old_files_are_told_by_when_they_were_written(files: SealedFiles, folder: Path) -> None:
    old, young = files.write(b"old"), files.write(b"young")
    os.utime(folder / old, (1000, 1000))
    unfinished = f"{old}.part"
    (folder / unfinished).write_bytes(b"half")
    (folder / "lost+found").mkdir()
    for name in (unfinished, "lost+found"):
        os.utime(folder / name, (1000, 1000))
    os.utime(folder / young, (4000, 4000))
    assert sorted(files.older_than(60, now=lambda: 4001)) == sorted([old, unfinished])


def test_a_folder_that_cannot_be_made_is_refused_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(FolderUnusable, match=r"taken/evidence: Not a directory"):
        SealedFiles(tmp_path / "taken" / "evidence").prepare()
