"""Every command and every button of the team, as a client could send them, and a world of reports to try them on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

from bot.domain.access import Act, Role
from bot.domain.answer import Answer
from bot.domain.case import CaseStatus
from bot.domain.report import Decision, RejectionReason
from handlers.team.callbacks import (
    ACTS,
    NOTE,
    QUEUE_ACTS,
    TEAM_ACTS,
    CardAction,
    CardPress,
    QueueAction,
    QueuePress,
    TeamAction,
    TeamPress,
    broken_claim,
    pack_card,
    pack_open,
    pack_page,
    pack_queue,
    pack_team,
    pack_undo,
)
from handlers.team.case_callbacks import CASE_ACTS, CaseAction
from storage.cases import CaseClaim
from storage.chats import Chat
from storage.reports import Claim
from storage.unit_of_work import UnitOfWork
from tests.storage.support import add_report, said

NAME = "Zhanibekov"
"""Stands in the name of everybody who is reported: whoever reads it was shown a report."""
NOTHING: frozenset[str] = frozenset()
_LONG = timedelta(hours=5)


class Page(Enum):
    """Under which page of a case a button is pressed."""

    MINE = auto()
    """Of a case that is open in the person's hands, as it is now."""
    OLD = auto()
    """Of the same, which was changed since."""
    OTHERS = auto()
    """Of one that the person had open, and another has now."""


@dataclass(frozen=True)
class Attempt:
    """A button that somebody presses, or a client makes up."""

    act: Act
    data: str
    """Of a case, with CLAIM in the place of its number and revision."""
    may_change: frozenset[str] | None = None
    """The tables that it may change where the role allows the act; None: any."""
    may_show: bool = True
    """Whether it may then show somebody who is reported."""
    page: Page | None = None

    @property
    def is_idle(self) -> bool:
        """Whether it is to come to nothing, whoever presses it."""
        return self.may_change == NOTHING and not self.may_show and self.page is None


