"""/cities: the cities and regions that a member of the team cares for."""

import re

from telegram import Message, Update

from bot.domain.access import Act, Verdict
from bot.understanding.places import certain
from handlers.context import BotContext
from handlers.team.callbacks import TeamAction, TeamPress
from handlers.team.views import cities as views
from handlers.views.my_reports import in_place

CITIES = "cities"
"""What the message is about after which names of cities are expected."""
_PARTED = re.compile(r"[,;\n]+")


async def on_cities(_update: Update, context: BotContext) -> None:
    """Show which cities the member cares for, and let others be named."""
    context.say(views.cities(await context.cities(), context.texts), about=CITIES)


async def take_words(message: Message, context: BotContext) -> bool:
    """Take words as names of cities where those were asked for last; False where they were not."""
    if context.last_about != CITIES or await context.judge(Act.PREFERENCES) is not Verdict.YES:
        return False
    chosen, doubtful, unknown = list(await context.cities()), [], []
    for name in filter(None, map(str.strip, _PARTED.split(message.text or ""))):
        found = context.desk.reader.country.places.match(name)
        if key := certain(found):
            chosen.append(key)
        elif found:
            doubtful += [match.place.key for match in found]
        else:
            unknown.append(name)
    kept = await context.staff.prefer(context.chat, chosen[: views.MOST])
    context.say(views.cities(kept, context.texts, doubtful=doubtful, unknown=unknown), about=CITIES)
    return True


async def press(context: BotContext, press: TeamPress, place: int) -> None:
    """Carry out a button under the list of cities.

    Raises:
        ValueError: it is no such button, or names no city.
    """
    chosen = list(await context.cities())
    match press.action:
        case TeamAction.ADD_CITY if press.value in context.desk.reader.places:
            chosen.append(press.value)
        case TeamAction.DROP_CITY:
            chosen = [key for key in chosen if key != press.value]
        case TeamAction.ALL_CITIES:
            chosen = []
        case _:
            raise ValueError(press.value)
    kept = await context.staff.prefer(context.chat, chosen[: views.MOST])
    context.say(in_place(views.cities(kept, context.texts), place), about=CITIES)
