"""A conversation as it looked on the screen: for the demo, and for the golden transcripts of the tests."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from bot.sandbox import Event

_QUIET = {"answer", "action", "member", "pin"}
"""Events that show nothing a reader of the story needs."""
_INDENT = 12


@dataclass(frozen=True)
class Moment:
    """One thing as it was seen: who did what, the words, and the buttons under them, row by row."""

    heading: str
    words: str
    buttons: tuple[tuple[str, ...], ...]
    from_bot: bool
    passing: bool = False
    """A line and no message: a press, a toast, a message taken away."""


class Transcript:
    """Turns events into what was seen. It remembers messages, so that a changed button is shown alone."""

    def __init__(self, names: Mapping[int, str]) -> None:
        self._names = names
        self._seen: dict[tuple[int, int | None], Event] = {}

    def plain(self, events: Iterable[Event]) -> str:
        """Write the events as text."""
        return "\n\n".join(_plain(moment) for moment in self._moments(events)) + "\n"

    def show(self, console: Console, events: Iterable[Event]) -> None:
        """Print the events, side by side: people on the left, the bot on the right."""
        for moment in self._moments(events):
            console.print(_rich(moment))

    def _moments(self, events: Iterable[Event]) -> Iterator[Moment]:
        for event in events:
            if event.kind in _QUIET or (event.message and event.message.kind == "service"):
                continue
            before = self._seen.get((event.chat, event.message_id))
            if event.message is not None and event.kind in {"message", "edit"}:
                self._seen[event.chat, event.message_id] = event
            yield self._moment(event, before)

    def _moment(self, event: Event, before: Event | None) -> Moment:
        chat = self._names.get(event.chat, str(event.chat))
        rows = tuple(tuple(button.text for button in row) for row in event.buttons)
        match event.kind:
            case "press":
                return Moment(f"{event.who} presses [{event.text}]", "", (), from_bot=False, passing=True)
            case "delete":
                return Moment(f"A message to {chat} is taken away", "", (), from_bot=True, passing=True)
            case "toast" | "alert":
                return Moment(f"{chat} sees for a moment: {event.text}", "", (), from_bot=True, passing=True)
            case "edit" if event.from_bot and before and before.text == event.text:
                old = {button.text for row in before.buttons for button in row}
                changed = tuple(kept for row in rows if (kept := tuple(label for label in row if label not in old)))
                return Moment(f"Bot to {chat}, new buttons", "", changed, from_bot=True)
        return Moment(_heading(event, chat), event.text, rows, from_bot=event.from_bot)


def _heading(event: Event, chat: str) -> str:
    place = f" to {chat}" if event.from_bot else "" if event.who == chat else f" in {chat}"
    kind = event.message.kind if event.message else "text"
    remarks = [
        "changes a message" if event.kind == "edit" else "",
        "" if kind == "text" else kind,
        "protected" if event.message and event.message.protected else "",
    ]
    said = ", ".join(remark for remark in remarks if remark)
    return f"{'Bot' if event.from_bot else event.who}{place}" + (f" ({said})" if said else "")


def _plain(moment: Moment) -> str:
    lines = [moment.heading]
    lines += [f"    {line}".rstrip() for line in moment.words.splitlines()]
    lines += ["    " + " ".join(f"[{label}]" for label in row) for row in moment.buttons]
    return "\n".join(lines)


def _rich(moment: Moment) -> RenderableType:
    indent = _INDENT if moment.from_bot else 0
    if moment.passing:
        return Padding(Text(moment.heading, style="bold cyan" if not moment.from_bot else "italic"), (0, 0, 0, indent))
    rows = [Text("  ").join(Text(f"[ {label} ]", style="bold") for label in row) for row in moment.buttons]
    parts: list[RenderableType] = [Text(moment.words)] if moment.words else []
    parts += [Text(), *rows] if rows and parts else rows
    panel = Panel(
        Group(*parts),
        title=moment.heading,
        title_align="left",
        border_style="green" if moment.from_bot else "cyan",
        expand=False,
    )
    return Padding(panel, (0, 0, 0, indent))
