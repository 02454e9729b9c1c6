"""An invitation into the team, as whoever follows its link sees it. Anybody may; a link works once, for a day."""

from telegram import Update

from bot.domain.errors import InviteUnusable, MemberAlready
from bot.domain.message import Say
from handlers.context import BotContext, pressed
from handlers.team.callbacks import TeamAction, unpack_team_press
from handlers.team.members import offer_menu
from handlers.team.views import members as views
from handlers.views.my_reports import in_place
from storage.outgoing import Priority


async def open_invitation(context: BotContext, token: str) -> None:
    """Show who invites and as what. What was being asked in this chat stays asked."""
    try:
        role, lead = await context.staff.invitation(context.chat, token)
    except (InviteUnusable, MemberAlready) as error:
        return context.say(_why_not(error, context), about=context.last_about)
    return context.say(views.invitation(role, lead.name, token, context.texts), about=context.last_about)


async def on_invitation_press(update: Update, context: BotContext) -> None:
    """Let somebody join, once, or leave it."""
    button = pressed(update)
    if button is None:
        return None
    data, place = button
    try:
        press = unpack_team_press(data)
    except ValueError:
        return context.toast(context.texts.plain("toast.stale"))
    if press.action is TeamAction.DECLINE:
        said = Say(html=str(context.texts("invite.declined")))
        return context.say(in_place(said, place), about=context.last_about)
    return await _accept(context, press.value, place)


async def _accept(context: BotContext, token: str, place: int) -> None:
    try:
        role, lead = await context.staff.accept(context.chat, token)
    except (InviteUnusable, MemberAlready) as error:
        return context.say(in_place(_why_not(error, context), place), about=context.last_about)
    person = await context.coordinator()
    context.turn.note("member_joined", role=role.value)
    offer_menu(context, person, role)
    context.say(in_place(views.joined(role, context.texts), place), about=context.last_about)
    texts = context.desk.catalogues.in_language(lead.language)
    told = views.has_joined(context.first_name, role, texts)
    return context.turn.tell(lead, told, priority=Priority.PEOPLE, once=f"joined:{context.turn.update_id}:{person.key}")


def _why_not(error: InviteUnusable | MemberAlready, context: BotContext) -> Say:
    key = "invite.unusable" if isinstance(error, InviteUnusable) else "invite.member_already"
    return Say(html=str(context.texts(key)))
