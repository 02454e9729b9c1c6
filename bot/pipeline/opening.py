"""Opening what was leased: a message ready to be sent, or what becomes of one that is not to be sent now."""

from collections.abc import Sequence
from datetime import timedelta

import structlog

from bot.domain.message import UNSEEN, Delete, DeleteMany, Figures, Menu, Replace, Retract, Sendable, Wipe
from bot.domain.rate import Rate
from bot.pipeline.faults import describe
from bot.services.wipe import MOST_AT_ONCE, REACH
from storage.chats import Chat, ChatRates
from storage.crypto import WrongKey
from storage.outgoing import Due, Leased, Outcome, Settlement
from storage.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)

_UNREADABLE_WAIT = timedelta(minutes=5)
_MARGIN = timedelta(minutes=1)
"""For the way there: a message that grows too old on it is given other words instead."""
_UNDER_WAY_WAIT = timedelta(seconds=1)
"""Before asking again whether all that is on its way to a chat has arrived."""


Opened = Leased | timedelta | None
"""A message ready to be sent, or how long it waits, or nothing where it is settled."""


async def open_due(work: UnitOfWork, due: Due, rates: ChatRates) -> Opened:
    """Open a leased message for its chat."""
    try:
        chat = await work.chats.get(due.chat_key)
    except WrongKey as error:
        log.error("chat_unreadable", chat=due.chat_key, error=describe(error))  # noqa: TRY400  no words
        return await _put_off(work, due, _UNREADABLE_WAIT)
    if chat is None or chat.gone:
        return await _settled(work, due, Outcome.GONE)
    try:
        message = due.open(chat)
    except Exception as error:  # noqa: BLE001  a message that cannot be read must not hold back its chat
        log.error("message_unreadable", chat=chat.key, error=describe(error))  # noqa: TRY400  no words
        return await _settled(work, due, Outcome.REFUSED)
    if isinstance(message, UNSEEN):
        return await _open_unseen(work, due, chat, message)
    if isinstance(message, Retract):
        return await _retract(work, due, chat, message)
    return await _open_words(work, due, chat, message, rates.of(chat))


async def _retract(work: UnitOfWork, due: Due, chat: Chat, message: Retract) -> Opened:
    """Put other words in the place of what was said, each with a message of its own in the outbox."""
    if await work.outbox.is_under_way(chat, besides=due.key):
        return await _put_off(work, due, _UNDER_WAY_WAIT)
    every = await work.outbox.messages_about_any(chat, about=message.about)
    found = [message_id for message_id in every if message_id != message.besides]
    deleted = await _delete_young(work, due, chat, found) if message.deletes and found else set()
    for message_id in found:
        if message_id in deleted:
            continue
        replaced = Replace(message_id=message_id, html=message.html)
        key = f"{due.key}/{message_id}"
        await work.outbox.add(chat, replaced, priority=due.priority, key=key, may_be_repeated=True)
    await _settled(work, due, Outcome.SENT)
    return timedelta(0)  # there is more to send now


async def _delete_young(work: UnitOfWork, due: Due, chat: Chat, found: Sequence[int]) -> set[int]:
    """Delete those of the messages that are young enough for it, the newest first, and return which those are."""
    young = set(await work.outbox.sent_to(chat, since=work.now - REACH + _MARGIN)).intersection(found)
    newest_first = sorted(young, reverse=True)
    for start in range(0, len(newest_first), MOST_AT_ONCE):
        some = DeleteMany(tuple(newest_first[start : start + MOST_AT_ONCE]))
        await work.outbox.add(chat, some, priority=due.priority, key=f"{due.key}/from/{start}", may_be_repeated=True)
    return young


async def _open_unseen(work: UnitOfWork, due: Due, chat: Chat, message: Delete | DeleteMany | Wipe | Menu) -> Opened:
    """Open what says nothing. Telegram's limits for a chat are on what is said there."""
    if isinstance(message, Wipe) and await work.outbox.is_under_way(chat, besides=due.key):
        return await _put_off(work, due, _UNDER_WAY_WAIT)
    return Leased(due.key, chat, due.priority, due.attempts, message)


async def _open_words(work: UnitOfWork, due: Due, chat: Chat, message: Sendable | Figures, rate: Rate) -> Opened:
    if chat.wiped:  # whoever said it did not know yet
        return await _settled(work, due, Outcome.GONE)
    if wait := work.chats.spend(chat, rate):
        return await _put_off(work, due, wait)
    return Leased(due.key, chat, due.priority, due.attempts, message)


async def _settled(work: UnitOfWork, due: Due, outcome: Outcome) -> Opened:
    await work.outbox.settle([Settlement(due.key, outcome, work.now)])
    return None


async def _put_off(work: UnitOfWork, due: Due, wait: timedelta) -> timedelta:
    await work.outbox.postpone(due.key, until=work.now + wait, not_delivered=True)
    return wait
