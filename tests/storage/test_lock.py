import sys
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from storage.location import PostgresDatabase, SQLiteFile
from storage.lock import AlreadyRunning, running_alone

ROOT = Path(__file__).parents[2]
HOLD = """
import sys
from pathlib import Path
from storage.location import SQLiteFile
from storage.lock import running_alone
with running_alone(SQLiteFile(Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def location(tmp_path: Path) -> SQLiteFile:
    made = SQLiteFile(tmp_path / "reports.db")
    made.path.touch()
    return made


def test_a_sqlite_file_is_held_by_one_at_a_time(location: SQLiteFile) -> None:
    with running_alone(location) as alone:
        assert alone
        with pytest.raises(AlreadyRunning), running_alone(location):
            pass
    with running_alone(location):
        pass


def test_another_file_is_free(location: SQLiteFile, tmp_path: Path) -> None:
    other = SQLiteFile(tmp_path / "other.db")
    other.path.touch()
    with running_alone(location), running_alone(other) as alone:
        assert alone


def test_a_file_that_is_not_there_is_not_made_by_holding_it(tmp_path: Path) -> None:
    with running_alone(SQLiteFile(tmp_path / "reports.db")) as alone:
        assert alone
        assert list(tmp_path.iterdir()) == []


def test_a_postgresql_database_is_shared() -> None:
    location = PostgresDatabase("postgresql://bot@nowhere/reports")
    with running_alone(location) as one, running_alone(location) as other:
        assert (one, other) == (False, False)


def test_a_lock_that_cannot_be_made_is_an_os_error(location: SQLiteFile) -> None:
    Path(f"{location.path}.lock").mkdir()
    with pytest.raises(IsADirectoryError), running_alone(location):
        pass


def test_a_process_that_is_killed_holds_nothing(location: SQLiteFile) -> None:
    with Popen([sys.executable, "-c", HOLD, str(location.path)], cwd=ROOT, stdin=PIPE, stdout=PIPE) as holder:  # noqa: S603
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(AlreadyRunning), running_alone(location):
            pass
        holder.kill()
        holder.wait()
        with running_alone(location) as alone:
            assert alone
