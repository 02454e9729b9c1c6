from bot.domain.consent import CONSENT_VERSION, Publishing


def test_what_reports_store_about_publishing_keeps_its_spelling() -> None:
    assert [choice.value for choice in Publishing] == ["with_name", "without_name", "not_at_all"]


def test_the_consent_has_a_version_to_store() -> None:
    assert CONSENT_VERSION >= 1
