"""One person who tries things that may be forbidden; after each try the world is as it was before."""

import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.domain.access import Act, Role, Verdict, judge
from bot.sandbox import Group, Person, SeenMessage
from bot.sandbox.client.view import ChatView
from storage.cases import CaseClaim
from storage.chats import Chat
from storage.location import Location, SQLiteFile
from storage.unit_of_work import UnitOfWork
from tests.e2e.attempts import NAME, Attempt, Page, World
from tests.e2e.conftest import Stage

PROTECTED = (
    "reports", "report_answers", "report_events", "corrections", "decisions", "questions", "evidence", "additions",
    "cases", "case_statuses", "case_notes", "case_tags", "case_picks", "blocks", "members", "invites", "freezes",
    "searches", "audit",
)  # fmt: skip
"""The tables that nobody changes who may not."""
SAID = {
    Verdict.NOT_THIS_ROLE: "Your role in the team does not include this.",
    Verdict.ONLY_IN_PRIVATE: "This works in our private chat only.",
    Verdict.FROZEN: "A lead has stopped all showing of personal data. Nothing is shown until a lead goes on.",
}
"""What somebody hears who may not."""


@dataclass(frozen=True)
class Actor:
    """Who tries."""

    role: Role | None
    was_member: bool = True
    frozen: bool = False

    def verdict(self, act: Act, *, in_group: bool = False) -> Verdict:
        """Say what is expected."""
        return judge(self.role, act, frozen=self.frozen, in_group=in_group)

    @property
    def is_thorough(self) -> bool:
        """Whether it depends on the state of a report what the person may do."""
        return self.role in {Role.LEAD, Role.COORDINATOR} and not self.frozen


@dataclass(frozen=True)
class Outcome:
    """What came of a try."""

    toasts: Sequence[str]
    """Over the buttons, each as often as it was shown."""
    said: Sequence[str]
    """What is new on the screen of the person, or there in other words."""
    gone: Sequence[str]
    """What stood there before."""
    changed: frozenset[str]
    """The tables that are protected and changed."""

    @property
    def shows(self) -> bool:
        """Whether somebody who is reported was named."""
        return any(NAME in text for text in (*self.toasts, *self.said))

    @property
    def leaves_all(self) -> bool:
        """Whether everything is as it was, on the screen and beneath."""
        return not (self.said or self.gone or self.changed)

    @property
    def is_nothing(self) -> bool:
        """Whether nobody could have noticed anything."""
        return self.leaves_all and not self.toasts


async def with_button(stage: Stage, chat: ChatView) -> SeenMessage:
    """Let the bot say something with a button in a chat: a client sends what it likes when that is pressed."""
    keyboard = {"inline_keyboard": [[{"text": "Here", "callback_data": "-"}]]}
    await stage.app.bot.call("sendMessage", {"chat_id": chat.id, "text": "…", "reply_markup": keyboard})
    await chat.refresh()
    return chat.last_from_bot


