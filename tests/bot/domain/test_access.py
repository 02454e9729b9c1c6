from bot.domain.access import Access


def test_only_the_ids_in_the_settings_are_coordinators() -> None:
    access = Access(frozenset({11, 22}))
    assert access.is_coordinator(11)
    assert access.is_coordinator(22)
    assert not access.is_coordinator(33)


def test_an_update_with_no_person_comes_from_no_coordinator() -> None:
    assert not Access(frozenset({11})).is_coordinator(None)


def test_without_coordinators_nobody_is_one() -> None:
    assert not Access(frozenset()).is_coordinator(11)
