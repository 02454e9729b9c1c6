from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.access import PERMITTED, Act, Role
from bot.domain.consent import Publishing
from bot.domain.press import Action, Press
from bot.domain.questionnaire import QUESTIONNAIRE, Choice, Kind, Question
from bot.domain.report import RejectionReason
from bot.understanding.country import Country
from handlers.callbacks import INTERVIEW, pack, unpack_follow_up_press, unpack_press
from handlers.team.callbacks import (
    ACTS,
    CARD,
    NEXT,
    QUEUE_ACTS,
    TEAM_ACTS,
    CardAction,
    CardPress,
    QueueAction,
    TeamAction,
    claim_to_break,
    pack_about,
    pack_card,
    unpack_about,
    unpack_card_press,
    unpack_queue,
)
from handlers.team.case_callbacks import CASE_ACTS, unpack_case_press
from storage.reports import Claim

LONGEST_DATA_BYTES = 64
"""Telegram's limit."""
IDS = (0, 1, 2**31, 2**53, 2**63 - 1)
NUMBERS = st.integers(0, 2**63 - 1)
REVISIONS = st.integers(0, 2**31 - 1)
"""As many as PostgreSQL's columns for them hold."""
VALUES = (
    "",
    *Publishing,
    *(question.key for question in QUESTIONNAIRE.questions),
    *(choice.key for question in QUESTIONNAIRE.questions for choice in question.choices),
    *Country.load("kz").places.places_by_key,
    date.max.isoformat(),
    "kk",
)


def check(data: str) -> None:
    assert data.isascii()
    assert 1 <= len(data.encode()) <= LONGEST_DATA_BYTES


@pytest.mark.parametrize("action", Action)
def test_every_button_of_the_interview_is_packed_and_read_back(action: Action) -> None:
    for press in (Press(screen, action, value) for screen in IDS for value in VALUES):
        check(pack(press))
        assert unpack_press(pack(press)) == press


@settings(deadline=None)
@given(NUMBERS, st.sampled_from(Action), st.dates().map(str) | st.from_regex(r"[a-z][a-z_]{0,31}", fullmatch=True))
def test_any_key_that_the_questionnaire_allows_fits_into_a_button(screen: int, action: Action, value: str) -> None:
    press = Press(screen, action, value)
    check(pack(press))
    assert unpack_press(pack(press)) == press


def test_the_longest_keys_the_questionnaire_allows_fit_into_a_button() -> None:
    for longest in (Choice(key="a" * 24).key, Question(key="a" * 16, kind=Kind.WORDS).key):
        check(pack(Press(2**63 - 1, max(Action, key=len), longest)))


def test_what_buttons_on_cards_carry_keeps_its_spelling() -> None:
    assert [action.value for action in CardAction] == [
        "ok",
        "approve",
        "to",
        "initials",
        "unnamed",
        "reject",
        "reason",
        "ask",
        "noask",
        "back",
        "release",
        "more",
        "fix",
        "put",
        "mark",
        "unfix",
        "leave",
        "files",
        "hist",
        "block",
        "blocked",
        "seen",
        "seen_ok",
        "seen_as",
        "case",
        "close",
    ]
    assert pack_card(CardPress(Claim(17, 3), CardAction.APPROVE_UNNAMED)) == "r:17:3:unnamed"
    assert pack(Press(41, Action.CLEAR)) == "i:41:clear"


@pytest.mark.parametrize("action", CardAction)
def test_every_button_of_a_card_is_packed_and_read_back(action: CardAction) -> None:
    values = list(RejectionReason) if action is CardAction.REASON else [""]
    for press in (CardPress(Claim(number, 2**31 - 1), action, value) for number in IDS for value in values):
        check(pack_card(press))
        assert unpack_card_press(pack_card(press)) == press


@settings(deadline=None)
@given(NUMBERS, REVISIONS, st.sampled_from(CardAction), st.sampled_from(RejectionReason))
def test_a_card_button_is_packed_for_any_report_and_revision(
    report_id: int, revision: int, action: CardAction, reason: RejectionReason
) -> None:
    press = CardPress(Claim(report_id, revision), action, reason if action is CardAction.REASON else "")
    check(pack_card(press))
    assert unpack_card_press(pack_card(press)) == press


