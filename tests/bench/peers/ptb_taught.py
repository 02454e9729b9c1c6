"""python-telegram-bot as its documentation teaches: ConversationHandler, PicklePersistence, reply_text.

After the library's examples conversationbot.py, persistentconversationbot.py and inlinekeyboard2.py.
"""

from collections.abc import Callable, Coroutine
from typing import Any, cast

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.constants import ParseMode
from telegram.ext import (
    Application,
    BaseHandler,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PersistenceInput,
    PicklePersistence,
    filters,
)

from tests.bench.peers import interview
from tests.bench.peers.interview import Options, Reports, Screen

CONSENT, REVIEW, SHARING, PUBLISHING, SUBMIT = "consent", "review", "sharing", "publishing", "submit"

Context = ContextTypes.DEFAULT_TYPE
Callback = Callable[[Update, Context], Coroutine[Any, Any, object]]


async def start(update: Update, context: Context) -> str:
    """Begin anew."""
    user_data(context)["answers"] = {}
    await say(cast("Message", update.message), interview.consent())
    return CONSENT


async def agree(update: Update, _context: Context) -> str:
    """Ask the first question."""
    message = await pressed(update)
    await say(message, interview.question(interview.QUESTIONS[0], {}))
    return interview.QUESTIONS[0]


def words(key: str) -> Callback:
    """Return what takes an answer in words to this question."""

    async def callback(update: Update, context: Context) -> str:
        message = cast("Message", update.message)
        return await take(message, context, key, message.text or "")

    return callback


async def choice(update: Update, context: Context) -> str:
    """Take an answer from a button."""
    message = await pressed(update)
    return await take(message, context, *interview.chosen(data_of(update)))


async def take(message: Message, context: Context, key: str, said: str) -> str:
    """Keep an answer and ask what comes next."""
    answers = user_data(context)["answers"] = interview.with_answer(user_data(context)["answers"], key, said)
    following = interview.after(key) or key
    await say(message, interview.question(following, answers, about=key))
    return following


async def done(update: Update, context: Context) -> str:
    """Close the last question."""
    message = await pressed(update)
    await say(message, interview.review(user_data(context)["answers"]))
    return REVIEW


async def reviewed(update: Update, _context: Context) -> str:
    """Ask whether it may be passed on."""
    message = await pressed(update)
    await say(message, interview.sharing())
    return SHARING


async def share(update: Update, context: Context) -> str:
    """Keep whether it may be passed on, and ask what may be published."""
    message = await pressed(update)
    user_data(context)["sharing"] = data_of(update).partition(":")[2]
    await say(message, interview.publishing())
    return PUBLISHING


async def publish(update: Update, context: Context) -> str:
    """Keep what may be published."""
    message = await pressed(update)
    chosen = user_data(context)["publishing"] = data_of(update).partition(":")[2]
    await say(message, interview.submit(chosen))
    return SUBMIT


async def send(update: Update, context: Context) -> int:
    """Store the report."""
    message = await pressed(update)
    reports: Reports = context.bot_data["reports"]
    data = user_data(context)
    code = reports.add(message.chat.id, data["answers"], data["sharing"], data["publishing"])
    data.clear()
    await say(message, interview.receipt(code))
    return ConversationHandler.END


async def pressed(update: Update) -> Message:
    """Acknowledge a press and return the message under which the button stands."""
    query = cast("CallbackQuery", update.callback_query)
    await query.answer()
    return cast("Message", query.message)


def data_of(update: Update) -> str:
    """Return the callback data of a press."""
    return cast("CallbackQuery", update.callback_query).data or ""


def user_data(context: Context) -> dict[Any, Any]:
    """Return what is kept about the person."""
    return cast("dict[Any, Any]", context.user_data)


async def say(message: Message, screen: Screen) -> None:
    """Reply with a screen."""
    rows = [[InlineKeyboardButton(label, callback_data=data) for label, data in row] for row in screen.buttons]
    markup = InlineKeyboardMarkup(rows) if rows else None
    await message.reply_text(screen.text, parse_mode=ParseMode.HTML, reply_markup=markup)


def conversation() -> ConversationHandler[Context]:
    """Return the interview."""
    in_words = filters.TEXT & ~filters.COMMAND
    questions: dict[object, list[BaseHandler[Update, Context, object]]] = {
        key: [
            MessageHandler(in_words, words(key)),
            CallbackQueryHandler(choice, pattern=f"^{interview.ANSWER}{key}:"),
        ]
        for key in interview.QUESTIONS
    }
    questions[interview.LAST].append(CallbackQueryHandler(done, pattern="^done$"))
    return ConversationHandler(
        entry_points=[CommandHandler("start", start)],
        states={
            CONSENT: [CallbackQueryHandler(agree, pattern="^agree$")],
            **questions,
            REVIEW: [CallbackQueryHandler(reviewed, pattern="^reviewed$")],
            SHARING: [CallbackQueryHandler(share, pattern="^share:")],
            PUBLISHING: [CallbackQueryHandler(publish, pattern="^publish:")],
            SUBMIT: [CallbackQueryHandler(send, pattern="^submit$")],
        },
        fallbacks=[CommandHandler("start", start)],
        name="interview",
        persistent=True,
    )


def main(options: Options) -> None:
    """Run the bot."""
    persistence = PicklePersistence(
        filepath=options.data_dir / "conversations.pickle", store_data=PersistenceInput(bot_data=False)
    )
    application = (
        Application.builder().token(options.token).base_url(f"{options.api_url}/bot").persistence(persistence).build()
    )
    application.bot_data["reports"] = Reports(options.data_dir)
    application.add_handler(conversation())
    application.run_polling(allowed_updates=Update.ALL_TYPES)


if __name__ == "__main__":
    main(interview.options())
