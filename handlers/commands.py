"""Commands that anyone can give: /start, /help, /steps, /cancel, /status."""

from telegram import Update

from bot.domain.errors import InvalidReceipt, NothingInProgress, UnknownReceipt
from bot.domain.message import Say
from bot.services.staff import is_token
from handlers.context import BotContext
from handlers.intake import begin, show_screen
from handlers.team.invites import open_invitation
from handlers.views import interview as views
from handlers.views.help import first_steps, team_help


async def on_start(_update: Update, context: BotContext) -> None:
    """Begin a report, or go on with the one in progress; or open the invitation that a link brought."""
    followed = (context.args or ("",))[0]
    if is_token(followed):
        return await open_invitation(context, followed)
    return await begin(context)


async def on_help(_update: Update, context: BotContext) -> None:
    """Say what the bot can do for this person."""
    lines = [context.texts("help")]
    role = await context.role()
    if role is not None:
        lines.append(team_help(role, context.texts))
    context.say(Say(html="\n\n".join(lines)))


async def on_steps(_update: Update, context: BotContext) -> None:
    """Say what a family can do at once, and whom it can call."""
    context.say(first_steps(context.texts))


async def on_cancel(_update: Update, context: BotContext) -> None:
    """Ask whether to delete the draft. Further questions only end: their answers are with the report already."""
    try:
        if await context.intake.finish(context.chat) is not None:
            return context.say(Say(html=str(context.texts("further.finished"))))
        interview = await context.intake.ask_to_cancel(context.chat)
    except NothingInProgress:
        return context.say(Say(html=str(context.texts("cancel.nothing"))))
    return context.say(views.confirm_cancel(interview, context.texts))


async def on_status(_update: Update, context: BotContext) -> None:
    """Say what became of a report."""
    said = " ".join(context.args or ())
    if not said:
        return context.say(Say(html=str(context.texts("status.how"))))
    try:
        code, decision = await context.intake.status(said)
    except InvalidReceipt:
        return context.say(Say(html=str(context.texts("status.invalid"))))
    except UnknownReceipt:
        return context.say(Say(html=str(context.texts("status.not_found"))))
    return context.say(views.status(code, decision, context.texts))


async def on_unknown(_update: Update, context: BotContext) -> None:
    """Answer a command that does not exist, and ask again what was being asked."""
    problem = context.texts("problem.unknown_command")
    interview = await context.intake.current_or_none(context.chat)
    if interview is None:
        return context.say(Say(html=str(problem)))
    return await show_screen(context, interview, note=problem)
