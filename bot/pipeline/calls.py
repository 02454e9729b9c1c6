"""What is said, as the calls of the Bot API that say it. Pure."""

from dataclasses import dataclass
from typing import Any

from bot.domain.message import Delete, DeleteMany, Keyboard, Replace, Say, Sendable

_HTML: dict[str, Any] = {
    "parse_mode": "HTML",
    # Telegram must not fetch addresses that someone put into an answer.
    "link_preview_options": {"is_disabled": True},
}


@dataclass(frozen=True)
class Call:
    """A method of the Bot API and its parameters."""

    method: str
    parameters: dict[str, Any]


def call_of(chat_id: int, message: Sendable) -> Call:
    """Return the call that carries out an outgoing message in a chat."""
    match message:
        case Say():
            return Call("sendMessage", {"chat_id": chat_id, "text": message.html, **_HTML, **_options(message)})
        case Replace(html=None):
            place = {"chat_id": chat_id, "message_id": message.message_id}
            return Call("editMessageReplyMarkup", {**place, **_markup(message.keyboard)})
        case Replace():
            place = {"chat_id": chat_id, "message_id": message.message_id}
            return Call("editMessageText", {**place, "text": message.html, **_HTML, **_markup(message.keyboard)})
        case Delete():
            return Call("deleteMessage", {"chat_id": chat_id, "message_id": message.message_id})
        case DeleteMany():
            return Call("deleteMessages", {"chat_id": chat_id, "message_ids": message.message_ids})


def _options(message: Say) -> dict[str, Any]:
    options: dict[str, Any] = {"protect_content": True} if message.protected else {}
    if message.asks_for_reply:
        options["reply_markup"] = {"force_reply": True, "selective": True}
    if message.reply_to is not None:
        options["reply_parameters"] = {"message_id": message.reply_to, "allow_sending_without_reply": True}
    return {**options, **_markup(message.keyboard)}


def _markup(keyboard: Keyboard) -> dict[str, Any]:
    if not keyboard:
        return {}
    return {"reply_markup": {"inline_keyboard": keyboard}}  # a button is written as Telegram names its parts