def test_what_only_leads_may_press_is_known_by_name() -> None:
    assert {action for action, act in ACTS.items() if is_leading(act)} == {CardAction.HISTORY}
    assert {action for action, act in QUEUE_ACTS.items() if is_leading(act)} == {
        QueueAction.BREAK,
        QueueAction.BREAK_CASE,
    }
    assert not any(is_leading(act) for act in CASE_ACTS.values())
    assert {action for action, act in TEAM_ACTS.items() if not is_leading(act)} == {
        *(TeamAction.ADD_CITY, TeamAction.DROP_CITY, TeamAction.ALL_CITIES),
        *(TeamAction.LOOK, TeamAction.UNBLOCK),
    }
    assert set(TeamAction) - set(TEAM_ACTS) == {TeamAction.ACCEPT, TeamAction.DECLINE}


def is_leading(act: Act) -> bool:
    return PERMITTED[act].roles == {Role.LEAD}


def test_the_button_for_the_next_report_is_short_enough() -> None:
    check(NEXT)


def test_the_three_sorts_of_buttons_are_told_apart_by_how_they_begin() -> None:
    interview = pack(Press(1, Action.BACK))
    card = pack_card(CardPress(Claim(1, 1), CardAction.BACK))
    assert interview.startswith(f"{INTERVIEW}:")
    assert card.startswith(f"{CARD}:")
    assert not NEXT.startswith((f"{INTERVIEW}:", f"{CARD}:"))
    assert not interview.startswith(f"{CARD}:")


@pytest.mark.parametrize(
    "data",
    ["", "i", "i:1", "i::back", "i:one:back", "i:1:fly", "i:1:BACK", "i:1.5:back", NEXT, "i:" + "9" * 5000 + ":back"],
)
def test_interview_data_that_this_bot_never_made_is_a_value_error(data: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        unpack_press(data)


@pytest.mark.parametrize(
    "data", ["", "r", "r:1", "r:1:2", "r:1:approve", "r:one:2:approve", "r:1:two:approve", "r:1:2:eat"]
)
def test_card_data_that_this_bot_never_made_is_a_value_error(data: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        unpack_card_press(data)


@settings(deadline=None)
@given(st.text() | st.from_regex(r"[ir](:[a-z0-9]{0,6}){0,5}", fullmatch=True))
def test_any_data_is_read_or_a_value_error_and_nothing_worse(data: str) -> None:
    try:
        press = unpack_press(data)
    except ValueError:
        pass
    else:
        assert press.action in set(Action)
    try:
        card = unpack_card_press(data)
    except ValueError:
        return
    assert card.action in set(CardAction)


@settings(deadline=None)
@given(NUMBERS, NUMBERS)
def test_what_a_message_is_about_is_found_again(report_id: int, revision: int) -> None:
    claim = Claim(report_id, revision)
    assert unpack_about(pack_about(claim, "card"), "card") == claim


@pytest.mark.parametrize("about", ["reason:17:3", "cards:17:3", "", "card-17-3"])
def test_a_message_about_something_else_is_not_taken_for_a_card(about: str) -> None:
    assert unpack_about(about, "card") is None


@pytest.mark.parametrize("revision", [str(2**31), str(2**63 - 1)])
def test_a_revision_that_postgresql_cannot_compare_was_never_packed(revision: str) -> None:
    with pytest.raises(ValueError, match=revision):
        unpack_card_press(f"r:1:{revision}:approve")
    with pytest.raises(ValueError, match=revision):
        claim_to_break(unpack_queue(f"q:break:1:{revision}"))
    with pytest.raises(ValueError, match=revision):
        unpack_case_press(f"k:1:{revision}:page:0")


@pytest.mark.parametrize("number", [str(2**63), "9" * 20, "-1"])
def test_a_number_that_no_column_holds_was_never_packed(number: str) -> None:
    with pytest.raises(ValueError, match=number):
        unpack_press(f"i:{number}:back")
    with pytest.raises(ValueError, match=number):
        unpack_follow_up_press(f"m:{number}:view")
    with pytest.raises(ValueError, match=number):
        unpack_card_press(f"r:1:{number}:approve")
