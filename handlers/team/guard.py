"""Who may do what, asked before anything of the team is done: of `bot.domain.access`, and of nothing else."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from telegram import Update

from bot.domain.access import Act, Verdict
from bot.domain.message import Say
from handlers.context import BotContext
from handlers.team.callbacks import act_of

Handler = Callable[[Update, BotContext], Coroutine[Any, Any, None]]


async def say_nothing(_update: Update, _context: BotContext) -> None:
    """Leave a stranger without a sign that there is anything here."""


def allowed(act: Act, handler: Handler, *, otherwise: Handler = say_nothing) -> Handler:
    """Let members do something who may; `otherwise` answers a stranger, and others are told why not."""

    async def guarded(update: Update, context: BotContext) -> None:
        verdict = await context.judge(act)
        if verdict is Verdict.YES:
            return await handler(update, context)
        if verdict is Verdict.STRANGER:
            return await otherwise(update, context)
        return _refuse(update, context, verdict)

    return guarded


def allowed_press(handler: Handler) -> Handler:
    """Let members press a button of the team who may do what it does. A stranger's press does nothing."""

    async def guarded(update: Update, context: BotContext) -> None:
        if context.turn.chat is None:  # a client may send any data from any chat, and we answer in few
            return None
        data = (update.callback_query and update.callback_query.data) or ""
        act = act_of(data) if data.isprintable() else None  # PostgreSQL takes no text with a NUL in it
        if act is not None:
            return await allowed(act, handler)(update, context)
        # What this bot never wrote reaches no handler: nobody could say who may do it.
        return None if await context.role() is None else context.toast(context.texts.plain("toast.stale"))

    return guarded


async def taken_as(context: BotContext, act: Act, carry_out: Callable[[], Awaitable[None]]) -> bool:
    """Take words that somebody was asked for, where that person may still do what they are for, or say why not.

    False for a stranger: whoever was asked may have left the team.
    """
    verdict = await context.judge(act)
    if verdict is Verdict.STRANGER:
        return False
    if verdict is Verdict.YES:
        await carry_out()
    else:
        context.say(Say(html=str(context.texts(f"refused.{verdict}"))))
    return True


def in_team_chat(handler: Handler) -> Handler:
    """Let a command be answered in the team's group, and in no other group that somebody put the bot into."""

    async def guarded(update: Update, context: BotContext) -> None:
        if context.turn.chat is not None and context.turn.chat == context.turn.team.coordinators:
            await handler(update, context)

    return guarded


def in_private(handler: Handler) -> Handler:
    """Let a button do something in a private chat only: a client may send any data from any chat."""

    async def guarded(update: Update, context: BotContext) -> None:
        chat = context.turn.chat
        if chat is not None and chat.telegram_id > 0:  # those of groups and channels are negative
            await handler(update, context)

    return guarded


def _refuse(update: Update, context: BotContext, verdict: Verdict) -> None:
    """Say why not: over the button, or in the chat."""
    if update.callback_query is not None:
        return context.toast(context.texts.plain(f"refused.{verdict}"))
    return context.say(Say(html=str(context.texts(f"refused.{verdict}"))))
