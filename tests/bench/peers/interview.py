"""What all peers written in Python share: the words, the screens, and the table of finished reports.

None of it is what is measured. How a library receives, dispatches, keeps state and sends is in the peers themselves.
"""

import argparse
import html
import json
import secrets
import sqlite3
from pathlib import Path
from typing import Any, NamedTuple

WORDS: dict[str, Any] = json.loads((Path(__file__).parent / "interview.json").read_text(encoding="utf-8"))
QUESTIONS: tuple[str, ...] = tuple(question["key"] for question in WORDS["questions"])
LAST = QUESTIONS[-1]
"""The question that is answered in several messages, until "Done"."""
ANSWER = "answer:"
"""How the callback data of a choice begins; behind it stand the question and the number of the choice."""

Button = tuple[str, str]
"""Its label and its callback data."""
Answers = dict[str, str]


class Screen(NamedTuple):
    """What is said: HTML and the buttons under it."""

    text: str
    buttons: list[list[Button]]


class Options(NamedTuple):
    """How a peer is started."""

    api_url: str
    token: str
    data_dir: Path
    storage: str
    redis_url: str


def options() -> Options:
    """Read the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--api-url", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--storage", default="memory")
    parser.add_argument("--redis-url", default="")
    return Options(**vars(parser.parse_args()))


class Reports:
    """The table of finished reports. Each is on the disk when `add` returns."""

    def __init__(self, folder: Path) -> None:
        self._connection = sqlite3.connect(folder / "reports.db", check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS reports (id INTEGER PRIMARY KEY, code TEXT NOT NULL, chat_id INTEGER NOT NULL,"
            " answers TEXT NOT NULL, sharing TEXT NOT NULL, publishing TEXT NOT NULL)"
        )

    def add(self, chat_id: int, answers: Answers, sharing: str, publishing: str) -> str:
        """Store a report and return its receipt code."""
        code = new_code()
        with self._connection:
            self._connection.execute(
                "INSERT INTO reports (code, chat_id, answers, sharing, publishing) VALUES (?, ?, ?, ?, ?)",
                (code, chat_id, json.dumps(answers, ensure_ascii=False), sharing, publishing),
            )
        return code


def new_code() -> str:
    """Return a receipt code."""
    return secrets.token_hex(5).upper()


def consent() -> Screen:
    """Return the first screen."""
    return _fixed("consent")


def question(key: str, answers: Answers, about: str | None = None) -> Screen:
    """Return the screen of a question, with the answer just given above it."""
    number = QUESTIONS.index(key)
    asked = WORDS["questions"][number]
    lines = [WORDS["progress"].format(number=number + 1, total=len(QUESTIONS)), asked["text"]]
    if about is not None:
        lines.insert(0, echo(about, answers) + ("\n" + WORDS["more"] if about == key else "") + "\n")
    labelled = [(label, f"{ANSWER}{key}:{place}") for place, label in enumerate(asked["choices"])]
    rows = [labelled[place : place + asked["in_a_row"]] for place in range(0, len(labelled), asked["in_a_row"])]
    if key == LAST:
        rows.append([tuple(WORDS["done"])])
    rows.append([(label, f"{ANSWER}{key}:{way}") for label, way in WORDS["pass"]])
    return Screen("\n".join(lines), rows)


def chosen(data: str) -> tuple[str, str]:
    """Return the question that a choice belongs to, and the answer it stands for."""
    _, key, value = data.split(":")
    if value in WORDS["passed"]:
        return key, WORDS["passed"][value]
    return key, WORDS["questions"][QUESTIONS.index(key)]["choices"][int(value)]


def after(key: str) -> str | None:
    """Return the question after this one; None after the last."""
    number = QUESTIONS.index(key) + 1
    return QUESTIONS[number] if number < len(QUESTIONS) else None


def with_answer(answers: Answers, key: str, words: str) -> Answers:
    """Return the answers with one more; to the last question what is said comes together."""
    if key == LAST and key in answers:
        words = answers[key] + "\n" + words
    return {**answers, key: words}


def review(answers: Answers) -> Screen:
    """Return the screen on which all answers are checked."""
    lines = [WORDS["review"]["text"], "", *(echo(key, answers) for key in QUESTIONS if key in answers)]
    return Screen("\n".join(lines), _fixed("review").buttons)


def sharing() -> Screen:
    """Return the screen that asks whether the report may be passed on."""
    return _fixed("sharing")


def publishing() -> Screen:
    """Return the screen that asks what may be published."""
    return _fixed("publishing")


def submit(choice: str) -> Screen:
    """Return the last screen."""
    text, buttons = _fixed("submit")
    return Screen(text.format(publishing=choice.replace("_", " ")), buttons)


def receipt(code: str) -> Screen:
    """Return what is said when the report is stored."""
    return Screen(WORDS["receipt"].format(code=code), [])


def echo(key: str, answers: Answers) -> str:
    """Repeat an answer."""
    label = WORDS["questions"][QUESTIONS.index(key)]["label"]
    return str(WORDS["echo"].format(label=label, answer=html.escape(answers[key], quote=False)))


def _fixed(name: str) -> Screen:
    words = WORDS[name]
    return Screen(words["text"], [[tuple(button) for button in row] for row in words["buttons"]])