@dataclass(frozen=True)
class World:
    """Reports in every state, with one person in the middle."""

    person: Chat
    other: Chat
    mine: Claim
    update: Claim
    """A decided report of which something new is in the person's hands."""
    others: Claim
    waiting: Claim
    held_back: Claim
    asked: Claim
    approved: Claim
    """By the other, as are its case and its status."""
    rejected: Claim
    withdrawn: Claim
    my_decision: int
    others_decision: int
    my_case: CaseClaim
    others_case: CaseClaim
    statuses: tuple[int, int]
    """Of my case: what I noted, and what the other did."""
    searches: tuple[int, int]

    @classmethod
    async def make(cls, work: UnitOfWork, person: Chat, other: Chat, mother: Chat, blocked: Chat) -> "World":
        """Let reports come in, be claimed, asked about, decided, withdrawn; and cases be opened."""
        claims = await _claimed(work, person, other, mother)
        first = await work.decisions.decide(claims["approved"], other, Decision.APPROVED)
        second = await work.decisions.decide(
            claims["rejected"], person, Decision.REJECTED, reason=RejectionReason.ABUSE
        )
        third = await work.decisions.decide(claims["update"], person, Decision.APPROVED)
        assert first is not None
        assert second is not None
        assert third is not None
        report_id, until = claims["update"].report_id, work.now + _LONG
        await work.queue.put_in(report_id, mother)
        update = await work.queue.claim(report_id, person, until=until)
        assert update is not None
        assert await work.queue.park(claims["asked"], person, until=until)
        held = await work.own_reports.get(mother, claims["withdrawn"].report_id)
        assert held is not None
        assert await work.own_reports.withdraw(mother, held)
        waiting = await add_report(work, mother, 8, answers=_answers(8))
        held_back = await add_report(work, blocked, 9, answers=_answers(9))
        await work.blocks.add(blocked.key, other)
        await work.chats.set_blocked(blocked, blocked=True)
        return cls(
            person=person,
            other=other,
            mine=claims["mine"],
            update=update,
            others=claims["others"],
            waiting=Claim(waiting, 1),
            held_back=Claim(held_back, 1),
            **{state: _next(claims[state]) for state in ("asked", "approved", "rejected", "withdrawn")},
            my_decision=second.decision_id,
            others_decision=first.decision_id,
            my_case=await _open_case(work, third.case_id, person),
            others_case=await _open_case(work, first.case_id, other),
            statuses=(await _moved(work, third.case_id, person), await _moved(work, third.case_id, other)),
            searches=(await _searched(work, person), await _searched(work, other)),
        )

    @property
    def behind(self) -> Mapping[str, str]:
        """What stands behind a command that wants to know more, by the command."""
        return {"find": NAME, "case": str(self.my_case.case_id), "report": str(self.waiting.report_id), "unblock": "1"}

    def attempts(self, role: Role | None, *, thorough: bool) -> Iterator[Attempt]:
        """Yield all that somebody can try; who may do nothing tries it on what would be in hand."""
        yield from self._decisions(role)
        yield from self._others()
        yield from self._team()
        yield from self._cards(thorough=thorough)
        yield from self._cases(role, thorough=thorough)

    def _cards(self, *, thorough: bool) -> Iterator[Attempt]:
        mine = (self.mine, self.update)
        old = Claim(self.mine.report_id, self.mine.revision - 1)
        foreign = (old, self.others, self.waiting, self.held_back, self.asked, self.approved, self.rejected)
        for claim in (*mine, *foreign, self.withdrawn) if thorough else mine:
            for action in CardAction:
                for value in _VALUES.get(action, ("",)):
                    data = pack_card(CardPress(claim, action, value.replace("CASE", str(self.my_case.case_id))))
                    if claim in mine:
                        yield Attempt(ACTS[action], data)
                    elif action is CardAction.HISTORY:
                        yield Attempt(ACTS[action], data, may_show=False)
                    elif action in _ON_THE_SCREEN:
                        yield Attempt(ACTS[action], data, may_change=frozenset({"audit"}), may_show=False)
                    else:
                        yield Attempt(ACTS[action], data, NOTHING, may_show=False)

    def _cases(self, role: Role | None, *, thorough: bool) -> Iterator[Attempt]:
        for page in Page if thorough else (Page.MINE,):
            for action in CaseAction:
                for values in self._values(action):
                    data = ":".join(("k", "CLAIM", action, *values))
                    is_free = action is CaseAction.OPEN and page is not Page.OTHERS
                    if values == (str(self.statuses[1]),) and action is CaseAction.UNSAY and role is not Role.LEAD:
                        yield Attempt(CASE_ACTS[action], data, frozenset({"cases"}), page=page)
                    elif page is Page.MINE or is_free:
                        yield Attempt(CASE_ACTS[action], data, page=page)
                    else:  # of a page that is old, the page is shown as it is now
                        may_change = frozenset({"cases"}) if page is Page.OLD else NOTHING
                        yield Attempt(CASE_ACTS[action], data, may_change, may_show=page is Page.OLD, page=page)

    def _values(self, action: CaseAction) -> tuple[tuple[str, ...], ...]:
        """Return what a button of a case may carry: each step of its menus."""
        report, other = str(self.update.report_id), str(self.others_case.case_id)
        return {
            CaseAction.PAGE: (("0",), ("7",)),
            CaseAction.PICK: ((), ("city",), ("city", report)),
            CaseAction.STATUS: ((), ("moved",), ("moved", report), ("moved", report, "today"), ("moved", "0", "other")),
            CaseAction.UNSAY: tuple((str(status_id),) for status_id in self.statuses),
            CaseAction.UNTAG: (("0" * 32,),),
            CaseAction.FILES: ((), (report,)),
            CaseAction.JOIN: ((), (other,), (other, "yes")),
            CaseAction.PART: ((), (other, "yes")),
        }.get(action, ((),))

    def _decisions(self, role: Role | None) -> Iterator[Attempt]:
        """First of all: after ten minutes they are too late."""
        yield Attempt(Act.UNDO_OWN, pack_undo(self.rejected.report_id, self.my_decision))
        data = pack_undo(self.approved.report_id, self.others_decision)
        if role is Role.LEAD:
            yield Attempt(Act.UNDO_ANY, data)
        else:
            yield Attempt(Act.UNDO_OWN, data, NOTHING, may_show=False)
        for mixed_up in ((self.rejected.report_id, self.others_decision), (self.waiting.report_id, self.my_decision)):
            yield Attempt(Act.UNDO_OWN, pack_undo(*mixed_up), NOTHING, may_show=False)
        note = f"{NOTE}:{self.rejected.report_id}:{self.my_decision}"
        yield Attempt(Act.REJECT, note, NOTHING, may_show=True)

    def _others(self) -> Iterator[Attempt]:
        mine, others = self.searches
        yield Attempt(Act.FIND, pack_page(mine, 0))
        yield Attempt(Act.FIND, pack_page(mine, 3), NOTHING, may_show=False)
        yield Attempt(Act.FIND, pack_page(others, 0), NOTHING, may_show=False)
        for claim in (self.mine, self.update, self.waiting, self.held_back, self.approved, self.rejected):
            yield Attempt(Act.FIND, pack_open(claim.report_id))
        for claim in (self.others, self.asked, self.withdrawn, Claim(999, 1)):
            yield Attempt(Act.FIND, pack_open(claim.report_id), NOTHING, may_show=False)

    def _team(self) -> Iterator[Attempt]:
        for action, act in QUEUE_ACTS.items():
            if action is QueueAction.BREAK:
                old = Claim(self.others.report_id, self.others.revision - 1)
                yield Attempt(act, pack_queue(broken_claim(self.others)))
                yield Attempt(act, pack_queue(broken_claim(old)), NOTHING, may_show=False)
            else:
                yield Attempt(act, pack_queue(QueuePress(action, "semey" if action is QueueAction.CITY else "")))
        for team_action, act in TEAM_ACTS.items():
            for value in _TEAM_VALUES.get(team_action, ("",)):
                yield Attempt(act, pack_team(TeamPress(team_action, 1, value)))


