"""Who may do what, tried: every command and every button, by every role and by strangers, forged data included."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence

import pytest

from bot.domain.access import PERMITTED, TEAM_COMMANDS, Act, Role, Verdict
from storage.location import Location
from tests.e2e.attempts import Attempt
from tests.e2e.conftest import Stage
from tests.e2e.trial import SAID, Actor, Outcome, Trial, trial_of

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
UNKNOWN = "I do not know this command. All commands: /help"
TOGETHER = 40
"""Buttons that are to come to nothing are pressed so many at once."""


ACTORS: Mapping[str, Actor] = {
    "lead": Actor(Role.LEAD),
    "coordinator": Actor(Role.COORDINATOR),
    "viewer": Actor(Role.VIEWER),
    "revoked": Actor(None),
    "stranger": Actor(None, was_member=False),
    "lead-frozen": Actor(Role.LEAD, frozen=True),
    "coordinator-frozen": Actor(Role.COORDINATOR, frozen=True),
    "viewer-frozen": Actor(Role.VIEWER, frozen=True),
}


@pytest.fixture(params=ACTORS)
def actor(request: pytest.FixtureRequest) -> Actor:
    return ACTORS[request.param]


@pytest.fixture
async def trial(stage: Stage, location: Location, actor: Actor) -> AsyncIterator[Trial]:
    async with trial_of(stage, location, actor) as prepared:
        yield prepared


def batches(actor: Actor, attempts: Iterable[Attempt]) -> Iterator[list[Attempt]]:
    """Put those together that are to come to nothing, and are of one act: by the role, or by the state of a report."""
    idle: dict[Act, list[Attempt]] = {}
    for attempt in attempts:
        if attempt.is_idle or actor.verdict(attempt.act) is not Verdict.YES:
            idle.setdefault(attempt.act, []).append(attempt)
        else:
            yield [attempt]
    for together in idle.values():
        yield from (together[at : at + TOGETHER] for at in range(0, len(together), TOGETHER))


def check_refused(outcome: Outcome, verdict: Verdict, presses: int) -> None:
    """See that nothing came of it, and that only a stranger is not told why."""
    if verdict is Verdict.STRANGER:
        assert outcome.is_nothing
    else:
        assert list(outcome.toasts) == [SAID[verdict]] * presses
        assert outcome.leaves_all


def check_allowed(outcome: Outcome, attempts: Sequence[Attempt]) -> None:
    """See that something came of it, and no more than may."""
    first = attempts[0]
    assert not set(outcome.toasts) & set(SAID.values())
    assert not outcome.is_nothing
    assert len(outcome.toasts) == len(attempts) or not first.is_idle  # each is told that nothing comes of it
    assert not outcome.shows or first.may_show
    assert first.may_change is None or outcome.changed <= first.may_change


async def test_every_button_and_command(trial: Trial, actor: Actor) -> None:
    done: set[Act] = set()
    attempts = trial.world.attempts(actor.role, thorough=actor.is_thorough)
    for together in batches(actor, attempts):
        act, verdict = together[0].act, actor.verdict(together[0].act)
        outcome = await trial.press(*together)
        if verdict is Verdict.YES:
            check_allowed(outcome, together)
            done |= {act} if outcome.said or outcome.changed else set()
        else:
            check_refused(outcome, verdict, len(together))
    for command, act in TEAM_COMMANDS.items():
        verdict = actor.verdict(act)
        behind = trial.world.behind.get(command)
        for text in (f"/{command}", *([f"/{command} {behind}"] if behind else ())):
            outcome = await trial.say(text)
            assert outcome.said
            if verdict is Verdict.YES:
                assert not set(outcome.said) & {*SAID.values(), UNKNOWN}
                done.add(act)
            else:
                assert list(outcome.said) == [SAID.get(verdict, UNKNOWN)]
                assert not outcome.changed
    assert done == {act for act in PERMITTED if actor.verdict(act) is Verdict.YES}  # else it was tried in vain


@pytest.mark.parametrize("actor", ["lead", "viewer", "stranger"], indirect=True)
async def test_in_groups(trial: Trial, stage: Stage, actor: Actor) -> None:
    """What anybody sees there names nobody, and what is pressed there does nothing."""
    party = await stage.telegram.group("Party", members=[trial.person])
    attempts = [*trial.world.attempts(actor.role, thorough=False)]
    for together in (attempts[at : at + TOGETHER] for at in range(0, len(attempts), TOGETHER)):
        outcome = await trial.press_in(stage.cast.group, *together)
        assert outcome.leaves_all
        assert set(outcome.toasts) <= (set() if actor.role is None else set(SAID.values()))
        assert (await trial.press_in(party, *together)).is_nothing
    for command, act in TEAM_COMMANDS.items():
        verdict = actor.verdict(act, in_group=True)
        text = f"/{command} {trial.world.behind.get(command, '')}"
        assert (await trial.say(text, chat=party)).is_nothing
        outcome = await trial.say(text, chat=stage.cast.group)
        assert not outcome.shows
        if verdict is Verdict.STRANGER:
            assert outcome.is_nothing
        elif verdict is not Verdict.YES:
            assert list(outcome.said) == [SAID[verdict]]
            assert not outcome.changed
        else:
            assert outcome.said
            assert not set(outcome.said) & set(SAID.values())
