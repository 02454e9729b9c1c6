"""aiogram 3 as its documentation teaches: a router, a StatesGroup, FSMContext, long polling.

After the library's pages on the finite state machine. The storage is chosen by an option: the MemoryStorage of its
examples, its RedisStorage, or SQLite, for which the library has none and the page on storages says how to write one.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, cast

import aiosqlite
import orjson
from aiogram import Bot, Dispatcher, F, Router
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.filters import CommandStart, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.fsm.storage.redis import RedisStorage
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from tests.bench.peers import interview
from tests.bench.peers.interview import Options, Reports, Screen

router = Router()


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
    return cast("State", getattr(Form, key))


QUESTIONS = StateFilter(*(state_of(key) for key in interview.QUESTIONS))


@router.message(CommandStart())
async def start(message: Message, state: FSMContext) -> None:
    """Begin anew."""
    await state.set_data({})
    await state.set_state(Form.consent)
    await say(message, interview.consent())


@router.callback_query(Form.consent, F.data == "agree")
async def agree(query: CallbackQuery, state: FSMContext) -> None:
    """Ask the first question."""
    await query.answer()
    first = interview.QUESTIONS[0]
    await state.set_state(state_of(first))
    await say(query.message, interview.question(first, {}))


@router.message(QUESTIONS, F.text)
async def words(message: Message, state: FSMContext) -> None:
    """Take an answer in words."""
    current = await state.get_state() or ""
    await take(message, state, current.partition(":")[2], message.text or "")


@router.callback_query(QUESTIONS, F.data.startswith(interview.ANSWER))
async def choice(query: CallbackQuery, state: FSMContext) -> None:
    """Take an answer from a button."""
    await query.answer()
    await take(query.message, state, *interview.chosen(query.data or ""))


async def take(message: Any, state: FSMContext, key: str, said: str) -> None:
    """Keep an answer and ask what comes next."""
    data = await state.get_data()
    answers = interview.with_answer(data.get("answers", {}), key, said)
    await state.update_data(answers=answers)
    following = interview.after(key) or key
    await state.set_state(state_of(following))
    await say(message, interview.question(following, answers, about=key))


@router.callback_query(Form.conditions, F.data == "done")
async def done(query: CallbackQuery, state: FSMContext) -> None:
    """Close the last question."""
    await query.answer()
    data = await state.get_data()
    await state.set_state(Form.review)
    await say(query.message, interview.review(data["answers"]))


@router.callback_query(Form.review, F.data == "reviewed")
async def reviewed(query: CallbackQuery, state: FSMContext) -> None:
    """Ask whether it may be passed on."""
    await query.answer()
    await state.set_state(Form.sharing)
    await say(query.message, interview.sharing())


@router.callback_query(Form.sharing, F.data.startswith("share:"))
async def share(query: CallbackQuery, state: FSMContext) -> None:
    """Keep whether it may be passed on, and ask what may be published."""
    await query.answer()
    await state.update_data(sharing=(query.data or "").partition(":")[2])
    await state.set_state(Form.publishing)
    await say(query.message, interview.publishing())


@router.callback_query(Form.publishing, F.data.startswith("publish:"))
async def publish(query: CallbackQuery, state: FSMContext) -> None:
    """Keep what may be published."""
    await query.answer()
    chosen = (query.data or "").partition(":")[2]
    await state.update_data(publishing=chosen)
    await state.set_state(Form.submit)
    await say(query.message, interview.submit(chosen))


@router.callback_query(Form.submit, F.data == "submit")
async def send(query: CallbackQuery, state: FSMContext, reports: Reports) -> None:
    """Store the report."""
    await query.answer()
    data = await state.get_data()
    code = reports.add(query.from_user.id, data["answers"], data["sharing"], data["publishing"])
    await state.clear()
    await say(query.message, interview.receipt(code))


async def say(message: Any, screen: Screen) -> None:
    """Reply with a screen."""
    rows = [[InlineKeyboardButton(text=label, callback_data=data) for label, data in row] for row in screen.buttons]
    await message.answer(screen.text, reply_markup=InlineKeyboardMarkup(inline_keyboard=rows) if rows else None)


class SqliteStorage(BaseStorage):
    """A storage in SQLite: one row a conversation, on the disk before the handler goes on."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    @classmethod
    async def open(cls, options: Options) -> "SqliteStorage":
        """Open the database."""
        connection = await aiosqlite.connect(options.data_dir / "states.db")
        await connection.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "CREATE TABLE IF NOT EXISTS conversations (chat_id INTEGER, user_id INTEGER, state TEXT,"
            " data TEXT NOT NULL DEFAULT '{}', PRIMARY KEY (chat_id, user_id))"
        )
        return cls(connection)

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        """Keep the state."""
        await self._connection.execute(
            "INSERT INTO conversations (chat_id, user_id, state) VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET state = excluded.state",
            (key.chat_id, key.user_id, state.state if isinstance(state, State) else state),
        )
        await self._connection.commit()

    async def get_state(self, key: StorageKey) -> str | None:
        """Return the state."""
        row = await self._row(key)
        return None if row is None else row[0]

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        """Keep the data."""
        await self._connection.execute(
            "INSERT INTO conversations (chat_id, user_id, data) VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET data = excluded.data",
            (key.chat_id, key.user_id, orjson.dumps(data).decode()),
        )
        await self._connection.commit()

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        """Return the data."""
        row = await self._row(key)
        return {} if row is None else cast("dict[str, Any]", orjson.loads(row[1]))

    async def close(self) -> None:
        """Close the database."""
        await self._connection.close()

    async def _row(self, key: StorageKey) -> Any:
        cursor = await self._connection.execute(
            "SELECT state, data FROM conversations WHERE chat_id = ? AND user_id = ?", (key.chat_id, key.user_id)
        )
        return await cursor.fetchone()


async def main(options: Options) -> None:
    """Run the bot."""
    storage: BaseStorage
    match options.storage:
        case "redis":
            storage = RedisStorage.from_url(options.redis_url)
        case "sqlite":
            storage = await SqliteStorage.open(options)
        case _:
            storage = MemoryStorage()
    session = AiohttpSession(api=TelegramAPIServer.from_base(options.api_url))
    bot = Bot(options.token, session=session, default=DefaultBotProperties(parse_mode=ParseMode.HTML))
    dispatcher = Dispatcher(storage=storage)
    dispatcher.include_router(router)
    await dispatcher.start_polling(bot, reports=Reports(options.data_dir))


if __name__ == "__main__":
    asyncio.run(main(interview.options()))
