"""Names of made-up people: known given names and surnames, the commoner the earlier they stand in the list."""

import csv
import random
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

from bot.understanding import names

_DATA = Path(names.__file__).parent / "data"


def people(chance: random.Random, many: int) -> Iterator[str]:
    """Yield so many names, the given name first. Some come more than once."""
    given, family = _column("name_given.csv"), _column("name_surnames.csv")
    common = [list(accumulate(1 / (place + 20) for place in range(len(each)))) for each in (given, family)]
    for _ in range(many):
        yield " ".join(
            chance.choices(each, cum_weights=weights)[0] for each, weights in zip((given, family), common, strict=True)
        )


def _column(file: str) -> list[str]:
    with (_DATA / file).open(encoding="utf-8", newline="") as rows:
        return [next(iter(row.values())) for row in csv.DictReader(rows)]
