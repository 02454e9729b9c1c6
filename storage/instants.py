"""Moments as the database keeps them: whole milliseconds since 1970-01-01 UTC, in columns named `..._ms`."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_MICROSECOND = timedelta(microseconds=1)


def to_ms(moment: datetime) -> int:
    """Return an aware datetime as milliseconds since the epoch."""
    return (moment - _EPOCH) // _MILLISECOND


def to_us(moment: datetime) -> int:
    """Return an aware datetime as microseconds since the epoch, where milliseconds are too coarse."""
    return (moment - _EPOCH) // _MICROSECOND


def from_ms(milliseconds: int) -> datetime:
    """Return the UTC datetime of milliseconds since the epoch."""
    return _EPOCH + milliseconds * _MILLISECOND


def from_ms_or_none(milliseconds: int | None) -> datetime | None:
    """Return the UTC datetime, or None for a moment that has not come."""
    return None if milliseconds is None else from_ms(milliseconds)
