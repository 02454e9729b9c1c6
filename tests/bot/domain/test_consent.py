from itertools import product

import pytest

from bot.domain.consent import CONSENT_VERSION, Consent, Publishing, Use
from bot.domain.initials import initials


def test_what_reports_store_about_publishing_keeps_its_spelling() -> None:
    assert [choice.value for choice in Publishing] == ["with_name", "initials", "without_name", "not_at_all"]


def test_the_consent_has_a_version_to_store() -> None:
    assert CONSENT_VERSION >= 1


ALLOWED = {
    Publishing.WITH_NAME: {Use.PUBLISH_NAME, Use.PUBLISH_INITIALS, Use.COUNT},
    Publishing.INITIALS: {Use.PUBLISH_INITIALS, Use.COUNT},
    Publishing.WITHOUT_NAME: {Use.COUNT},
    Publishing.NOT_AT_ALL: set[Use](),
}


@pytest.mark.parametrize(("publishing", "sharing"), list(product(Publishing, (True, False))))
def test_a_report_is_used_as_was_agreed_and_in_no_other_way(
    publishing: Publishing,
    sharing: bool,  # noqa: FBT001  pytest passes it by name
) -> None:
    consent = Consent(version=1, sharing=sharing, publishing=publishing)
    passed_on = {Use.PASSING_ON} if sharing else set()
    assert {use for use in Use if consent.allows(use)} == {Use.CHECK} | ALLOWED[publishing] | passed_on


@pytest.mark.parametrize(("publishing", "limit"), list(product(Publishing, Publishing)))
def test_what_a_coordinator_shows_is_never_more_than_was_agreed(publishing: Publishing, limit: Publishing) -> None:
    consent = Consent(version=1, sharing=True, publishing=publishing)
    shown = {use for use in ALLOWED[Publishing.WITH_NAME] if consent.allows(use, limit=limit)}
    assert shown == ALLOWED[publishing] & ALLOWED[limit]
    assert ALLOWED[publishing.at_most(limit)] == shown
    assert consent.allows(Use.PASSING_ON, limit=limit)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Садырбаева Райгуль", "С. Р."),
        ("  əйгерім  Қанатқызы ұлжан ", "Ə. Қ. Ұ."),
        ("Жандос", "Ж."),
        ("«Серік» (18)", "С."),
        ("один два три четыре пять шесть", "О. Д. Т. Ч."),
        ("17", None),
        ("", None),
    ],
)
def test_of_a_name_its_first_letters_are_shown(name: str, shown: str | None) -> None:
    assert initials(name) == shown
