"""The team as its leads see it: /team, /invite, and the buttons under both."""

from telegram import Update

from bot.domain.access import Role
from bot.domain.errors import NoSuchMember, NotLead, NotOneself
from bot.domain.menus import commands_offered
from bot.domain.message import Say
from bot.services.staff import Removed
from handlers.context import BotContext, pressed
from handlers.team import blocked, cities
from handlers.team.callbacks import TeamAction, TeamPress, unpack_team_press
from handlers.team.notices import take_all_away
from handlers.team.views import members as views
from handlers.views.menu import menu
from handlers.views.my_reports import in_place
from storage.chats import Chat
from storage.outgoing import Priority


async def on_team(_update: Update, context: BotContext) -> None:
    """List the team."""
    await context.coordinator()
    context.say(views.members(await context.staff.every(), context.texts))


async def on_invite(_update: Update, context: BotContext) -> None:
    """Ask as what somebody is to join."""
    context.say(views.invite_as(context.texts))


async def on_team_press(update: Update, context: BotContext) -> None:
    """Carry out a button that belongs to the team. Who may press it is checked before."""
    button = pressed(update)
    if button is None:
        return
    data, message_id = button
    try:
        await _carry_out(context, unpack_team_press(data), message_id)
    except (ValueError, NotLead):
        context.toast(context.texts.plain("toast.stale"))
    except NotOneself:
        context.toast(context.texts.plain("toast.not_oneself"))
    except NoSuchMember:
        context.toast(context.texts.plain("toast.no_member"))
        context.say(in_place(views.members(await context.staff.every(), context.texts), message_id))


async def _carry_out(context: BotContext, press: TeamPress, place: int) -> None:
    staff, texts = context.staff, context.texts
    match press.action:
        case TeamAction.INVITE:
            await _invite(context, Role(press.value), place)
        case TeamAction.TAKE_BACK:
            taken = await staff.take_back(await context.coordinator(), press.number)
            said = Say(html=str(texts("invite.taken_back" if taken else "invite.used_before")))
            context.say(in_place(said, place))
        case TeamAction.LIST:
            context.say(in_place(views.members(await staff.every(), texts, after=press.number), place))
        case TeamAction.VIEW:
            context.say(in_place(views.member(await staff.find(press.number), texts), place))
        case TeamAction.ASK_TO_REVOKE:
            context.say(in_place(views.confirm_revoke(await staff.find(press.number), texts), place))
        case TeamAction.ROLE:
            await _change_role(context, press.number, Role(press.value), place)
        case TeamAction.REVOKE:
            await _revoke(context, press.number, place)
        case TeamAction.LOOK | TeamAction.UNBLOCK:
            await blocked.press(context, press, place)
        case _:
            await cities.press(context, press, place)


async def _invite(context: BotContext, role: Role, place: int) -> None:
    lead = await context.coordinator()
    offered = await context.staff.invite(lead, role)
    context.turn.note("invite_made", invite=offered.number, role=role.value)
    context.say(in_place(views.link(offered, context.bot.username, context.texts), place))


async def _change_role(context: BotContext, number: int, role: Role, place: int) -> None:
    changed = await context.staff.change_role(await context.coordinator(), number, role)
    context.turn.note("role_changed", member=number, role=role.value)
    if role is Role.VIEWER:
        await take_all_away(context, changed.chat)
    offer_menu(context, changed.chat, role)
    texts = context.desk.catalogues.in_language(changed.chat.language)
    _tell(context, changed, views.role_is(role, texts), once=f"role:{number}:{context.turn.update_id}")
    context.say(in_place(views.member(await context.staff.find(number), context.texts), place))


async def _revoke(context: BotContext, number: int, place: int) -> None:
    removed = await context.staff.revoke(await context.coordinator(), number)
    context.turn.note("member_revoked", member=number, released=removed.released)
    await take_all_away(context, removed.chat)
    offer_menu(context, removed.chat, None)
    texts = context.desk.catalogues.in_language(removed.chat.language)
    _tell(context, removed, Say(html=str(texts("team.you_left"))), once=f"revoked:{number}:{context.turn.update_id}")
    context.say(in_place(views.revoked(removed, context.texts), place))


def offer_menu(context: BotContext, chat: Chat, role: Role | None) -> None:
    """Let a person's private chat offer the commands of a role; None: what everybody is offered."""
    commands = () if role is None else commands_offered(role)
    texts = context.desk.catalogues.in_language(chat.language)
    once = f"menu:{context.turn.update_id}:{chat.key}"
    context.turn.tell(chat, menu(commands, texts), priority=Priority.COORDINATORS, once=once)


def _tell(context: BotContext, whom: Removed, message: Say, *, once: str) -> None:
    context.turn.tell(whom.chat, message, priority=Priority.PEOPLE, once=once)
