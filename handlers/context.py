"""What a handler has at hand: who speaks, in which language, the services, and a way to answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property, partial
from typing import Any, Self, cast
from zoneinfo import ZoneInfo

from telegram import Message, Update
from telegram.ext import Application, CallbackContext, ExtBot

from bot.domain.access import PERMITTED, Act, Role, Verdict, judge
from bot.domain.message import Figures, Say, Sendable
from bot.domain.schedule import DailyAt
from bot.services.asking import Answering, Asking
from bot.services.blocking import Blocking
from bot.services.cases import CaseDesk
from bot.services.digest import Digest, DigestDesk
from bot.services.evidence import EvidenceDesk
from bot.services.finding import Finding
from bot.services.follow_up import FollowUp
from bot.services.intake import Intake
from bot.services.moderation import Moderation
from bot.services.staff import Staff
from bot.services.stats import StatsDesk
from bot.services.turn import Choose, Turn
from bot.services.updates import Updates
from bot.services.wipe import Wiping
from bot.texts import Catalogues, Texts
from bot.understanding.reading import Reader
from handlers.team.views.stats import picture as stats_picture
from handlers.team.views.stats import words as stats_pages
from handlers.views.digest import digest_pages
from storage.chats import Chat
from storage.outgoing import Priority
from storage.sealed_files import SealedFiles
from storage.unit_of_work import UnitOfWork

CHOICE = "choice"
"""What a question is about that only a button answers, outside the interview."""
_UNKNOWN = object()
"""A role that was not asked for yet."""


@dataclass
class Desk:
    """What all turns share."""

    catalogues: Catalogues
    reader: Reader
    zone: ZoneInfo
    schedule: DailyAt
    choose: Choose
    reports_a_day: int
    """How many reports a person may submit in 24 hours; 0: as many as they like."""
    files: SealedFiles
    evidence_per_day: int
    lease: timedelta
    """How long a report that a coordinator claimed is kept from the others."""
    answer_awaited: timedelta
    """How long a report waits for its reporter's answer to a question."""

    def render_digest(self, digest: Digest) -> Sequence[Say]:
        """Write a digest in the team's language."""
        return digest_pages(digest, self._team_texts)

    def digests(self, work: UnitOfWork) -> DigestDesk:
        """Return the digests within a transaction."""
        empty = Say(html=str(self._team_texts("digest.page_empty")))
        return DigestDesk(work, schedule=self.schedule, render=self.render_digest, empty_page=empty)

    async def tell_figures(self, work: UnitOfWork, chat: Chat) -> Sequence[Sendable]:
        """Read the figures of moderation, and say them: the words first, for a picture may fail."""
        stats = await StatsDesk(work, zone=self.zone).read()
        texts = self.catalogues.in_language(chat.language)
        return [*stats_pages(stats, texts), stats_picture(stats, texts)]

    @property
    def _team_texts(self) -> Texts:
        return self.catalogues.in_language(self.catalogues.default)


def message_of(update: Update) -> Message:
    """Return the new message that an update brings, where only such updates are handled.

    Raises:
        RuntimeError: it brings none.
    """
    if update.message is None:
        raise RuntimeError("only updates with a new message are handled here")
    return update.message


def pressed(update: Update) -> tuple[str, int] | None:
    """Return what a button that was pressed carries, and the id of its message; None where it has no such message."""
    query = update.callback_query
    if query is None or query.data is None or query.message is None:
        return None
    return query.data, query.message.message_id


