from datetime import timedelta

from bot.domain.audit import Actor, AuditAct
from bot.services.audit import History, Recorded
from bot.texts import Texts
from handlers.team.views.history import history
from storage.audit import Entry
from tests.handlers.views.support import LONGEST_ID, SUBMITTED_AT, shown, units


def entry(
    act: str, *, actor: Actor = Actor.PERSON, name: str | None = "Dana", whom: str | None = None, minutes: int = 0
) -> Recorded:
    at, key = SUBMITTED_AT + timedelta(minutes=minutes), "a" * 32 if actor is Actor.PERSON else None
    stored = Entry(1, at, actor, key, act, report_id=7, case_id=LONGEST_ID, subject_key="b" * 32, details="{}")
    return Recorded(stored, name, whom)


def test_a_history_says_in_a_line_each_when_who_and_what(english: Texts) -> None:
    entries = (
        entry(AuditAct.CLAIMED),
        entry(AuditAct.CLAIM_BROKEN, name="Askar <b>", whom="Dana", minutes=1),
        entry(AuditAct.CLAIM_LAPSED, actor=Actor.BOT, name=None, minutes=2),
        entry(AuditAct.EXPORTED, actor=Actor.OPERATOR, name=None, minutes=3),
        entry(AuditAct.APPROVED, name=None, minutes=4),
    )
    assert shown(history(History(7, entries, is_whole=True), english)).splitlines() == [
        "Report no. 7: history",
        "",
        "6 January, 14:20 · Dana: taken",
        "6 January, 14:21 · Askar <b>: taken away from Dana",
        "6 January, 14:22 · the bot: time is over, somebody without a name here had it",
        "6 January, 14:23 · a command on the server: all reports exported",
        "6 January, 14:24 · somebody without a name here: approved",
    ]


def test_a_history_says_that_there_is_more_and_that_there_is_nothing(texts: Texts) -> None:
    some = (entry(AuditAct.CLAIMED),)
    assert texts("history.earlier") in (history(History(7, some, is_whole=False), texts).html or "")
    assert texts("history.none") in (history(History(7, (), is_whole=True), texts).html or "")


def test_thirty_entries_of_the_longest_kind_fit_into_one_message(texts: Texts) -> None:
    for act in AuditAct:
        longest = tuple(entry(act, name="Ұ" * 64, whom="🙂" * 64) for _ in range(30))
        assert units(shown(history(History(LONGEST_ID, longest, is_whole=False), texts))) <= 4096


def test_an_act_of_a_newer_version_is_shown_by_its_name(texts: Texts) -> None:
    assert "audit.teleported" in shown(history(History(7, (entry("teleported"),), is_whole=True), texts))
