"""A picture of figures, before it is drawn: plain data, with every word in the language of whoever will look at it."""

from dataclasses import dataclass
from typing import Literal

from pydantic import ConfigDict


@dataclass(frozen=True)
class Series:
    """A row of values, one for each place along the panel; None where there is none."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    label: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Panel:
    """One part of a picture: bars side by side, or lines."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    title: str
    shape: Literal["bars", "lines"]
    series: tuple[Series, ...]
    whole_numbers: bool = True
    """The values are counts, so that the axis has no halves."""


@dataclass(frozen=True)
class Chart:
    """Panels, one below the other, over the same places. Nothing personal is ever in it."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    title: str
    places: tuple[str, ...]
    """What stands below each value."""
    panels: tuple[Panel, ...]
