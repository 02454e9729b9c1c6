"""Words that a coordinator was asked for, and that come when they are not the coordinator's to say any more."""

from collections.abc import Iterator, Mapping

import pytest

from bot.domain.access import Act, Role, Verdict
from bot.domain.report import RejectionReason
from handlers.team.callbacks import NOTE, CardAction, CardPress, pack_card
from storage.location import Location
from tests.e2e.attempts import NAME, Attempt, Page, World
from tests.e2e.conftest import Stage
from tests.e2e.trial import SAID, Actor, trial_of

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
_HAND_OVER = (
    "UPDATE reports SET claimed_by = :other WHERE claimed_by = :own",
    "UPDATE cases SET claimed_by = :other WHERE claimed_by = :own",
    "UPDATE decisions SET decided_by = :other WHERE decided_by = :own",
    "UPDATE reports SET decided_by = :other WHERE decided_by = :own",
)
MEANWHILE: Mapping[str, tuple[tuple[str, ...], str | None]] = {
    "nothing": ((), None),
    "in another's hands": (_HAND_OVER, None),
    "a viewer": (("UPDATE members SET role = 'viewer' WHERE chat_key = :own",), SAID[Verdict.NOT_THIS_ROLE]),
    "frozen": (("UPDATE freezes SET frozen_at_ms = 1, frozen_by = :other",), SAID[Verdict.FROZEN]),
    "revoked": (("UPDATE members SET revoked_at_ms = 1, revoked_by = :other WHERE chat_key = :own",), None),
}
"""What came between the request and the words, and what is answered then, where that is always the same."""


def requests(world: World) -> Iterator[tuple[Attempt | str, str]]:
    """Yield whatever asks for words, and words."""
    for action, value, words in (
        (CardAction.REASON, RejectionReason.OTHER, "It is about somebody else."),
        (CardAction.ASK, "", "Where was it?"),
        (CardAction.CORRECT, "city", "Almaty"),
    ):
        yield Attempt(Act.NEXT, pack_card(CardPress(world.mine, action, value))), words
    yield Attempt(Act.REJECT, f"{NOTE}:{world.rejected.report_id}:{world.my_decision}"), "A note."
    for data, words in (
        ("note", "A note."),
        ("tag", "urgent"),
        ("number", str(world.others_case.case_id)),
        ("status:moved:0:other", "7 January"),
    ):
        yield Attempt(Act.EDIT_CASE, f"k:CLAIM:{data}", page=Page.MINE), words
    yield "/find", NAME


@pytest.mark.parametrize("way", ["reply", "plain"])
@pytest.mark.parametrize("meanwhile", MEANWHILE)
async def test_words_that_come_too_late_change_nothing(
    stage: Stage, location: Location, meanwhile: str, way: str
) -> None:
    changes, answer = MEANWHILE[meanwhile]
    async with trial_of(stage, location, Actor(Role.COORDINATOR)) as trial:
        for request, words in requests(trial.world):
            question = await trial.ask(request)
            for change in changes:
                trial.alter(change, own=trial.world.person.key, other=trial.world.other.key)
            outcome = await trial.say(words, reply_to=question if way == "reply" else None)
            if meanwhile == "nothing":
                assert outcome.changed, request
            elif meanwhile != "in another's hands" or request != "/find":  # whoever may search goes on
                assert outcome.said, request
                assert not outcome.changed, request
                assert not outcome.shows, request
                assert answer is None or outcome.said == [answer], request
