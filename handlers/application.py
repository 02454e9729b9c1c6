"""Which handler answers what: the table of everything that can be pressed, said or commanded."""

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

from bot.domain.access import Access
from handlers import (
    callbacks,
    commands,
    digest,
    evidence,
    finding,
    intake,
    language,
    membership,
    moderation,
    my_reports,
    wipe,
    words,
)
from handlers.context import BotContext, Desk
from handlers.errors import on_error

BotApplication = Application[ExtBot[None], BotContext, dict[Any, Any], dict[Any, Any], Desk, None]
Handlers = list[BaseHandler[Update, BotContext, None]]

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of update that any handler below looks at; Telegram need not send others."""
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
    ours = filters.User(user_id=desk.access.coordinator_ids) & filters.UpdateType.MESSAGE
    handlers = [*_presses(desk.access), *_words(), *_coordinators(ours), *_private(), *_changes()]
    application.add_handlers(handlers)
    application.add_error_handler(on_error)
    return application


def _presses(access: Access) -> Handlers:
    """Return what every button does. They stand first: a press carries only the place of its message."""
    return [
        CallbackQueryHandler(_only(access, moderation.on_card_press), pattern=f"^{callbacks.CARD}:"),
        CallbackQueryHandler(_only(access, moderation.on_next), pattern=f"^{callbacks.NEXT}$"),
        CallbackQueryHandler(_only(access, _in_private(finding.on_page)), pattern=f"^{callbacks.FIND}:"),
        CallbackQueryHandler(_only(access, _in_private(finding.on_open)), pattern=f"^{callbacks.OPEN}:"),
        CallbackQueryHandler(_in_private(language.on_language_press), pattern=f"^{callbacks.LANGUAGE}:"),
        CallbackQueryHandler(_in_private(my_reports.on_my_press), pattern=f"^{callbacks.FOLLOW_UP}:"),
        CallbackQueryHandler(_in_private(wipe.on_wipe_press), pattern=f"^{callbacks.WIPE}:"),
        CallbackQueryHandler(_in_private(intake.on_press)),
    ]


def _words() -> Handlers:
    """Return who hears plain words in a private chat. They stand next: most messages are such."""
    plain = filters.ChatType.PRIVATE & filters.TEXT & ~filters.COMMAND
    return [MessageHandler(filters.UpdateType.MESSAGE & plain, words.on_words)]


def _coordinators(ours: filters.BaseFilter) -> Handlers:
    """Return what only coordinators can do; from anyone else the same words are nothing special."""
    private = ours & filters.ChatType.PRIVATE
    group = ours & filters.ChatType.GROUPS
    return [
        CommandHandler("queue", moderation.on_queue, filters=private),
        CommandHandler("queue", _in_team_chat(moderation.on_queue), filters=group),
        CommandHandler("next", moderation.on_next, filters=private),
        CommandHandler("next", _in_team_chat(moderation.on_next_in_group), filters=group),
        CommandHandler("find", finding.on_find, filters=private),
        CommandHandler("digest", digest.on_digest, filters=private),
    ]


def _private() -> Handlers:
    """Return what anyone can do in a private chat. In groups the bot does not speak to strangers."""
    message = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
    edited = filters.ChatType.PRIVATE & filters.UpdateType.EDITED_MESSAGE
    return [
        CommandHandler("start", commands.on_start, filters=message),
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


def _in_team_chat(handler: Any) -> Any:
    async def guarded(update: Update, context: BotContext) -> None:
        """Answer in the coordinators' group, and in no other group that somebody put the bot into."""
        if context.turn.chat is not None and context.turn.chat == context.turn.team.coordinators:
            await handler(update, context)

    return guarded


def _in_private(handler: Any) -> Any:
    async def guarded(update: Update, context: BotContext) -> None:
        """Carry out a person's button in a private chat only: a client may send any data from any chat."""
        chat = context.turn.chat
        if chat is not None and chat.telegram_id > 0:  # those of groups and channels are negative
            await handler(update, context)

    return guarded


def _only(access: Access, handler: Any) -> Any:  # the two handlers' common type is python-telegram-bot's own
    async def guarded(update: Update, context: BotContext) -> None:
        """Carry out a coordinator's button for a coordinator only."""
        if access.is_coordinator(context.telegram_id):
            await handler(update, context)

    return guarded
