"""A conversation as it looked on the screen: for the demo, and for the golden transcripts of the tests."""

from collections.abc import Iterable, Mapping

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from bot.sandbox import Event

_QUIET = {"answer", "action", "member", "pin"}
"""Events that show nothing a reader of the story needs."""
_ROW = " "


def plain(events: Iterable[Event], names: Mapping[int, str]) -> str:
    """Write a conversation as text. `names` gives each chat's name by its id."""
    return "\n\n".join(_plain(event, names) for event in events if event.kind not in _QUIET) + "\n"


def show(console: Console, events: Iterable[Event], names: Mapping[int, str]) -> None:
    """Print a conversation, side by side: people on the left, the bot on the right."""
    for event in events:
        if event.kind not in _QUIET:
            console.print(_rich(event, names))


def _plain(event: Event, names: Mapping[int, str]) -> str:
    chat = names.get(event.chat, str(event.chat))
    lines = [f"{_heading(event, chat)}"]
    lines += [f"    {line}".rstrip() for line in _body(event).splitlines()]
    lines += ["    " + _ROW.join(f"[{button.text}]" for button in row) for row in event.buttons]
    return "\n".join(lines)


def _heading(event: Event, chat: str) -> str:
    if not event.from_bot:
        place = "" if event.who == chat else f" in {chat}"
        return f"{event.who}{place}" + (f" presses [{event.text}]" if event.kind == "press" else _did(event))
    if event.kind in {"toast", "alert"}:
        return f"Bot shows {chat} for a moment"
    return f"Bot to {chat}{_did(event)}"


def _did(event: Event) -> str:
    match event.kind:
        case "edit":
            return " (changes a message)"
        case "delete":
            return " (takes a message away)"
        case _:
            kind = event.message.kind if event.message else "text"
            protected = " (protected)" if event.message and event.message.protected else ""
            return protected if kind == "text" else f" ({kind})"


def _body(event: Event) -> str:
    return "" if event.kind in {"press", "delete"} else event.text


def _rich(event: Event, names: Mapping[int, str]) -> RenderableType:
    chat = names.get(event.chat, str(event.chat))
    if event.kind == "press":
        return Text.assemble((f"{event.who} presses ", "bold cyan"), (f"[ {event.text} ]", "reverse"))
    if event.kind == "delete":
        return Text(_heading(event, chat), style="dim")
    if event.kind in {"toast", "alert"}:
        return Padding(Text(f"({_heading(event, chat)}: {event.text})", style="italic yellow"), (0, 0, 0, 12))
    if not event.from_bot:
        return _panel(Text(_body(event) or "(no words)"), _heading(event, chat), "cyan")
    return Padding(_panel(_said(event), _heading(event, chat), "green"), (0, 0, 0, 12))


def _said(event: Event) -> RenderableType:
    rows = [Text("  ").join(Text(f" {button.text} ", style="reverse") for button in row) for row in event.buttons]
    words = Text(event.text)
    return Group(words, *([Text()] if rows else []), *rows)


def _panel(content: RenderableType, title: str, colour: str) -> Panel:
    return Panel(content, title=title, title_align="left", border_style=colour, expand=False)
