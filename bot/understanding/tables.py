"""Reading the tables that stand beside the code and in a country's folder."""

import csv
from pathlib import Path


def rows_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file, each by the names in its first line.

    Raises:
        OSError: there is no such file.
    """
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
