"""Reading just enough of an unparsed update to know where it belongs."""

from typing import Any

_TOO_GREAT = 2**63
"""For a column; one number that is too great for it must not fail a whole batch."""


def chat_of(raw: dict[str, Any]) -> dict[str, Any]:
    """Return the chat an update belongs to, as Telegram wrote it; empty where it names none."""
    for content in raw.values():
        if not isinstance(content, dict):
            continue
        message = content.get("message")
        under = message.get("chat") if isinstance(message, dict) else None
        for chat in (content.get("chat"), under, content.get("from")):
            if isinstance(chat, dict) and isinstance(chat.get("id"), int):
                return chat
    return {}


def written_message_id(raw: dict[str, Any]) -> int | None:
    """Return the id of the message that was written or edited, if the update is one; None where it is no such id."""
    for kind in ("message", "edited_message"):
        message = raw.get(kind)
        found = message.get("message_id") if isinstance(message, dict) else None
        if type(found) is int and 0 < found < _TOO_GREAT:
            return found
    return None


def is_by_hand(raw: dict[str, Any]) -> bool:
    """Say whether a person did something just now: a live location goes on changing its message by itself."""
    edited = raw.get("edited_message")
    return not (isinstance(edited, dict) and "location" in edited)


def language_of(raw: dict[str, Any]) -> str | None:
    """Return the language code of the person's Telegram client, where it is given."""
    for content in raw.values():
        if isinstance(content, dict) and isinstance(content.get("from"), dict):
            code = content["from"].get("language_code")
            return code if isinstance(code, str) else None
    return None


def pressed_query_id(raw: dict[str, Any]) -> str | None:
    """Return the id of the button press that waits to be acknowledged, if the update is one."""
    query = raw.get("callback_query")
    query_id = query.get("id") if isinstance(query, dict) else None
    return query_id if isinstance(query_id, str) else None
