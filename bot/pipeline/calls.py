"""What is said, as the calls of the Bot API that say it. Pure."""

from dataclasses import dataclass
from typing import Any

from bot.domain.evidence import EvidenceKind
from bot.domain.message import Delete, DeleteMany, File, Keyboard, Menu, Picture, Replace, Say, Sendable
from bot.pipeline.multipart import Upload

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


_CARRIED_BY = {
    EvidenceKind.PHOTO: "sendPhoto",
    EvidenceKind.VIDEO: "sendVideo",
    EvidenceKind.VIDEO_NOTE: "sendVideoNote",
    EvidenceKind.ANIMATION: "sendAnimation",
    EvidenceKind.VOICE: "sendVoice",
    EvidenceKind.AUDIO: "sendAudio",
    EvidenceKind.DOCUMENT: "sendDocument",
}


def call_of(chat_id: int, message: Sendable, upload: Upload | None = None) -> Call:
    """Return the call that carries out an outgoing message in a chat; `upload` is what a picture or a file carries.

    Raises:
        ValueError: the message carries bytes, and there are none.
    """
    match message:
        case Say():
            return Call("sendMessage", {"chat_id": chat_id, "text": message.html, **_HTML, **_options(message)})
        case Replace(html=None):
            place = {"chat_id": chat_id, "message_id": message.message_id}
            return Call("editMessageReplyMarkup", {**place, **_markup(message.keyboard)})
        case Replace():
            place = {"chat_id": chat_id, "message_id": message.message_id}
            return Call("editMessageText", {**place, "text": message.html, **_HTML, **_markup(message.keyboard)})
        case Delete() | DeleteMany() | Menu():
            return _unseen(chat_id, message)
        case Picture():
            return _carrying(chat_id, message, (), upload)
        case File():
            return _carrying(chat_id, message, message.keyboard, upload)


def _unseen(chat_id: int, message: Delete | DeleteMany | Menu) -> Call:
    match message:
        case Delete():
            return Call("deleteMessage", {"chat_id": chat_id, "message_id": message.message_id})
        case DeleteMany():
            return Call("deleteMessages", {"chat_id": chat_id, "message_ids": message.message_ids})
        case Menu(commands=()):
            return Call("deleteMyCommands", _scope(chat_id))
        case Menu():
            return Call("setMyCommands", {"commands": message.commands, **_scope(chat_id)})


def _carrying(chat_id: int, message: Picture | File, keyboard: Keyboard, upload: Upload | None) -> Call:
    if upload is None:
        raise ValueError("there is nothing to send")
    kind = EvidenceKind(upload.parameter)
    # A round video has no place for words.
    caption = {} if kind is EvidenceKind.VIDEO_NOTE else {"caption": message.html, "parse_mode": "HTML"}
    protected = {"protect_content": True} if message.protected else {}
    return Call(_CARRIED_BY[kind], {"chat_id": chat_id, **caption, **protected, **_markup(keyboard)})


def _scope(chat_id: int) -> dict[str, Any]:
    return {"scope": {"type": "chat", "chat_id": chat_id}}


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
