"""The history of a report, for a lead: what was done with it, by whom and when, and nothing of what people said."""

from collections.abc import Iterator

from markupsafe import Markup

from bot.domain.audit import Actor
from bot.domain.message import Say
from bot.services.audit import History, Recorded
from bot.texts import Texts
from handlers.views.pages import lines, paragraphs, shorten

_SHOWN_NAME = 24
"""Characters of a first name; so thirty entries of the longest names fit into one message."""


def history(shown: History, texts: Texts) -> Say:
    """Show the newest entries of a report, oldest first, in one message."""
    entries = lines(_line(one, texts) for one in shown.entries) or texts("history.none")
    return Say(html=str(paragraphs([*_above(shown, texts), entries])), protected=True)


def _above(shown: History, texts: Texts) -> Iterator[Markup]:
    yield texts("history.head", report=shown.report_id)
    if not shown.is_whole:
        yield texts("history.earlier")


def _line(one: Recorded, texts: Texts) -> Markup:
    entry = one.entry
    return texts(
        f"audit.{entry.act}",
        at=texts.moment(entry.at),
        who=_who(one, texts),
        case="–" if entry.case_id is None else entry.case_id,
        subject=_name(one.subject_name, texts),
    )


def _who(one: Recorded, texts: Texts) -> str:
    if one.entry.actor == Actor.PERSON:
        return _name(one.actor_name, texts)
    return texts.plain("history.operator" if one.entry.actor == Actor.OPERATOR else "history.bot")


def _name(name: str | None, texts: Texts) -> str:
    return shorten(name, limit=_SHOWN_NAME) if name else texts.plain("history.nameless")
