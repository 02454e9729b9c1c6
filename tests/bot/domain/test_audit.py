import pytest

from bot.domain.audit import LARGEST_NUMBER, AuditAct, canonical

PERSONAL = ["Айгерім", "aigerim kanat", "Aigerim", "@aigerim", "77001234567", "900101300123", "id:77001234", "", "a\nb"]


def test_details_have_one_form_whatever_their_order() -> None:
    assert canonical({"reason": "too_little", "left": 3}) == canonical({"left": 3, "reason": "too_little"})
    assert canonical({"reason": "too_little", "left": 3}) == '{"left":3,"reason":"too_little"}'
    assert canonical({}) == "{}"
    assert canonical({"act": AuditAct.APPROVED, "most": LARGEST_NUMBER}) == '{"act":"approved","most":9999999}'


@pytest.mark.parametrize("value", [*PERSONAL, "a" * 65, 77001234567, LARGEST_NUMBER + 1, -1, True])
def test_what_could_be_somebodys_words_or_number_is_refused_and_not_repeated(value: str | int) -> None:
    with pytest.raises(ValueError, match=r"small numbers: field$"):
        canonical({"field": value})


def test_every_act_fits_its_column() -> None:
    assert max(len(act) for act in AuditAct) <= 32
