"""`python -m bot.drawing`: reads a chart as JSON, writes its picture as PNG. Nothing else goes in or out."""

import os
import sys

from pydantic import TypeAdapter

from bot.domain.chart import Chart
from bot.drawing.figure import draw

_NICENESS = 10
"""People who write are served first."""


def main() -> None:
    """Draw one picture.

    Raises:
        pydantic.ValidationError: what came in is no chart.
    """
    os.nice(_NICENESS)
    chart = TypeAdapter(Chart).validate_json(sys.stdin.buffer.read())
    sys.stdout.buffer.write(draw(chart))


if __name__ == "__main__":
    main()
