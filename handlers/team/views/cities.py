"""The list of the cities that a member of the team cares for."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.domain.message import Button, Keyboard, Say
from bot.texts import Texts
from handlers.team.callbacks import TeamAction, TeamPress, pack_team
from handlers.views.answers import place_name
from handlers.views.pages import paragraphs

MOST = 20
"""Cities that one member may choose: each has a button."""
_OFFERED = 4
"""Places that a word may mean, offered on buttons."""
_LONGEST = 28
"""Characters on a button."""
_SHOWN = 60
"""Characters shown of a word that is no place."""


def cities(chosen: Sequence[str], texts: Texts, *, doubtful: Sequence[str] = (), unknown: Sequence[str] = ()) -> Say:
    """Show what is chosen, a button to drop each, what was not understood, and what may be meant."""
    parts: list[Markup] = []
    if unknown:
        names = ", ".join(name[:_SHOWN] for name in unknown[:_OFFERED])
        parts.append(texts("cities.unknown", names=names))
    if doubtful:
        parts.append(texts("cities.doubtful"))
    if chosen:
        parts.append(texts("cities.chosen", names=", ".join(place_name(key, texts) for key in chosen)))
    else:
        parts.append(texts("cities.all"))
    return Say(
        html=str(paragraphs([*parts, texts("cities.how", most=MOST)])), keyboard=_keyboard(chosen, doubtful, texts)
    )


def _keyboard(chosen: Sequence[str], doubtful: Sequence[str], texts: Texts) -> Keyboard:
    offered = list(dict.fromkeys(key for key in doubtful if key not in chosen))[:_OFFERED]
    rows = [
        *((_button(f"+ {place_name(key, texts)}", TeamAction.ADD_CITY, key),) for key in offered),
        *((_button(f"✕ {place_name(key, texts)}", TeamAction.DROP_CITY, key),) for key in chosen),
    ]
    if chosen:
        rows.append((_button(texts.plain("button.all_cities"), TeamAction.ALL_CITIES),))
    return tuple(rows)


def _button(shown: str, action: TeamAction, value: str = "") -> Button:
    return Button(text=shown[:_LONGEST], callback_data=pack_team(TeamPress(action, value=value)))
