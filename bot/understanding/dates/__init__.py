"""When it happened: an answer in free text, in Kazakh, Russian or English, as a day or as what to ask about it.

`parse` is the door. Words become tokens (date_tokenizer), tokens days as said (date_grammar, date_atoms), and those
days on the calendar (date_chains, date_days, date_periods, date_together). What the grammar does not know is tried by
dateparser.
"""

from datetime import date

from bot.understanding.dates.answer import DateAnswer, DateSpan, DateStatus, TimeOfDay
from bot.understanding.dates.clock import read_hours
from bot.understanding.dates.days import Mention
from bot.understanding.dates.fallback import day_by_dateparser
from bot.understanding.dates.mentions import all_mentions
from bot.understanding.dates.together import meant_by_all
from bot.understanding.dates.token import Kind, codes_of
from bot.understanding.dates.tokenizer import tokens_of

__all__ = ["DateAnswer", "DateSpan", "DateStatus", "TimeOfDay", "parse"]


def parse(text: str, today: date) -> DateAnswer:
    """Read when something happened that is reported `today`. Any text has an answer.

    `ok` and `range` are given only where nothing else is likely to be meant; they never end after `today`.
    """
    hours = read_hours(tokens_of(text))
    mention = meant_by_all(all_mentions(hours, today), today)
    if mention is None and Kind.UNKNOWN in codes_of(hours.tokens):
        return DateAnswer(DateStatus.UNKNOWN)
    if mention is None and (day := day_by_dateparser(text, today)):
        mention = Mention((DateSpan(day),))
    status = _status(mention)
    if mention is None or mention.problem:
        return DateAnswer(status, time_of_day=hours.part, clock=hours.clock)
    best = mention.spans[0]
    candidates = mention.spans if status is DateStatus.CONFIRM else ()
    return DateAnswer(status, best.start, best.end, hours.part, hours.clock, candidates)


def _status(mention: Mention | None) -> DateStatus:
    if mention is None:
        return DateStatus.NONE
    if mention.problem:
        return mention.problem
    if not mention.sure:
        return DateStatus.CONFIRM
    return DateStatus.RANGE if mention.spans[0].end else DateStatus.OK
