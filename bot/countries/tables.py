"""Reading a country's tables: files that people write by hand, so that a mistake is named with its line and column."""

import csv
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from bot.countries import WrongCountry


@dataclass(frozen=True)
class Row:
    """One line of a table."""

    path: Path
    line: int
    """Counted from 1, as an editor counts; of a row of several lines the last."""
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def filled(self, column: str) -> str:
        """Return what stands in a column.

        Raises:
            WrongCountry: nothing does.
        """
        if not self.cells[column]:
            raise self.wrong(column, "it is empty")
        return self.cells[column]

    def wrong(self, column: str, why: str) -> WrongCountry:
        """Return the error that says what is wrong with a cell."""
        return WrongCountry(f"{self.path}, line {self.line}, column {column}: {why}")


def read_table(path: Path, columns: Collection[str]) -> list[Row]:
    """Return the rows of a CSV file whose first line names at least these columns. Spaces around a cell are left out.

    Raises:
        WrongCountry: there is no such file, it is not UTF-8 text, or its lines and columns do not go together.
    """
    try:
        # A spreadsheet begins the file with a byte order mark.
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(_rows(path, file, columns))
    except OSError as error:
        raise WrongCountry(f"{path}: it cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise WrongCountry(f"{path}: it is not UTF-8 text") from None


def read_table_if_there(path: Path, columns: Collection[str]) -> list[Row]:
    """Return the rows of a table that a country need not have; none where there is no such file.

    Raises:
        WrongCountry: there is one, and it is not as it must be.
    """
    return read_table(path, columns) if path.exists() else []


def _rows(path: Path, file: TextIO, columns: Collection[str]) -> Iterator[Row]:
    reader = csv.reader(file, strict=True)
    try:
        head = [column.strip() for column in next(reader, [])]
        missing = [column for column in columns if column not in head]
        if missing:
            raise WrongCountry(f"{path}, line 1: there is no column {missing[0]}")
        if len(set(head)) < len(head):
            raise WrongCountry(f"{path}, line 1: two columns have one name")
        for cells in reader:
            if len(cells) != len(head):
                why = f"it has {len(cells)} cells and not {len(head)}; a text with a comma in it stands in quotes"
                raise WrongCountry(f"{path}, line {reader.line_num}: {why}")
            yield Row(path, reader.line_num, {name: cell.strip() for name, cell in zip(head, cells, strict=True)})
    except csv.Error as error:
        raise WrongCountry(f"{path}, line {reader.line_num}: {error}") from None
