"""What several mentions of days mean together: "среда, 5 января", "задержали 5 января, отпустили 7 января"."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.understanding.dates import calendar
from bot.understanding.dates.answer import DateSpan
from bot.understanding.dates.days import Mention

_MOST = 8
"""More days than these are a list of dates rather than days to choose from."""


def meant_by_all(mentions: Sequence[Mention], today: date) -> Mention | None:
    """Return what mentions mean together, or None without any. Where they differ, any of their days may be meant."""
    told = [mention for mention in dict.fromkeys(mentions) if mention.spans][:_MOST]
    if not told:
        return mentions[0] if mentions else None
    if all(mention.weekday for mention in told) and any(mention.problem for mention in mentions):
        return next(mention for mention in mentions if mention.problem)
    # What else is told happened earlier than "today", on which it is told.
    told = _without_weekdays(sorted(told, key=lambda mention: mention.spans[0].start == today), today)
    told = [mention for mention in told if not any(_is_more_exact(other, mention) for other in told)]
    if len(told) == 1 and not any(mention.problem for mention in mentions):
        return told[0]
    return Mention(tuple(dict.fromkeys(span for mention in told for span in mention.spans))[:_MOST])


def _is_more_exact(one: Mention, other: Mention) -> bool:
    """Whether a mention says which of the days of another is meant."""
    if one.vague or one is other:
        return False
    if other.vague:
        return other.spans[0].start <= one.spans[0].start <= other.spans[0].last
    return one.sure and not other.sure and one.spans[0] in other.spans


def _without_weekdays(told: Sequence[Mention], today: date) -> list[Mention]:
    """Leave out weekdays beside a date. Where it is on none of them, the nearest such day may be meant as well."""
    dates = [mention for mention in told if mention.weekday is None]
    weekdays = sorted({mention.weekday for mention in told if mention.weekday})
    if not dates or not weekdays:
        return list(told)
    span = dates[0].spans[0]
    wrong = [weekday for weekday in weekdays if not calendar.has_weekday(span, weekday)]
    if not wrong:
        return dates
    near = (calendar.nearest_weekday(weekday, span.start) for weekday in wrong)
    others = [Mention((DateSpan(day),)) for day in near if day <= today]
    return [*(replace(mention, sure=False) for mention in dates), *others]