class BotContext(CallbackContext[ExtBot[None], dict[Any, Any], dict[Any, Any], Desk]):
    """The context of one update. It can say things; it cannot send them."""

    turn: Turn
    telegram_id: int | None = None
    """Of the person, where there is one."""
    first_name: str = ""
    _role: object = _UNKNOWN
    _replied_about: object = _UNKNOWN

    @classmethod
    def of(cls, turn: Turn, update: Update, application: "Application[Any, Any, Any, Any, Any, Any]") -> Self:
        """Return the context of an update within its turn."""
        context = cls(application)
        context.turn = turn
        if user := update.effective_user:
            context.telegram_id, context.first_name = user.id, user.first_name
        return context

    @property
    def desk(self) -> Desk:
        """What all turns share."""
        return self.bot_data

    @property
    def chat(self) -> Chat:
        """The chat that the update comes from."""
        if self.turn.chat is None:
            raise RuntimeError("this update comes from no chat that the bot answers in")
        return self.turn.chat

    @property
    def last_about(self) -> str | None:
        """What the bot's last answer in this chat is about."""
        return self.turn.work.outbox.last_about(self.chat)

    @property
    def texts(self) -> Texts:
        """The sentences in the chat's language."""
        return self.desk.catalogues.in_language(self.chat.language)

    async def role(self) -> Role | None:
        """Return what the person is in the team, or None. Asked once an update, and only where it matters."""
        if self._role is _UNKNOWN:
            self._role = await _role_of(self.turn.work, self.telegram_id)
        return cast("Role | None", self._role)

    async def judge(self, act: Act) -> Verdict:
        """Say whether the person may do this, in the chat that the update comes from, and why not."""
        role = await self.role()
        in_group = self.turn.chat is not None and self.turn.chat.telegram_id < 0
        verdict = judge(role, act, in_group=in_group)
        if verdict is not Verdict.YES or PERMITTED[act].while_frozen:  # whether the team is frozen changes nothing then
            return verdict
        return judge(role, act, in_group=in_group, frozen=await self.turn.work.members.is_frozen())

    async def replied_to(self, message_id: int) -> str | None:
        """Return what the message is about that the person replied to, or None. Asked once an update."""
        if self._replied_about is _UNKNOWN:
            self._replied_about = await self.turn.work.outbox.what_about(self.chat, message_id)
        return cast("str | None", self._replied_about)

    @cached_property
    def intake(self) -> Intake:
        """The reporter's side."""
        desk = self.desk
        return Intake(
            self.turn.work,
            reader=desk.reader,
            zone=desk.zone,
            choose=desk.choose,
            reports_a_day=desk.reports_a_day,
            # Not a method: what is kept in here must not lead back, or all of the turn waits for the collector.
            is_unlimited=partial(_is_unlimited, self.turn.work, self.telegram_id),
        )

    @property
    def wiping(self) -> Wiping:
        """Taking away what was written here."""
        return Wiping(self.turn.work)

    @property
    def evidence(self) -> EvidenceDesk:
        """What is sent besides words."""
        return EvidenceDesk(self.turn.work, files=self.desk.files, per_day=self.desk.evidence_per_day)

    @property
    def finding(self) -> Finding:
        """Searching."""
        return Finding(self.turn.work, self.desk.reader.country, zone=self.desk.zone)

    @property
    def moderation(self) -> Moderation:
        """The coordinators' side."""
        return Moderation(self.turn.work, lease=self.desk.lease)

    @property
    def cases(self) -> CaseDesk:
        """The cases."""
        return CaseDesk(self.turn.work, lease=self.desk.lease, today=self.intake.today)

    @property
    def asking(self) -> Asking:
        """Asking reporters."""
        return Asking(self.turn.work, self.moderation, awaited=self.desk.answer_awaited)

    @property
    def answering(self) -> Answering:
        """Answering what the team asked."""
        return Answering(self.turn.work, self.follow_up)

    @property
    def updates(self) -> Updates:
        """What is new of decided reports."""
        return Updates(self.turn.work, self.moderation)

    @property
    def blocking(self) -> Blocking:
        """Blocking reporters who abuse."""
        return Blocking(self.turn.work, self.moderation, lease=self.desk.lease)

    @property
    def staff(self) -> Staff:
        """The team."""
        return Staff(self.turn.work, choose=self.desk.choose)

    @cached_property
    def follow_up(self) -> FollowUp:
        """What a reporter does with reports that are sent."""
        return FollowUp(self.turn.work, today=self.intake.today)

    @property
    def digests(self) -> DigestDesk:
        """Digests."""
        return self.desk.digests(self.turn.work)

    def say(self, message: Sendable | Figures, *, about: str | None = None) -> None:
        """Answer in this chat, once what was stored is committed."""
        self.turn.say(message, about=about)

    def show_card(self, page: Say, *, about: str) -> None:
        """Show a page of a report's card. Cards wait behind what people are told."""
        self.turn.say(page, priority=Priority.COORDINATORS, about=about)

    def show(self, screen: Say, *, once: str | None = None) -> None:
        """Show the interview's current screen; under the name `once`, unless that was done before."""
        if once is None:
            self.turn.say(screen, shows_screen=True)
        else:
            self.turn.say_once(screen, once=once, shows_screen=True)

    def toast(self, words: str) -> None:
        """Say something over the button that was pressed (Telegram: at most 200 characters)."""
        self.turn.toast = words

    async def speak(self, language: str) -> None:
        """Go on in another language, and remember it."""
        await self.turn.work.chats.speak(self.chat, language)
        self.turn.chat = replace(self.chat, language=language)

    async def cities(self) -> tuple[str, ...]:
        """Return the places that the member cares for; none: all of them."""
        member = await self.turn.work.members.get(self.chat.key)
        return () if member is None else member.cities

    async def coordinator(self) -> Chat:
        """Return the coordinator's private chat, the first name noted so that others can be told who decided."""
        chat = await self.turn.work.chats.meet(self.telegram_id or 0, language=self.chat.language)
        if chat.name != self.first_name:
            await self.turn.work.chats.rename(chat, self.first_name)
        return chat


async def _role_of(work: UnitOfWork, telegram_id: int | None) -> Role | None:
    member = None if telegram_id is None else await work.members.get(work.chats.key_of(telegram_id))
    return member.role if member else None


async def _is_unlimited(work: UnitOfWork, telegram_id: int | None) -> bool:
    """Say whether a person may send any number of reports: coordinators type in lists told by telephone."""
    return await _role_of(work, telegram_id) in {Role.LEAD, Role.COORDINATOR}
