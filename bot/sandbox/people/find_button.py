"""Find the button that a person means by its words."""

from collections.abc import Iterable
from typing import NamedTuple

from bot.sandbox.errors import ControlError
from bot.sandbox.wire import JsonObject
from bot.sandbox.world.keyboards import kind_of, rows_of
from bot.sandbox.world.model import Chat, Message


class Target(NamedTuple):
    """A button under a message."""

    message: Message
    button: JsonObject

    @property
    def label(self) -> str:
        """What is written on the button."""
        return str(self.button["text"])


def find_button(chat: Chat, label: str, *, message_id: int | None, exact: bool) -> Target:
    """Find the button labelled `label`, on one message or on the newest that has one.

    An equal label comes first; then, unless `exact`, the only label of a message that contains the words, whatever
    their case. Raises `ControlError` with the labels there are.
    """
    targets = [
        Target(message, button)
        for message in _messages(chat, message_id)
        for row in rows_of(message.markup)
        for button in row
    ]
    for target in targets:
        if target.label == label:
            return target
    near = [] if exact else [target for target in targets if label.casefold() in target.label.casefold()]
    same_message = [target for target in near if target.message is near[0].message]
    if len(same_message) == 1:
        return same_message[0]
    trouble = "no visible button is" if not near else "several buttons are"
    labels = [target.label for target in same_message or targets]
    raise ControlError(f"{trouble} labelled {label!r}; there are: {_listed(labels)}", status=404, labels=labels)


def _messages(chat: Chat, message_id: int | None) -> Iterable[Message]:
    """List the messages whose buttons can be pressed, newest first."""
    if message_id is not None and message_id not in chat.messages:
        raise ControlError(f"there is no message {message_id} in chat {chat.id}", status=404, labels=[])
    newest_first = [chat.messages[key] for key in sorted(chat.messages, reverse=True)]
    current = next((m for m in newest_first if kind_of(m.markup) in {"reply", "remove"}), None)
    # A phone shows one reply keyboard, the newest, until it is replaced or removed.
    live = [m for m in newest_first if kind_of(m.markup) == "inline" or m is current]
    return [m for m in live if message_id in {None, m.message_id}]


def _listed(labels: Iterable[str]) -> str:
    return ", ".join(repr(label) for label in labels) or "none at all"
