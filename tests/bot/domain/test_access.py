"""The table of who may do what."""

import pytest

from bot.domain.access import PERMITTED, TEAM_COMMANDS, Act, Role, Verdict, commands_of, judge, may

FIGURES = {Act.QUEUE, Act.STATS, Act.DIGEST, Act.PREFERENCES}
LEADING = {Act.UNDO_ANY, Act.BREAK_CLAIM, Act.HISTORY, Act.TEAM, Act.INVITE, Act.CHANGE_ROLE, Act.REVOKE}
LEADING |= {Act.FREEZE, Act.UNFREEZE}
WHILE_FROZEN = {Act.QUEUE, Act.STATS, Act.PREFERENCES, Act.TEAM, Act.CHANGE_ROLE, Act.REVOKE}
WHILE_FROZEN |= {Act.FREEZE, Act.UNFREEZE}


def test_every_act_stands_in_the_table_and_every_command_is_one() -> None:
    assert set(PERMITTED) == set(Act)
    assert set(TEAM_COMMANDS.values()) <= set(Act)


@pytest.mark.parametrize("act", Act)
def test_leads_may_all_coordinators_all_but_to_lead_and_viewers_see_figures(act: Act) -> None:
    assert may(Role.LEAD, act)
    assert may(Role.COORDINATOR, act) is (act not in LEADING)
    assert may(Role.VIEWER, act) is (act in FIGURES)
    assert judge(None, act) is Verdict.STRANGER


@pytest.mark.parametrize("act", Act)
def test_while_frozen_nobody_is_shown_anything_personal(act: Act) -> None:
    assert {role for role in Role if may(role, act, frozen=True)} == (
        {role for role in Role if may(role, act)} if act in WHILE_FROZEN else set()
    )


@pytest.mark.parametrize("act", Act)
def test_in_the_group_only_what_names_nobody_is_answered(act: Act) -> None:
    verdict = judge(Role.LEAD, act, in_group=True)
    in_group = {Act.QUEUE, Act.FREEZE, Act.UNFREEZE}
    assert verdict is (Verdict.YES if act in in_group else Verdict.ONLY_IN_PRIVATE)


def test_who_is_not_of_the_role_hears_that_first_wherever_and_whenever() -> None:
    assert judge(Role.VIEWER, Act.NEXT, in_group=True, frozen=True) is Verdict.NOT_THIS_ROLE
    assert judge(None, Act.NEXT, in_group=True, frozen=True) is Verdict.STRANGER


def test_each_role_has_its_commands() -> None:
    assert commands_of(Role.VIEWER) == ("queue", "digest", "stats", "cities")
    both = ("queue", "find", "case", "report", "digest", "stats", "cities")
    assert commands_of(Role.COORDINATOR) == ("next", *both, "blocked", "unblock")
    assert commands_of(Role.LEAD) == tuple(TEAM_COMMANDS)
