"""Which handler answers what: the table of everything that can be pressed, said or commanded."""

from collections.abc import Mapping
from typing import Any, cast

from telegram import Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    ExtBot,
    MessageHandler,
    filters,
)

from bot.domain.access import TEAM_COMMANDS
from bot.services.turn import Turn
from handlers import callbacks, commands, evidence, intake, language, membership, my_reports, wipe, words
from handlers.context import BotContext, Desk
from handlers.team import (
    blocked,
    case_callbacks,
    cases,
    cities,
    digest,
    finding,
    freeze,
    invites,
    moderation,
    opening,
    queue,
    rejection_notes,
    stats,
)
from handlers.team import callbacks as team_callbacks
from handlers.team import members as team
from handlers.team.guard import Handler, allowed, allowed_press, in_private, in_team_chat

BotApplication = Application[ExtBot[None], BotContext, dict[Any, Any], dict[Any, Any], Desk, None]
Handlers = list[BaseHandler[Update, BotContext, None]]

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of update that any handler below looks at; Telegram need not send others."""
_GROUP = 0
"""The handlers are one group, so that one update has one handler."""
_COMMANDS: Mapping[str, Handler] = {
    "queue": queue.on_queue,
    "next": moderation.on_next,
    "find": finding.on_find,
    "case": cases.on_case,
    "report": opening.on_report,
    "digest": digest.on_digest,
    "stats": stats.on_stats,
    "team": team.on_team,
    "invite": team.on_invite,
    "freeze": freeze.on_freeze,
    "unfreeze": freeze.on_unfreeze,
    "cities": cities.on_cities,
    "blocked": blocked.on_blocked,
    "unblock": blocked.on_unblock,
}
"""Who answers each command of the team. What it is to do, and so who may give it, is said in `bot.domain.access`."""
_FILES = (
    filters.PHOTO
    | filters.VIDEO
    | filters.VIDEO_NOTE
    | filters.ANIMATION
    | filters.VOICE
    | filters.AUDIO
    | filters.Document.ALL
)


def build_application(bot: ExtBot[None], desk: Desk) -> BotApplication:
    """Join the handlers. Nothing runs yet, and there is no updater: updates come from the pipeline."""
    types = ContextTypes(context=BotContext, bot_data=cast("type[Desk]", lambda: desk))
    application: BotApplication = (
        ApplicationBuilder().bot(bot).updater(None).job_queue(None).context_types(types).build()
    )
    handlers = [*_interview(), *_presses(), *_start(), *_team(), *_private(), *_changes()]
    application.add_handlers(handlers, group=_GROUP)
    return application


async def handle(update: Update, turn: Turn, application: BotApplication) -> None:
    """Let the first handler that takes an update handle it within a turn.

    The application's own way, `process_update`, is not used: it logs what a handler raises and goes on as if nothing
    were lost, and looks each time for tasks, groups and data to keep that there are none of here.

    Raises:
        Exception: whatever the handler raised; the worker then undoes the turn.
    """
    for handler in application.handlers[_GROUP]:
        found = handler.check_update(update)
        if found is not None and found is not False:
            context = BotContext.of(turn, update, application)
            handler.collect_additional_context(context, update, application, found)
            await handler.callback(update, context)
            return


def _interview() -> Handlers:
    """Return who hears its buttons, and plain words in a private chat: nearly all that comes.

    They stand first, because each handler is asked in turn whether an update is for it.
    """
    plain = filters.ChatType.PRIVATE & filters.TEXT & ~filters.COMMAND
    return [
        CallbackQueryHandler(in_private(intake.on_press), pattern=f"^{callbacks.INTERVIEW}:"),
        MessageHandler(filters.UpdateType.MESSAGE & plain, words.on_words),
    ]


def _presses() -> Handlers:
    """Return what every other button does. A press carries only the place of its message, so they stand early."""
    return [
        CallbackQueryHandler(allowed_press(moderation.on_card_press), pattern=f"^{team_callbacks.CARD}:"),
        CallbackQueryHandler(in_private(allowed_press(moderation.on_undo)), pattern=f"^{team_callbacks.UNDO}:"),
        CallbackQueryHandler(in_private(allowed_press(cases.on_case_press)), pattern=f"^{case_callbacks.CASE}:"),
        CallbackQueryHandler(in_private(allowed_press(queue.on_queue_press)), pattern=f"^{team_callbacks.QUEUE}:"),
        CallbackQueryHandler(in_private(allowed_press(rejection_notes.on_note)), pattern=f"^{team_callbacks.NOTE}:"),
        CallbackQueryHandler(in_private(allowed_press(finding.on_page)), pattern=f"^{team_callbacks.FIND}:"),
        CallbackQueryHandler(in_private(allowed_press(opening.on_open)), pattern=f"^{team_callbacks.OPEN}:"),
        CallbackQueryHandler(in_private(invites.on_invitation_press), pattern=f"^{team_callbacks.TEAM}:(yes|no):"),
        CallbackQueryHandler(in_private(allowed_press(team.on_team_press)), pattern=f"^{team_callbacks.TEAM}:"),
        CallbackQueryHandler(in_private(language.on_language_press), pattern=f"^{callbacks.LANGUAGE}:"),
        CallbackQueryHandler(in_private(my_reports.on_my_press), pattern=f"^{callbacks.FOLLOW_UP}:"),
        CallbackQueryHandler(in_private(wipe.on_wipe_press), pattern=f"^{callbacks.WIPE}:"),
        CallbackQueryHandler(in_private(intake.on_press)),
    ]


def _start() -> Handlers:
    """Return the command that each report begins with: the commands of the team are many, and given by few."""
    message = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
    return [CommandHandler("start", commands.on_start, filters=message)]


def _team() -> Handlers:
    """Return the commands of the team; to anyone else each is a command like any that does not exist."""
    private = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
    group = filters.ChatType.GROUPS & filters.UpdateType.MESSAGE
    return [
        *(
            CommandHandler(command, allowed(act, _COMMANDS[command], otherwise=commands.on_unknown), filters=private)
            for command, act in TEAM_COMMANDS.items()
        ),
        *(
            CommandHandler(command, in_team_chat(allowed(act, _COMMANDS[command])), filters=group)
            for command, act in TEAM_COMMANDS.items()
        ),
    ]


def _private() -> Handlers:
    """Return what anyone can do in a private chat. In groups the bot does not speak to strangers."""
    message = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
    edited = filters.ChatType.PRIVATE & filters.UpdateType.EDITED_MESSAGE
    return [
        CommandHandler("help", commands.on_help, filters=message),
        CommandHandler("steps", commands.on_steps, filters=message),
        CommandHandler("language", language.on_language, filters=message),
        CommandHandler("cancel", commands.on_cancel, filters=message),
        CommandHandler("status", commands.on_status, filters=message),
        CommandHandler("my", my_reports.on_my, filters=message),
        CommandHandler("wipe", wipe.on_wipe, filters=message),
        MessageHandler(message & filters.COMMAND, commands.on_unknown),
        MessageHandler(message & (_FILES | filters.LOCATION | filters.CONTACT), evidence.on_evidence),
        MessageHandler(message & ~filters.StatusUpdate.ALL, evidence.on_not_taken),
        MessageHandler(edited & filters.TEXT, words.on_edited),
        MessageHandler(edited & _FILES, evidence.on_recaptioned),
    ]


def _changes() -> Handlers:
    return [ChatMemberHandler(membership.on_membership, ChatMemberHandler.MY_CHAT_MEMBER)]
