"""pyTelegramBotAPI as its documentation teaches: AsyncTeleBot, StatesGroup, StateMemoryStorage, infinity_polling.

After the library's examples asynchronous_telebot/custom_states.py and callback_data_examples.
"""

import asyncio
from typing import Any

from telebot import asyncio_filters, asyncio_helper
from telebot.async_telebot import AsyncTeleBot
from telebot.asyncio_storage import StateMemoryStorage
from telebot.states import State, StatesGroup
from telebot.states.asyncio.context import StateContext
from telebot.states.asyncio.middleware import StateMiddleware
from telebot.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from tests.bench.peers import interview
from tests.bench.peers.interview import Options, Reports, Screen


class Form(StatesGroup):
    """Where a conversation stands. The questions have the names that the questionnaire gives them."""

    consent = State()
    name = State()
    city = State()
    date = State()
    charge = State()
    conditions = State()
    review = State()
    sharing = State()
    publishing = State()
    submit = State()


def state_of(key: str) -> State:
    """Return the state in which a question is asked."""
    state: State = getattr(Form, key)
    return state


QUESTIONS = [state_of(key) for key in interview.QUESTIONS]


class Interview:
    """The handlers."""

    def __init__(self, bot: AsyncTeleBot, reports: Reports) -> None:
        self._bot = bot
        self._reports = reports

    def register(self) -> None:
        """Make the handlers known to the bot."""
        add, bot = self._bot.register_callback_query_handler, self._bot
        bot.register_message_handler(self.start, commands=["start"])
        bot.register_message_handler(self.words, state=QUESTIONS, content_types=["text"])
        add(self.agree, func=lambda query: query.data == "agree", state=Form.consent)
        add(self.choice, func=lambda query: query.data.startswith(interview.ANSWER), state=QUESTIONS)
        add(self.done, func=lambda query: query.data == "done", state=Form.conditions)
        add(self.reviewed, func=lambda query: query.data == "reviewed", state=Form.review)
        add(self.share, func=lambda query: query.data.startswith("share:"), state=Form.sharing)
        add(self.publish, func=lambda query: query.data.startswith("publish:"), state=Form.publishing)
        add(self.send, func=lambda query: query.data == "submit", state=Form.submit)

    async def start(self, message: Message, state: StateContext) -> None:
        """Begin anew."""
        await state.set(Form.consent)
        await state.add_data(answers={})
        await self.say(message.chat.id, interview.consent())

    async def agree(self, query: CallbackQuery, state: StateContext) -> None:
        """Ask the first question."""
        await self._bot.answer_callback_query(query.id)
        first = interview.QUESTIONS[0]
        await state.set(state_of(first))
        await self.say(query.message.chat.id, interview.question(first, {}))

    async def words(self, message: Message, state: StateContext) -> None:
        """Take an answer in words."""
        current = await state.get() or ""
        await self.take(message.chat.id, state, current.rpartition(":")[2], message.text or "")

    async def choice(self, query: CallbackQuery, state: StateContext) -> None:
        """Take an answer from a button."""
        await self._bot.answer_callback_query(query.id)
        await self.take(query.message.chat.id, state, *interview.chosen(query.data or ""))

    async def take(self, chat_id: int, state: StateContext, key: str, said: str) -> None:
        """Keep an answer and ask what comes next."""
        async with state.data() as data:
            answers = data["answers"] = interview.with_answer(data.get("answers", {}), key, said)
        following = interview.after(key) or key
        await state.set(state_of(following))
        await self.say(chat_id, interview.question(following, answers, about=key))

    async def done(self, query: CallbackQuery, state: StateContext) -> None:
        """Close the last question."""
        await self._bot.answer_callback_query(query.id)
        async with state.data() as data:
            answers = data["answers"]
        await state.set(Form.review)
        await self.say(query.message.chat.id, interview.review(answers))

    async def reviewed(self, query: CallbackQuery, state: StateContext) -> None:
        """Ask whether it may be passed on."""
        await self._bot.answer_callback_query(query.id)
        await state.set(Form.sharing)
        await self.say(query.message.chat.id, interview.sharing())

    async def share(self, query: CallbackQuery, state: StateContext) -> None:
        """Keep whether it may be passed on, and ask what may be published."""
        await self._bot.answer_callback_query(query.id)
        await state.add_data(sharing=(query.data or "").partition(":")[2])
        await state.set(Form.publishing)
        await self.say(query.message.chat.id, interview.publishing())

    async def publish(self, query: CallbackQuery, state: StateContext) -> None:
        """Keep what may be published."""
        await self._bot.answer_callback_query(query.id)
        chosen = (query.data or "").partition(":")[2]
        await state.add_data(publishing=chosen)
        await state.set(Form.submit)
        await self.say(query.message.chat.id, interview.submit(chosen))

    async def send(self, query: CallbackQuery, state: StateContext) -> None:
        """Store the report."""
        await self._bot.answer_callback_query(query.id)
        async with state.data() as data:
            answers, sharing, publishing = data["answers"], data["sharing"], data["publishing"]
        code = self._reports.add(query.message.chat.id, answers, sharing, publishing)
        await state.delete()
        await self.say(query.message.chat.id, interview.receipt(code))

    async def say(self, chat_id: int, screen: Screen) -> None:
        """Send a screen."""
        markup: Any = None
        if screen.buttons:
            rows = [[InlineKeyboardButton(label, callback_data=data) for label, data in row] for row in screen.buttons]
            markup = InlineKeyboardMarkup(rows)
        await self._bot.send_message(chat_id, screen.text, parse_mode="HTML", reply_markup=markup)


async def main(options: Options) -> None:
    """Run the bot."""
    asyncio_helper.API_URL = f"{options.api_url}/bot{{0}}/{{1}}"
    bot = AsyncTeleBot(options.token, state_storage=StateMemoryStorage())
    bot.add_custom_filter(asyncio_filters.StateFilter(bot))
    bot.setup_middleware(StateMiddleware(bot))
    Interview(bot, Reports(options.data_dir)).register()
    await bot.infinity_polling()


if __name__ == "__main__":
    asyncio.run(main(interview.options()))
