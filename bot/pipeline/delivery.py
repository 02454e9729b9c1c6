"""Sending one message: what Telegram's answer to it means."""

from dataclasses import dataclass
from datetime import timedelta

from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from bot.domain.message import Sendable
from bot.pipeline.metrics import MessageOutcome
from bot.pipeline.multipart import Upload
from bot.pipeline.telegram_bot import TelegramBot, retry_seconds
from bot.pipeline.transport import NotSent
from storage.outgoing import Leased, Outcome

_LONGEST_WAIT = timedelta(minutes=5)
_TEAM_CHAT_WAIT = timedelta(minutes=5)
"""Before trying a group or channel again that does not let the bot write: somebody has to mend its rights."""
_UNREACHED_WAIT = timedelta(seconds=3)
_NOT_MODIFIED = "message is not modified"
_NO_RIGHTS = (
    "not enough rights",
    "need administrator rights",
    "no rights to send",
    "no write access",
    "chat_write_forbidden",
    "chat_restricted",
    "chat_admin_required",
)
"""Telegram's words, with 400 and not 403, where a bot may not post in a group or channel."""
_NOBODY_THERE = ("chat not found", "user not found", "peer_id_invalid")


@dataclass(frozen=True)
class Sent:
    """Telegram carried it out."""

    message_id: int | None


@dataclass(frozen=True)
class Later:
    """To be sent again."""

    event: str
    wait: timedelta
    not_delivered: bool
    """Telegram certainly did not deliver it, so that nobody can have seen it."""
    error: Exception


@dataclass(frozen=True)
class Refused:
    """Telegram will never take it, or it cannot even be asked."""

    event: str
    error: Exception


@dataclass(frozen=True)
class PersonGone:
    """The person blocked the bot, or is no more."""


@dataclass(frozen=True)
class Moved:
    """The group became a supergroup: to be sent to its new id."""

    telegram_id: int


Result = Sent | Later | Refused | PersonGone | Moved


def outcome_of(result: Result) -> MessageOutcome:
    """Return what a result is counted as."""
    match result:
        case Sent():
            return Outcome.SENT
        case Refused():
            return Outcome.REFUSED
        case PersonGone():
            return Outcome.GONE
        case Later() | Moved():
            return "postponed"


async def deliver(bot: TelegramBot, leased: Leased, message: Sendable, upload: Upload | None = None) -> Result:
    """Send one message, with the bytes that it carries, and say what became of it. No error leaves here."""
    try:
        return Sent(await bot.deliver(leased.chat.telegram_id, message, upload))
    except TelegramError as error:
        return _result(leased, error)
    except Exception as error:  # noqa: BLE001  a message that cannot be sent must not hold back its chat
        return Refused("send_impossible", error)


def _result(leased: Leased, error: TelegramError) -> Result:
    match error:
        case RetryAfter():
            return Later("asked_to_wait", timedelta(seconds=retry_seconds(error)), not_delivered=True, error=error)
        case ChatMigrated():
            return Moved(error.new_chat_id)
        case Forbidden():
            return _unreachable(leased, error)
        case BadRequest():
            return _bad_request(leased, error)
        case NotSent():
            return Later("telegram_not_reached", _UNREACHED_WAIT, not_delivered=True, error=error)
    wait = min(_LONGEST_WAIT, timedelta(seconds=2 ** min(leased.attempts - 1, 10)))
    return Later("send_failed", wait, not_delivered=False, error=error)


def _bad_request(leased: Leased, error: BadRequest) -> Result:
    words = error.message.lower()
    if _NOT_MODIFIED in words:
        return Sent(None)
    if any(sign in words for sign in (*_NOBODY_THERE, *_NO_RIGHTS)):
        return _unreachable(leased, error)
    return Refused("send_refused", error)


def _unreachable(leased: Leased, error: TelegramError) -> Result:
    """Let a person who is gone go; try a team chat again later, for its rights can be mended."""
    if leased.chat.telegram_id < 0:
        return Later("team_chat_unreachable", _TEAM_CHAT_WAIT, not_delivered=True, error=error)
    return PersonGone()
