"""The raw floor: what the work costs when nothing stands between asyncio, sqlite3 and the sockets.

No library of Telegram, no framework, no texts in two languages, no encryption. But as durable as it gets: the state of
every conversation, the finished reports, what is to be said, and the offset of the updates are committed together, one
transaction a batch (WAL, synchronous=FULL), and only then is anything said. What was said is noted in the transaction
of the next batch; after a crash what is not noted is said again.
"""

import asyncio
import contextlib
import sqlite3
from collections import deque
from typing import Any
from urllib.parse import urlsplit

import orjson

from tests.bench.peers import interview
from tests.bench.peers.interview import Options, Screen

CONNECTIONS = 256
"""The most requests under way at once."""
_POLL_SECONDS = 50
_SCHEMA = """
CREATE TABLE IF NOT EXISTS conversations (chat_id INTEGER PRIMARY KEY, step TEXT NOT NULL, answers TEXT NOT NULL)
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reports (id INTEGER PRIMARY KEY, code TEXT NOT NULL, chat_id INTEGER NOT NULL,
    answers TEXT NOT NULL, sharing TEXT NOT NULL, publishing TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS outbox (id INTEGER PRIMARY KEY, chat_id INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS progress (id INTEGER PRIMARY KEY CHECK (id = 1), next_update_id INTEGER NOT NULL);
"""

Outgoing = tuple[int, int, bytes]
"""A row of the outbox: its id, the chat, and the request's body."""