class Trial:
    """A person in a world of reports."""

    def __init__(self, stage: Stage, location: Location, person: Person, world: World, *, opens_cases: bool) -> None:
        assert isinstance(location, SQLiteFile)
        self._stage = stage
        self.person = person
        self.world = world
        self._may_open_cases = opens_cases
        self._live = sqlite3.connect(location.path, isolation_level=None)
        self._saved = sqlite3.connect(":memory:")
        self._live.backup(self._saved)
        self._as_it_was = self._state()
        self._seen: set[tuple[int, int, str]] = set()
        self._toasts = 0

    def close(self) -> None:
        """Let go of the database."""
        self._live.close()
        self._saved.close()

    async def press(self, *attempts: Attempt) -> Outcome:
        """Let the person press buttons one after the other, those of a case under its page."""
        place, claim = await self._place(attempts[0].page)
        await self._begin()
        for attempt in attempts:
            data = attempt.data.replace("CLAIM", f"{claim.case_id}:{claim.revision}")
            await self.person.press(place.labels[0], message=place, data=data)
        return await self._end()

    async def press_in(self, group: Group, *attempts: Attempt) -> Outcome:
        """Let the person do that in a group, where a client makes up what the button carries."""
        place = await with_button(self._stage, group)
        await self._begin(group)
        for attempt in attempts:
            claim = self.world.my_case
            data = attempt.data.replace("CLAIM", f"{claim.case_id}:{claim.revision}")
            await self.person.press(place.labels[0], message=place, chat=group, data=data)
        return await self._end(group)

    async def say(self, text: str, *, chat: Group | None = None, reply_to: SeenMessage | None = None) -> Outcome:
        """Let the person write something, in private or in a group."""
        await self._begin(chat)
        await self.person.send(text, chat=chat, reply_to=reply_to)
        return await self._end(chat)

    async def ask(self, attempt: Attempt | str) -> SeenMessage:
        """Press what asks for words, or give such a command, and return what the bot says then."""
        if isinstance(attempt, str):
            await self._stage.do(self.person.send(attempt))
            return self.person.last_from_bot
        place, claim = await self._place(attempt.page)
        data = attempt.data.replace("CLAIM", f"{claim.case_id}:{claim.revision}")
        await self._stage.do(self.person.press(place.labels[0], message=place, data=data))
        return self.person.last_from_bot

    def alter(self, statement: str, **values: object) -> None:
        """Change something behind the bot's back, for the next try alone."""
        self._live.execute(statement, values)

    def restore(self) -> None:
        """Let everything be as it was."""
        self._saved.backup(self._live)

    async def _place(self, page: Page | None) -> tuple[SeenMessage, CaseClaim]:
        """Return the message whose buttons are pressed, and what the person had open there."""
        case = self.world.others_case if page is Page.OTHERS else self.world.my_case
        if page is None or not self._may_open_cases:
            return await with_button(self._stage, self.person), case
        hand_over = "UPDATE cases SET claimed_by = :whose WHERE id = :case_id"
        self.alter(hand_over, whose=self.world.person.key, case_id=case.case_id)
        await self._stage.do(self.person.send(f"/case {case.case_id}"))
        if page is Page.OTHERS:
            self.alter(hand_over, whose=self.world.other.key, case_id=case.case_id)
        revision = self._live.execute("SELECT revision FROM cases WHERE id = ?", (case.case_id,)).fetchone()[0]
        if page is Page.OLD:
            self.alter("UPDATE cases SET revision = revision + 1 WHERE id = :case_id", case_id=case.case_id)
        return self.person.last_from_bot, CaseClaim(case.case_id, revision)

    async def _begin(self, group: Group | None = None) -> None:
        await self._look(group)
        self._as_it_was = self._state()
        self._toasts, self._seen = len(self.person.toasts), self._on_screen(group)

    async def _end(self, group: Group | None = None) -> Outcome:
        await self._stage.app.settle()
        await self._look(group)
        now = self._state()
        changed = frozenset(table for table in PROTECTED if now[table] != self._as_it_was[table])
        on_screen = self._on_screen(group)
        said, gone = ([text for *_, text in texts] for texts in (on_screen - self._seen, self._seen - on_screen))
        assert self._live.execute("SELECT count(*) FROM deferred_updates").fetchone() == (0,)
        self.restore()
        return Outcome(tuple(toast.text for toast in self.person.toasts[self._toasts :]), said, gone, changed)

    async def _look(self, group: Group | None) -> None:
        await self.person.refresh()
        if group is not None:
            await group.refresh()

    def _on_screen(self, group: Group | None) -> set[tuple[int, int, str]]:
        messages = (*self.person.messages, *(group.messages if group else ()))
        return {(one.chat_id, one.message_id, one.text) for one in messages if one.from_bot}

    def _state(self) -> Mapping[str, object]:
        return {table: self._live.execute(f"SELECT * FROM {table}").fetchall() for table in PROTECTED}  # noqa: S608


@asynccontextmanager
async def trial_of(stage: Stage, location: Location, actor: Actor) -> AsyncIterator[Trial]:
    """Make a world around somebody of the team, or who is not of it."""
    person, mother, blocked = [await stage.person(name) for name in ("Somebody", "Mother", "Blocked")]
    askar = stage.cast.coordinators[1]
    await stage.cast.group.add(person)
    for each in (person, askar):
        await stage.do(each.send("/help"))
    async with stage.app.database.transaction() as work:
        chats = [await work.chats.meet(each.id, language="en") for each in (person, askar, mother, blocked)]
        world = await World.make(work, *chats)
        await _give_role(work, actor, chats[0], chats[1])
    await stage.tick()
    trial = Trial(stage, location, person, world, opens_cases=actor.is_thorough)
    try:
        yield trial
    finally:
        trial.close()


async def _give_role(work: UnitOfWork, actor: Actor, chat: Chat, lead: Chat) -> None:
    """Let somebody be what the actor is. What is in hand stays so: the refusal alone is to keep it back."""
    if actor.was_member:
        assert await work.members.join(chat, actor.role or Role.LEAD, added_by=lead.key)
    if actor.was_member and actor.role is None:
        member = await work.members.get(chat.key)
        assert member is not None
        assert await work.members.revoke(member, by=lead)
    if actor.frozen:
        assert await work.members.freeze(lead)