_ON_THE_SCREEN = frozenset({CardAction.CLOSE, CardAction.CORRECT_LEAVE})
"""These take away what is pressed, whatever it is about."""
_VALUES = {
    CardAction.REASON: tuple(RejectionReason),
    CardAction.ATTACH: ("CASE", "999"),
    CardAction.CORRECT: ("", "city"),
    CardAction.CORRECT_TO: ("city.almaty",),
    CardAction.CORRECT_MARK: ("conditions.1",),
    CardAction.CORRECT_BACK: ("city",),
    CardAction.SEEN: ("", "5"),
}
_TEAM_VALUES = {
    TeamAction.INVITE: ("coordinator", "lead"),
    TeamAction.ROLE: ("lead", "viewer"),
    TeamAction.ADD_CITY: ("semey",),
    TeamAction.DROP_CITY: ("semey",),
}


async def _claimed(work: UnitOfWork, person: Chat, other: Chat, mother: Chat) -> dict[str, Claim]:
    claims: dict[str, Claim] = {}
    states = ("approved", "rejected", "update", "asked", "withdrawn", "others", "mine")
    for number, state in enumerate(states, 1):
        report_id = await add_report(work, mother, number, answers=_answers(number))
        holder = other if state in {"approved", "others"} else person
        claim = await work.queue.claim(report_id, holder, until=work.now + _LONG)
        assert claim is not None
        claims[state] = claim
    return claims


async def _open_case(work: UnitOfWork, case_id: int | None, holder: Chat) -> CaseClaim:
    claim = await work.cases.claim(case_id or 0, holder, until=work.now + _LONG)
    assert claim is not None
    return claim


async def _moved(work: UnitOfWork, case_id: int | None, actor: Chat) -> int:
    return await work.case_records.add_status(
        case_id or 0, CaseStatus.MOVED, actor, report_id=None, days=None, noted_on=work.now.date()
    )


async def _searched(work: UnitOfWork, chat: Chat) -> int:
    return await work.searches.add(chat, f'{{"text":"{NAME}"}}')


def _next(claim: Claim) -> Claim:
    return Claim(claim.report_id, claim.revision + 1)


def _answers(number: int) -> Mapping[str, Answer]:
    return {
        "name": said(f"{NAME} {number}"),
        "city": said("Семей", value="semey"),
        "date": said("5 января", value="2022-01-05"),
        "conditions": Answer(),
    }
