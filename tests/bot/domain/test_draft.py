from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.draft import Draft, DraftTerms, Due
from bot.domain.schedule import Daytime

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
BEGAN = datetime(2022, 1, 6, 9, 0, tzinfo=UTC)
"""15:00 in Almaty."""
DAYTIME = Daytime(ZoneInfo("Asia/Almaty"))
TERMS = DraftTerms(DAYTIME, remind_after=DAY, expires_after=30 * DAY)
NO_REMINDER = DraftTerms(DAYTIME, remind_after=None, expires_after=30 * DAY)
FOR_EVER = DraftTerms(DAYTIME, remind_after=DAY, expires_after=None)
NOTHING = DraftTerms(DAYTIME, remind_after=None, expires_after=None)
REMINDED: dict[str, Any] = {"reminded_at": BEGAN + DAY, "expires_at": BEGAN + 30 * DAY}


def draft(**known: Any) -> Draft:
    return Draft(**{"step": "city", "changed_at": BEGAN, **known})


def first_due(terms: DraftTerms, draft: Draft) -> tuple[timedelta, Due] | None:
    """Return after how many whole days something is due, and what; None where nothing is within a year."""
    for days in range(366):
        if due := terms.due(draft, now=BEGAN + days * DAY):
            assert not days or terms.due(draft, now=BEGAN + days * DAY - SECOND) != due
            return days * DAY, due
    return None


@pytest.mark.parametrize(
    ("terms", "known", "expected"),
    [
        # Reminded of after a day, and deleted when the person was told it would be.
        (TERMS, {}, (DAY, Due.REMIND)),
        (TERMS, REMINDED, (30 * DAY, Due.DELETE)),
        (NO_REMINDER, {}, (28 * DAY, Due.REMIND)),
        (NO_REMINDER, REMINDED, (30 * DAY, Due.DELETE)),
        (FOR_EVER, {}, (DAY, Due.REMIND)),
        (FOR_EVER, {"reminded_at": BEGAN + DAY}, None),
        (FOR_EVER, REMINDED, None),
        (NOTHING, {}, None),
        # What was said holds, whatever the setting became.
        (TERMS, REMINDED | {"expires_at": BEGAN + 60 * DAY}, (60 * DAY, Due.DELETE)),
        # Nobody said a day: the reminder came while drafts were kept for ever, or it never arrived.
        (TERMS, {"reminded_at": BEGAN + DAY}, (28 * DAY, Due.REMIND)),
        (TERMS, {"reminded_at": BEGAN + 28 * DAY}, (29 * DAY, Due.REMIND)),
        (TERMS, REMINDED | {"is_untold": True}, (0 * DAY, Due.NOTE_UNTOLD)),
        # At the consent nothing was said, and nothing is.
        (TERMS, {"step": "consent"}, (30 * DAY, Due.DELETE)),
        (FOR_EVER, {"step": "consent"}, None),
        # Answers to further questions are with their report: nothing is lost with the draft.
        (TERMS, {"step": "further:status"}, (30 * DAY, Due.DELETE)),
        # Nobody is there who could be told.
        (TERMS, {"is_reachable": False}, (30 * DAY, Due.DELETE)),
        (TERMS, REMINDED | {"is_reachable": False, "expires_at": BEGAN + 33 * DAY}, (33 * DAY, Due.DELETE)),
    ],
)
def test_what_is_due_first_and_when(
    terms: DraftTerms, known: dict[str, Any], expected: tuple[timedelta, Due] | None
) -> None:
    found = first_due(terms, draft(**known))
    assert found == expected


@pytest.mark.parametrize("terms", [TERMS, NO_REMINDER])
def test_nobody_loses_a_draft_without_two_days_notice_however_long_the_bot_was_away(terms: DraftTerms) -> None:
    back = BEGAN + 100 * DAY
    assert terms.due(draft(), now=back) is Due.REMIND
    expires_at = terms.expiry(draft(), now=back)
    assert expires_at == back + 2 * DAY
    told = draft(reminded_at=back, expires_at=expires_at)
    assert terms.due(told, now=back + 2 * DAY - SECOND) is None
    assert terms.due(told, now=back + 2 * DAY) is Due.DELETE


def test_a_draft_that_would_be_deleted_at_night_is_kept_until_the_morning() -> None:
    in_the_night = draft(changed_at=datetime(2022, 1, 5, 20, 0, tzinfo=UTC))  # 02:00
    morning = datetime(2022, 2, 6, 3, 0, tzinfo=UTC)
    assert TERMS.expiry(in_the_night, now=BEGAN + 2 * DAY) == morning - DAY
    late_in_the_evening = draft(changed_at=datetime(2022, 1, 6, 15, 0, tzinfo=UTC))  # 21:00
    assert TERMS.expiry(late_in_the_evening, now=BEGAN + 2 * DAY) == morning
    assert TERMS.expiry(draft(), now=BEGAN + 2 * DAY) == BEGAN + 30 * DAY
    assert FOR_EVER.expiry(draft(), now=BEGAN + 2 * DAY) is None
