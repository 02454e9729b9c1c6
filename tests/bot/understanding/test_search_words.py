"""What a coordinator is looking for, read out of a few words."""

from datetime import date

import pytest

from bot.understanding.country import Country
from bot.understanding.search_words import Sought, read_search
from tests.storage.support import receipt

DAY = date(2022, 1, 5)


@pytest.mark.parametrize(
    ("words", "sought"),
    [
        ("", Sought()),
        ("17", Sought(report_id=17)),
        ("№ 17", Sought(report_id=17)),
        (f"код {receipt(7)}", Sought(receipt=receipt(7))),
        ("Нурлан Жумабаев", Sought(name="Нурлан Жумабаев")),
        ("Ахметова Семей 5 января", Sought(name="Ахметова", city="semey", days=(DAY, DAY))),
        ("Қайрат, Алматыда, 5 қаңтар", Sought(name="Қайрат", city="almaty", days=(DAY, DAY))),
        ("Akhmetov detained 5 January", Sought(name="Akhmetov", days=(DAY, DAY), status="held")),
        ("с 5 по 7 января", Sought(days=(DAY, date(2022, 1, 7)))),
        ("05.01.2022", Sought(days=(DAY, DAY))),
        ("ст. 272 ч. 2 УК, отпущен", Sought(charges=("CC:272/2",), status="released")),
        ("ждёт освобождён", Sought(decision="waiting", status="released")),
        ("күтуде", Sought(decision="waiting")),
        ("rejected", Sought(decision="rejected")),
    ],
)
def test_what_is_looked_for_is_read_and_the_rest_is_a_name(words: str, sought: Sought) -> None:
    assert read_search(words, Country.load("kz"), today=date(2022, 1, 20)) == sought
