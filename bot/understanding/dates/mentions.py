"""All the days that a text mentions, with what is said around them: "примерно", "после", "в ночь на", "не"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Self

from bot.understanding.dates import calendar
from bot.understanding.dates.answer import DateSpan
from bot.understanding.dates.atoms import Back, Day, Offset, Year
from bot.understanding.dates.chains import of_days
from bot.understanding.dates.clock import Hours
from bot.understanding.dates.days import LONG_AGO, Mention, year_of
from bot.understanding.dates.grammar import Said, all_said
from bot.understanding.dates.periods import of_period
from bot.understanding.dates.token import Kind, Token, codes_of

_DOUBT_BEFORE = re.compile("(?:[~!],?|[ab=>])[if<]*$")
"""About, not, after, before, in the street of, until: another day may be meant."""
_DOUBT_AFTER = re.compile(r"f?(?:>?z|>g|x|\||[0123ns,]*~(?:,|$)|,?d(?:,|$))")
_NIGHT_BEFORE = re.compile("n[fi]?>[if]*$")
"""В ночь на 6 января."""
_NIGHT_AFTER = re.compile("f?>?qi?n")
"""6 қаңтарға қараған түні."""
_DOUBT_ANYWHERE = re.compile("(?<!T)[?U](?![i~]*T)")
"""Maybe, I do not know; but "кажется в 15:00" says so of the hour only."""
_AT = {"в", "at"}
_SMALL_HOURS = 5
"""Until this hour "yesterday" may be meant of the night that began yesterday."""
_MOST_SAID = 30
"""Where more is said, it is a list, and nothing in it is sure."""
_AROUND = 6
"""So many tokens on either side are looked at."""


@dataclass(frozen=True)
class _Text:
    """What is said in the whole of a text."""

    tokens: Sequence[Token]
    codes: str
    is_doubted: bool
    is_at_night: bool
    is_in_small_hours: bool

    @classmethod
    def of(cls, hours: Hours) -> Self:
        codes = codes_of(hours.tokens)
        return cls(
            tokens=hours.tokens,
            codes=codes,
            is_doubted=_DOUBT_ANYWHERE.search(codes) is not None or Kind.MIDNIGHT in codes,
            is_at_night=Kind.NIGHT in codes,
            is_in_small_hours=hours.clock is not None and hours.clock.hour < _SMALL_HOURS,
        )

    def before(self, said: Said) -> str:
        return self.codes[max(said.start - _AROUND, 0) : said.start]

    def after(self, said: Said) -> str:
        return self.codes[said.end : said.end + _AROUND]


def all_mentions(hours: Hours, today: date) -> list[Mention]:
    """Return what days are meant by everything that says when, in the order said."""
    text = _Text.of(hours)
    said = list(islice(all_said(hours.tokens), _MOST_SAID))
    year = _year_apart(said, today)
    mentions = []
    for one in said:
        mention = of_period(one.period, today, year) if one.period else of_days(one.atoms, one.joins, today, year)
        if mention and (mention.spans or mention.problem):
            mention = _in_context(mention, one, text)
            mentions.append(replace(mention, sure=mention.sure and len(said) < _MOST_SAID))
    return mentions


def _year_apart(said: Sequence[Said], today: date) -> Year | None:
    """Return the only year that is said apart from a date: "в 2021 году задержали, 5 января"."""
    years = [one.period.year for one in said if one.period and one.period.year and not one.period.month]
    if len(years) != 1:
        return None
    is_old = year_of(years[0], today) < today.year - LONG_AGO
    return None if is_old else years[0]


def _in_context(mention: Mention, said: Said, text: _Text) -> Mention:
    """Return what is meant with regard to what else is said."""
    if _is_doubted(said, text) or (text.is_doubted and not mention.is_choice):
        mention = replace(mention, sure=False)
    days = [span.start for span in mention.spans if not span.end]
    if days and _is_night_before(said, text):
        return replace(mention, spans=tuple(DateSpan(calendar.days_before(day, 1), day) for day in days))
    if days and (ahead := _days_to_the_other_of_a_night(said, text)):
        return replace(mention, spans=(*mention.spans, DateSpan(calendar.days_before(days[0], -ahead))), sure=False)
    return mention


def _is_night_before(said: Said, text: _Text) -> bool:
    return bool(_NIGHT_BEFORE.search(text.before(said)) or _NIGHT_AFTER.match(text.after(said)))


def _days_to_the_other_of_a_night(said: Said, text: _Text) -> int:
    """Return how far the other day is that "вчера ночью" may be meant of: 1 day ahead, -1 behind, 0 for none."""
    match said.atoms:
        case (Offset(0),) if text.is_at_night:
            return -1
        case (Offset(days),) if days < 0 and (text.is_at_night or text.is_in_small_hours):
            return 1
        case (Back(_, 1, True),) if text.is_at_night or text.is_in_small_hours:
            return 1
    return 0


def _is_doubted(said: Said, text: _Text) -> bool:
    """Whether another day may be meant, by the words on either side."""
    before, after = text.before(said), text.after(said)
    if _DOUBT_BEFORE.search(before) and not _NIGHT_BEFORE.search(before):
        return True
    if _DOUBT_AFTER.match(after) and not (Kind.TO in said.joins and after[:1] == Kind.AROUND):
        return True
    if Kind.AND in said.joins and Kind.FROM not in before[-2:]:  # "5 января и 7 января отпустили" are two events
        return all(isinstance(atom, Day) and atom.month for atom in said.atoms) and after[:1] == Kind.OTHER
    at_a_time = said.start > 0 and text.tokens[said.start - 1].text in _AT
    return at_a_time and text.codes[said.start : said.end] == Kind.PAIR