class Connection(asyncio.Protocol):
    """One keep-alive connection with at most one request under way."""

    def __init__(self) -> None:
        self._buffer = b""
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way out."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell who waits."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError())

    def request(self, request: bytes) -> asyncio.Future[bytes]:
        """Send a request; the future is its answer's body."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        """Put an answer together. The head is read as servers write it."""
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0 or self._answer is None:
            return
        place = self._buffer.index(b"Content-Length: ") + 16
        length = int(self._buffer[place : self._buffer.index(b"\r\n", place)])
        if len(self._buffer) >= end + 4 + length:
            body, self._buffer = self._buffer[end + 4 : end + 4 + length], b""
            if not self._answer.done():
                self._answer.set_result(body)


class Client:
    """Calls of the Bot API over a few connections that are kept."""

    def __init__(self, api_url: str, token: str) -> None:
        parts = urlsplit(api_url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._head = f"POST /bot{token}/%b HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
        self._idle: list[Connection] = []
        self._places = asyncio.Semaphore(CONNECTIONS)

    async def call(self, method: bytes, body: bytes) -> bytes:
        """Call a method; try again until there is an answer."""
        request = b"%bContent-Length: %d\r\n\r\n%b" % (self._head.encode() % method, len(body), body)
        async with self._places:
            while True:
                try:
                    connection = self._idle.pop() if self._idle else await self._connect()
                    answer = await connection.request(request)
                except OSError:
                    await asyncio.sleep(0.5)
                    continue
                self._idle.append(connection)
                return answer

    async def _connect(self) -> Connection:
        _, connection = await asyncio.get_running_loop().create_connection(Connection, self._host, self._port)
        return connection


class Store:
    """The database."""

    def __init__(self, options: Options) -> None:
        self._connection = sqlite3.connect(options.data_dir / "reports.db", isolation_level=None)
        self._connection.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; {_SCHEMA}")
        row = self._connection.execute("SELECT next_update_id FROM progress").fetchone()
        self.next_update_id = int(row[0]) if row else 0
        self._sent: list[tuple[int]] = []

    def unsent(self) -> list[Outgoing]:
        """Return what an earlier process had to say and perhaps did not."""
        return list(self._connection.execute("SELECT id, chat_id, body FROM outbox ORDER BY id"))

    def note_sent(self, outbox_id: int) -> None:
        """Note, with the next batch, that this was said."""
        self._sent.append((outbox_id,))

    def handle(self, updates: list[dict[str, Any]]) -> tuple[list[Outgoing], list[bytes]]:
        """Handle a batch and commit it; return what is to be said now, and the presses to acknowledge."""
        outgoing: list[Outgoing] = []
        presses: list[bytes] = []
        run = self._connection.execute
        run("BEGIN IMMEDIATE")
        for update in updates:
            if update["update_id"] < self.next_update_id:
                continue
            query = update.get("callback_query")
            if query is not None:
                presses.append(b'{"callback_query_id":"%b"}' % query["id"].encode())
            chat_id = (query or update)["message"]["chat"]["id"]
            for screen in self._advance(chat_id, query, update):
                body = body_of(chat_id, screen)
                cursor = run("INSERT INTO outbox (chat_id, body) VALUES (?, ?)", (chat_id, body))
                outgoing.append((int(cursor.lastrowid or 0), chat_id, body))
        self.next_update_id = updates[-1]["update_id"] + 1
        run("INSERT OR REPLACE INTO progress VALUES (1, ?)", (self.next_update_id,))
        self._connection.executemany("DELETE FROM outbox WHERE id = ?", self._sent)
        self._sent.clear()
        run("COMMIT")
        return outgoing, presses

    def _advance(self, chat_id: int, query: dict[str, Any] | None, update: dict[str, Any]) -> list[Screen]:
        """Move one conversation; return what is to be said."""
        found = self._connection.execute("SELECT step, answers FROM conversations WHERE chat_id = ?", (chat_id,))
        row = found.fetchone()
        step, answers = (row[0], orjson.loads(row[1])) if row else ("", {})
        if query is None:
            said = update["message"].get("text", "")
            if said == "/start":
                after, answers, screen = "consent", {}, interview.consent()
            elif step in interview.QUESTIONS:
                after, answers, screen = _answered(answers, step, said)
            else:
                return []
        else:
            pressed = query["data"]
            if pressed == "submit" and step == "submit":
                return [self._submit(chat_id, answers)]
            moved = _pressed(step, answers, pressed)
            if moved is None:
                return []
            after, answers, screen = moved
        self._connection.execute(
            "INSERT OR REPLACE INTO conversations VALUES (?, ?, ?)", (chat_id, after, orjson.dumps(answers))
        )
        return [screen]

    def _submit(self, chat_id: int, answers: dict[str, str]) -> Screen:
        code, sharing, publishing = interview.new_code(), answers.pop("sharing"), answers.pop("publishing")
        self._connection.execute(
            "INSERT INTO reports (code, chat_id, answers, sharing, publishing) VALUES (?, ?, ?, ?, ?)",
            (code, chat_id, orjson.dumps(answers).decode(), sharing, publishing),
        )
        self._connection.execute("DELETE FROM conversations WHERE chat_id = ?", (chat_id,))
        return interview.receipt(code)


Moved = tuple[str, dict[str, str], Screen]


def _answered(answers: dict[str, str], key: str, said: str) -> Moved:
    answers = interview.with_answer(answers, key, said)
    following = interview.after(key) or key
    return following, answers, interview.question(following, answers, about=key)


def _pressed(step: str, answers: dict[str, str], data: str) -> Moved | None:
    if data.startswith(interview.ANSWER):
        key, said = interview.chosen(data)
        return _answered(answers, key, said) if key == step else None
    return _went_on(step, answers, data)


def _went_on(step: str, answers: dict[str, str], data: str) -> Moved | None:
    match step, data.partition(":")[0]:
        case "consent", "agree":
            return interview.QUESTIONS[0], answers, interview.question(interview.QUESTIONS[0], {})
        case interview.LAST, "done":
            return "review", answers, interview.review(answers)
        case "review", "reviewed":
            return "sharing", answers, interview.sharing()
        case "sharing", "share":
            return "publishing", {**answers, "sharing": data.partition(":")[2]}, interview.publishing()
        case "publishing", "publish":
            choice = data.partition(":")[2]
            return "submit", {**answers, "publishing": choice}, interview.submit(choice)
        case _:
            return None


def body_of(chat_id: int, screen: Screen) -> bytes:
    """Return the body of the call that says this."""
    call: dict[str, Any] = {"chat_id": chat_id, "text": screen.text, "parse_mode": "HTML"}
    if screen.buttons:
        rows = [[{"text": label, "callback_data": data} for label, data in row] for row in screen.buttons]
        call["reply_markup"] = {"inline_keyboard": rows}
    return orjson.dumps(call)


class Bot:
    """Receives, commits, says."""

    def __init__(self, options: Options) -> None:
        self._client = Client(options.api_url, options.token)
        self._store = Store(options)
        self._lines: dict[int, deque[Outgoing]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()

    async def run(self) -> None:
        """Run until killed."""
        self._say(self._store.unsent())
        while True:
            ask = b'{"offset":%d,"timeout":%d,"limit":100}' % (self._store.next_update_id, _POLL_SECONDS)
            answer = orjson.loads(await self._client.call(b"getUpdates", ask))
            if not answer["ok"]:
                await asyncio.sleep(0.5)
            elif answer["result"]:
                outgoing, presses = self._store.handle(answer["result"])
                self._say(outgoing)
                for press in presses:
                    self._spawn(self._client.call(b"answerCallbackQuery", press))

    def _say(self, outgoing: list[Outgoing]) -> None:
        """Send each chat's messages in order, different chats at once."""
        for one in outgoing:
            line = self._lines.get(one[1])
            if line is None:
                self._lines[one[1]] = deque([one])
                self._spawn(self._send(one[1]))
            else:
                line.append(one)

    async def _send(self, chat_id: int) -> None:
        line = self._lines[chat_id]
        while line:
            outbox_id, _, body = line[0]
            await self._client.call(b"sendMessage", body)
            self._store.note_sent(outbox_id)
            line.popleft()
        del self._lines[chat_id]

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(Bot(interview.options()).run())
