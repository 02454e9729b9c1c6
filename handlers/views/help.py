"""What a family can do at once, and whom it can call: the same for everyone in a country."""

from collections.abc import Iterator

from markupsafe import Markup

from bot.countries.advice import ALWAYS, Hotline
from bot.domain.access import Role, commands_of
from bot.domain.message import Say
from bot.texts import Texts
from handlers.views.pages import lines, paragraphs


def first_steps(texts: Texts) -> Say:
    """Show the first steps and the hotlines in one message. `Advice.load` has seen to it that they fit."""
    steps = texts.country.first_steps(texts.language)
    numbered = (texts("steps.step", number=number, step=step) for number, step in enumerate(steps, start=1))
    parts = [lines([texts("steps.head"), *numbered])]
    if hotlines := texts.country.hotlines(texts.language):
        parts.append(lines([texts("steps.hotlines"), *(_hotline(hotline, texts) for hotline in hotlines)]))
    return Say(html=str(paragraphs([*parts, texts("steps.limits")])))


def team_help(role: Role, texts: Texts) -> Markup:
    """List what a member of the team may do, by commands."""
    head = texts("help.for_team", role=texts.plain(f"role.{role}"))
    return lines([head, *(texts(f"help.{command}") for command in commands_of(role))])


def _hotline(hotline: Hotline, texts: Texts) -> Markup:
    line = texts("steps.hotline", contact=hotline.contact, name=hotline.name)
    remarks = "; ".join(_remarks(hotline, texts))
    return Markup("{} ({})").format(line, remarks) if remarks else line


def _remarks(hotline: Hotline, texts: Texts) -> Iterator[str]:
    """Say when somebody is there, and in which languages, where the reader's is none of them."""
    if hotline.hours:
        yield texts.plain("steps.always") if hotline.hours == ALWAYS else hotline.hours
    if texts.language not in hotline.languages:
        yield texts.plain("steps.spoken", languages=", ".join(map(texts.language_name, hotline.languages)))
