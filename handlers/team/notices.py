"""Telling the team what reporters did. Notices name numbers and nothing else."""

from collections.abc import Sequence

from bot.domain.message import Retract, Say
from bot.services.changed import Changed
from bot.texts import Texts
from handlers.context import BotContext
from handlers.team.callbacks import SHOWS_PERSONAL_DATA, card_of
from handlers.team.case_callbacks import case_of
from handlers.team.views import moderation as views
from storage.chats import Chat
from storage.outgoing import Priority

_MOST_WAITING = 3
"""Notices that may wait for the group at once. A group takes 20 messages a minute (Telegram's limit): in a rush of
reports a further notice would come hours late, and /queue says the same."""


async def tell_of_change(
    context: BotContext, report_id: int, what: str, *, holder: Chat | None = None, once: str | None = None
) -> None:
    """Tell the coordinators' group, in a rush only whoever has the report in hand.

    `what` is "added", "answered" or "consented". `once` names what is told of only once though it comes in several
    updates. With another consent a card is an old one: it leaves the holder's screen, for no act would take it off.
    """
    group, key = _group(context), once or str(context.turn.update_id)
    if group is not None and not await _is_in_a_rush(context, group):
        _tell_group(context, group, report_id, what, key=key)
    if holder is not None and what == "consented":
        words = str(_texts(context, holder)("taken_away"))
        retract = Retract(about=card_of(report_id), html=words, deletes=True)
        await take_away(context, holder, retract, once=f"outdated:{report_id}:{key}")
    _tell_holder(context, holder, report_id, what, once=f"changed:{report_id}:{key}")


async def tell_of_further(context: BotContext, added: Changed | None) -> None:
    """Tell whoever has a report in hand that there is more on its card, and the group of what cannot wait, once."""
    if added is None:
        return
    report_id, group = added.claim.report_id, _group(context)
    _tell_holder(context, added.holder, report_id, "added", once=f"further:{report_id}:{added.claim.revision}")
    if group is not None and added.cannot_wait:
        message = Say(html=str(_texts(context, group)("notice.urgent_now", report=report_id)))
        context.turn.tell(group, message, priority=Priority.NOTICES, once=f"notice:urgent:{report_id}")


async def tell_of_withdrawals(context: BotContext, withdrawn: Sequence[Changed]) -> None:
    """Take the cards of withdrawn reports off every member's screen. The group's notice of each says so by itself."""
    for changed in withdrawn:
        report_id = changed.claim.report_id
        context.turn.note("report_withdrawn", report_id=report_id)
        await _take_cards_away(context, report_id)


async def _take_cards_away(context: BotContext, report_id: int) -> None:
    """Take away the cards of a report, and the page of its case, where that says what was withdrawn."""
    work = context.turn.work
    standing = await work.reports.standing(report_id)
    case_id = await work.cases.root(standing.case_id) if standing and standing.case_id else None
    for _, member in await context.staff.chats():
        words = str(_texts(context, member)("not_yours.withdrawn", report=report_id))
        retract = Retract(about=card_of(report_id), html=words)
        await take_away(context, member, retract, once=f"withdrawn:{report_id}:{member.key}")
        if case_id is not None:
            page = Retract(about=case_of(case_id), html=words)
            await take_away(context, member, page, once=f"withdrawn:{report_id}:case:{member.key}")


async def take_all_away(context: BotContext, member: Chat) -> None:
    """Take off a member's screen all that shows personal data."""
    texts = _texts(context, member)
    words = str(texts("taken_away"))
    for beginning in SHOWS_PERSONAL_DATA:
        once = f"taken:{beginning}{context.turn.update_id}:{member.key}"
        await take_away(context, member, Retract(about=beginning, html=words, deletes=True), once=once)


async def take_away(context: BotContext, member: Chat, retract: Retract, *, once: str) -> None:
    """Put words in the place of what a member's screen shows, and of what waits to be shown there."""
    await context.turn.work.outbox.drop_unsent(member, about=retract.about)
    context.turn.tell(member, retract, priority=Priority.COORDINATORS, once=once)


def _tell_holder(context: BotContext, holder: Chat | None, report_id: int, what: str, *, once: str) -> None:
    if holder is not None:
        message = views.changed(report_id, what, _texts(context, holder))
        context.turn.tell(holder, message, priority=Priority.COORDINATORS, once=once)


def _tell_group(context: BotContext, group: Chat, report_id: int, what: str, *, key: str) -> None:
    message = Say(html=str(_texts(context, group)(f"notice.{what}", report=report_id)))
    context.turn.tell(group, message, priority=Priority.NOTICES, once=f"notice:{what}:{report_id}:{key}")


def _group(context: BotContext) -> Chat | None:
    """Return the group that is told of what reporters do; None where there is none, or the person is blocked."""
    return None if context.chat.blocked else context.turn.team.coordinators


async def _is_in_a_rush(context: BotContext, group: Chat) -> bool:
    return await context.turn.work.outbox.count_waiting(group, Priority.NOTICES) >= _MOST_WAITING


def _texts(context: BotContext, chat: Chat) -> Texts:
    return context.desk.catalogues.in_language(chat.language)
