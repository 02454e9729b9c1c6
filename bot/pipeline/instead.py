"""What is done in the place of what Telegram refused. Pure."""

from collections.abc import Sequence

from telegram.error import BadRequest

from bot.domain.message import Delete, DeleteMany, LookedUp, Replace, Sendable

_NO_WORDS = "there is no text in the message to edit"
"""Telegram's words where a picture or a file is to be given other words."""


def instead_of(message: Sendable | LookedUp, error: Exception) -> Sequence[Sendable]:
    """Return the messages that are to go out in the place of one that was refused; mostly there are none."""
    if not isinstance(error, BadRequest):
        return ()
    match message:
        case DeleteMany() if len(message.message_ids) > 1:  # one message may have spoilt it for all
            return message.halves()
        case Replace() if _NO_WORDS in error.message.lower():  # what was to be taken back must not stay
            return (Delete(message.message_id),)
    return ()
