"""One update's turn: the transaction it runs in, who it comes from, and what is said in answer."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

from bot.domain.message import Figures, Menu, Outgoing, Retract, Say, Sendable
from storage.chats import Chat
from storage.outgoing import Priority
from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Team:
    """The chats of the team, where they are set."""

    coordinators: Chat | None = None
    digest: Chat | None = None


@dataclass(frozen=True)
class Event:
    """A line of the log."""

    name: str
    ids: Mapping[str, str | int | bool]


@dataclass(frozen=True)
class _Addressed:
    chat: Chat
    message: Outgoing
    priority: Priority
    once: str | None = None
    """Names what is said, where it may have been said before."""
    about: str | None = None
    shows_screen: bool = False
    is_answer: bool = False


@dataclass
class Turn:
    """What handling one update reads, and what it says. Nothing is sent from here: `flush` writes the outbox."""

    work: UnitOfWork
    team: Team
    update_id: int
    chat: Chat | None = None
    """The chat that the update comes from; None for updates of no chat."""
    toast: str = ""
    """Shown over the button that was pressed, once this turn is committed."""
    events: list[Event] = field(default_factory=list)
    """What happened, to be logged once this turn is committed."""
    _said: list[_Addressed] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def say(
        self,
        message: Sendable | Figures,
        *,
        priority: Priority = Priority.PEOPLE,
        shows_screen: bool = False,
        about: str | None = None,
    ) -> None:
        """Answer in the chat that the update came from. `shows_screen`: it shows the interview's current screen."""
        if self.chat is not None:
            self._said.append(_Addressed(self.chat, message, priority, None, about, shows_screen, is_answer=True))

    def say_once(self, message: Say, *, once: str, shows_screen: bool = False, about: str | None = None) -> None:
        """Answer in the chat that the update came from, unless that was said before."""
        if self.chat is not None:
            said = _Addressed(self.chat, message, Priority.PEOPLE, once, about, shows_screen, is_answer=True)
            self._said.append(said)

    def tell(
        self,
        chat: Chat,
        message: Say | Retract | Menu,
        *,
        priority: Priority,
        once: str,
        about: str | None = None,
        asks: bool = False,
    ) -> None:
        """Say something, once, in another chat. `asks`: what is written there next is for this."""
        self._said.append(_Addressed(chat, message, priority, once=once, about=about, is_answer=asks))

    def note(self, event: str, **ids: str | int | bool) -> None:
        """Note what happened, by ids and never by what was said."""
        chat = {"chat": self.chat.key} if self.chat else {}
        self.events.append(Event(event, {**chat, **ids}))

    async def flush(self) -> None:
        """Write what was said to the outbox, in the transaction of what was stored."""
        for one in self._said:
            key = one.once or f"update:{self.update_id}:{next(self._numbers)}"
            await self.work.outbox.add(
                one.chat,
                one.message,
                priority=one.priority,
                key=key,
                about=one.about,
                may_be_repeated=bool(one.once),
                is_answer=one.is_answer,
            )
            if one.shows_screen:
                await self.work.conversations.note_shown(one.chat, key)
        self._said.clear()


Choose = Callable[[str], str]
"""Picks one character of a string at random: `secrets.choice`, or a frozen one in tests."""
