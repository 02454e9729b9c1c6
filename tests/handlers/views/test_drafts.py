from datetime import UTC, datetime

import pytest

from bot.domain.press import Action, Press
from bot.texts import Catalogues, Texts
from handlers.callbacks import unpack_press
from handlers.views.drafts import DraftMessages
from tests.handlers.views.support import buttons, check_keyboard, shown

LARGEST_SCREEN = 2**63 - 1
LATE = datetime(2022, 2, 4, 19, 0, tzinfo=UTC)
"""01:00 on 5 February in Almaty."""


@pytest.fixture
def messages(catalogues: Catalogues) -> DraftMessages:
    return DraftMessages(catalogues)


def test_a_reminder_says_the_local_day_and_how_to_go_on_or_to_delete(messages: DraftMessages, texts: Texts) -> None:
    reminder = messages.reminder(texts.language, screen=LARGEST_SCREEN, expires_at=LATE)
    words = shown(reminder)
    assert "/start" in words
    assert "/cancel" in words
    assert words.count("5") == 1
    assert "2022" in words
    check_keyboard(reminder.keyboard)
    assert [unpack_press(data) for _, data in buttons(reminder.keyboard)] == [
        Press(LARGEST_SCREEN, Action.KEEP),
        Press(LARGEST_SCREEN, Action.CANCEL),
    ]


def test_a_reminder_of_a_draft_that_is_kept_for_ever_names_no_day(messages: DraftMessages, texts: Texts) -> None:
    for_ever = messages.reminder(texts.language, screen=1, expires_at=None)
    assert "2022" not in shown(for_ever)
    assert shown(messages.reminder(texts.language, screen=1, expires_at=LATE)).startswith(shown(for_ever))


def test_what_is_deleted_is_said_and_one_can_begin_anew(messages: DraftMessages, texts: Texts) -> None:
    deleted = messages.deleted(texts.language)
    assert "/start" in shown(deleted)
    assert not deleted.keyboard
