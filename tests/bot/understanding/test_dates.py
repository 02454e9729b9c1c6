from datetime import date, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.domain.errors import Misreading, NotUnderstood
from bot.understanding.dates import read_date

TODAY = date(2022, 1, 20)
JAN_5 = date(2022, 1, 5)
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))

# Sixty ways to say when, labelled by hand: the only right reading, or None where any day would be a wrong one.
LABELLED: list[tuple[str, date | None]] = [
    ("5 января", JAN_5),
    ("05.01.2022", JAN_5),
    ("5.1.22", JAN_5),
    ("вчера", date(2022, 1, 19)),
    ("позавчера", date(2022, 1, 18)),
    ("6 қаңтар", date(2022, 1, 6)),
    ("2022 жылғы 5 қаңтар", JAN_5),
    ("2022 жылдың 5 қаңтары", JAN_5),
    ("кеше", date(2022, 1, 19)),
    ("алдыңгүні", date(2022, 1, 18)),
    ("Jan 5", JAN_5),
    ("5 Jan 2022", JAN_5),
    ("January 5th, 2022", JAN_5),
    ("4-5 января", None),
    ("ночью 5 января", JAN_5),
    ("в ночь с 5 на 6 января", None),
    ("yesterday evening", date(2022, 1, 19)),
    ("2022-01-05", JAN_5),
    ("01/05/2022", JAN_5),
    ("05/01/2022", JAN_5),
    ("не знаю", None),
    ("не помню точно", None),
    ("білмеймін", None),
    ("белгісіз", None),
    ("don't know", None),
    ("5 января 2022 г.", JAN_5),
    ("5-го января", JAN_5),
    ("5 қаңтарда", JAN_5),
    ("5 қаңтар күні кешке", JAN_5),
    ("қаңтардың 5-і", JAN_5),
    ("6 января вечером", date(2022, 1, 6)),
    ("06.01.22 около 14:00", date(2022, 1, 6)),
    ("Алматы 5 января", JAN_5),
    ("задержали 5 января около площади", JAN_5),
    ("пятого января", JAN_5),
    ("05.01", JAN_5),
    ("3 күн бұрын", date(2022, 1, 17)),
    ("үш күн бұрын", date(2022, 1, 17)),
    ("3 дня назад", date(2022, 1, 17)),
    ("бүгін", TODAY),
    ("в среду", date(2022, 1, 19)),
    ("сәрсенбі", date(2022, 1, 19)),
    ("январь 2022", None),
    ("қаңтар", None),
    ("5 января 2032", None),
    ("25.01.2022", None),
    ("5 февраля", date(2021, 2, 5)),
    ("31.02.2022", None),
    ("05.13.2022", None),
    ("asdf", None),
    ("Айгуль", None),
    ("272", None),
    ("5", None),
    ("5 qantar 2022", JAN_5),
    ("7 янв", date(2022, 1, 7)),
    ("7 янв.", date(2022, 1, 7)),
    ("7.01.2022г.", date(2022, 1, 7)),
    ("5 - 6 января 2022", None),
    ("5 немесе 6 қаңтар", None),
    ("4 или 5 января", None),
    # Spans of days, and a month with its year.
    ("5-6.01", None),
    ("4-5.01", None),
    ("5-6.1.", None),
    ("4-5/01", None),
    ("5-6", None),
    ("05-06", None),
    ("5.1-22", None),
    ("4-5 Jan", None),
    ("Jan 4-5", None),
    ("Jan 2022", None),
    ("с 5 января", JAN_5),
    ("5 января 22", JAN_5),
    ("5 января 2022 в 14:00", JAN_5),
]


def read(text: str, *, today: date = TODAY) -> date | None:
    return read_date(text, today=today)


@pytest.mark.parametrize(("text", "right"), LABELLED)
def test_no_way_of_saying_when_is_read_as_a_wrong_day(text: str, right: date | None) -> None:
    try:
        found = read(text)
    except NotUnderstood:
        return
    assert found in {None, right}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("05.01.2022", JAN_5),
        ("5.1.22", JAN_5),
        ("2022-01-05", JAN_5),
        ("05/01/2022", JAN_5),
        ("05-01-2022", JAN_5),
        ("05.01", JAN_5),
        ("5.1.", JAN_5),
        ("7.01.2022г.", date(2022, 1, 7)),
        ("7.01.2022 Г", date(2022, 1, 7)),
        ("7.01.2022 года", date(2022, 1, 7)),
        ("  05.01.2022\n", JAN_5),
        ("2022.1.5", JAN_5),
        ("2022/01/05", JAN_5),
        ("today", TODAY),
        ("Yesterday", date(2022, 1, 19)),
        ("сегодня", TODAY),
        ("ВЧЕРА", date(2022, 1, 19)),
        (" позавчера ", date(2022, 1, 18)),
        ("20.01", TODAY),
        ("21.01", date(2021, 1, 21)),
        ("31.12", date(2021, 12, 31)),
        ("29.02", date(2020, 2, 29)),
        ("01.01.1900", date(1900, 1, 1)),
        ("05.01.2022!", JAN_5),
        ("Вчера!", date(2022, 1, 19)),
        ("бүгін", TODAY),
        ("Кеше", date(2022, 1, 19)),
        ("5 января", JAN_5),
        ("5 ЯНВАРЯ!", JAN_5),
        ("5 января 2022", JAN_5),
        ("5 января, 2022", JAN_5),
        ("5 января 2022 г.", JAN_5),
        ("5 января 2022 года", JAN_5),
        ("  5   января\n2022г", JAN_5),
        ("7 янв", date(2022, 1, 7)),
        ("7 янв.", date(2022, 1, 7)),
        ("5 янв. 2021", date(2021, 1, 5)),
        ("Jan 5", JAN_5),
        ("Jan. 5, 2022", JAN_5),
        ("Jan 5 2022", JAN_5),
        ("5 Jan 2022", JAN_5),
        ("January 5th, 2022", JAN_5),
        ("1st January", date(2022, 1, 1)),
        ("2nd Jan 2022", date(2022, 1, 2)),
        ("3rd jan", date(2022, 1, 3)),
        ("5 қаңтар", JAN_5),
        ("5 Қаңтар 2022", JAN_5),
        ("қаңтар 5", JAN_5),
        ("20 января", TODAY),
        ("21 января", date(2021, 1, 21)),
        ("5 февраля", date(2021, 2, 5)),
        ("29 февраля", date(2020, 2, 29)),
        ("31 декабря", date(2021, 12, 31)),
        ("1 January 1900", date(1900, 1, 1)),
    ],
)
def test_a_plain_date_is_read(text: str, day: date) -> None:
    assert read(text) == day


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("25.01.2022", Misreading.FUTURE_DATE),
        ("21.01.22", Misreading.FUTURE_DATE),
        ("2022-01-21", Misreading.FUTURE_DATE),
        ("05.01.2032", Misreading.FUTURE_DATE),
        ("01/05/2022", Misreading.FUTURE_DATE),
        ("31.02.2022", Misreading.NOT_A_DATE),
        ("05.13.2022", Misreading.NOT_A_DATE),
        ("29.02.2021", Misreading.NOT_A_DATE),
        ("00.01", Misreading.NOT_A_DATE),
        ("31.04", Misreading.NOT_A_DATE),
        ("14.00", Misreading.NOT_A_DATE),
        ("2022-00-10", Misreading.NOT_A_DATE),
        ("05.01.0022", Misreading.NOT_A_DATE),
        ("05.01.0000", Misreading.NOT_A_DATE),
        ("31.12.1899", Misreading.NOT_A_DATE),
        ("1.1.23", Misreading.FUTURE_DATE),
        ("31.12.99", Misreading.FUTURE_DATE),
        ("21 января 2022", Misreading.FUTURE_DATE),
        ("5 января 2032", Misreading.FUTURE_DATE),
        ("Feb 5, 2022", Misreading.FUTURE_DATE),
        ("5 ақпан 2022", Misreading.FUTURE_DATE),
        ("31 июня", Misreading.NOT_A_DATE),
        ("0 января", Misreading.NOT_A_DATE),
        ("32 Jan 2022", Misreading.NOT_A_DATE),
        ("30 февраля 2020", Misreading.NOT_A_DATE),
        ("29 ақпан 2021", Misreading.NOT_A_DATE),
        ("31 December 1899", Misreading.NOT_A_DATE),
        ("5 января 0000", Misreading.NOT_A_DATE),
    ],
)
def test_what_is_written_as_a_date_and_cannot_be_one_is_asked_again(text: str, why: Misreading) -> None:
    with pytest.raises(NotUnderstood) as problem:
        read(text)
    assert problem.value.why is why


@pytest.mark.parametrize(
    "text",
    ["", " ", "5", "272", "2022", "20220105", "5 1 2022", "05.01.2022 в 14:00", "05.01.222", "005.01.2022", "5..1",
     "примерно 05.01.2022", "05.01.2022-06.01.2022", "1-2.01.22", "05.01.2022?", "после митинга", "5-6.01", "4-5.01",
     "5-6.1.", "4-5/01", "5-6", "05-06", "5.1-22", "5/01.2022", "января", "5января", "5 мартобря", "4-5 января",
     "5 января?", "5 января 22", "5 января 2022 в 14:00", "около 5 января", "Jan 2022", "5 of January", "5 6 января",
     "Алматы 5", "вчера вечером", "!"],
)  # fmt: skip
def test_anything_else_is_kept_as_said(text: str) -> None:
    assert read(text) is None


def test_29_february_is_found_eight_years_back_where_a_century_has_none() -> None:
    assert read("29.02", today=date(2104, 2, 28)) == date(2096, 2, 29)


@settings(deadline=None)
@given(DAYS, DAYS, st.sampled_from(["%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%d", "%Y.%m.%d", "%d.%m.%Yг."]))
def test_a_full_date_is_that_very_day_or_has_not_come_yet(day: date, today: date, form: str) -> None:
    written = day.strftime(form)
    if day <= today:
        assert read(written, today=today) == day
    else:
        with pytest.raises(NotUnderstood) as problem:
            read(written, today=today)
        assert problem.value.why is Misreading.FUTURE_DATE


MONTHS = {
    1: "january jan января январь янв қаңтар",
    2: "february feb февраля февраль фев ақпан",
    3: "march mar марта март мар наурыз",
    4: "april apr апреля апрель апр сәуір",
    5: "may мая май мамыр",
    6: "june jun июня июнь маусым",
    7: "july jul июля июль шілде",
    8: "august aug августа август авг тамыз",
    9: "september sep sept сентября сентябрь сен қыркүйек",
    10: "october oct октября октябрь окт қазан",
    11: "november nov ноября ноябрь ноя қараша",
    12: "december dec декабря декабрь дек желтоқсан",
}


OF_A_YEAR = [
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
]
"""In Russian a month in this form before a number is a month of a year: "январь 22"."""


@pytest.mark.parametrize(
    ("month", "name"), [(month, name) for month, names in MONTHS.items() for name in names.split()]
)
def test_a_month_is_known_by_every_name_it_has(month: int, name: str) -> None:
    day = date(2021, month, 9)
    for written in (f"9 {name} 2021", f"{name} 9 2021", f"9 {name.upper()}. 2021", f"{name.title()} 9, 2021"):
        assert read(written) == day
    latest = day.replace(year=2022) if month == 1 else day
    assert read(f"9 {name}") == latest
    assert read(f"{name} 9") == (None if name in OF_A_YEAR else latest)


@settings(deadline=None)
@given(
    DAYS, DAYS, st.sampled_from(["{day} {name} {year}", "{name} {day}, {year}", "{day} {name} {year} г."]), st.data()
)
def test_a_full_date_with_the_months_name_is_that_very_day_or_has_not_come_yet(
    day: date, today: date, form: str, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(MONTHS[day.month].split()))
    written = form.format(day=day.day, name=name, year=day.year)
    if day <= today:
        assert read(written, today=today) == day
    else:
        with pytest.raises(NotUnderstood) as problem:
            read(written, today=today)
        assert problem.value.why is Misreading.FUTURE_DATE


@settings(deadline=None)
@given(DAYS, st.integers(1, 365 * 20))
def test_a_year_to_come_in_two_figures_has_not_come_yet(today: date, days_ahead: int) -> None:
    day = today + timedelta(days=days_ahead)
    assume(day.year // 100 == today.year // 100)
    with pytest.raises(NotUnderstood) as problem:
        read(day.strftime("%d.%m.%y"), today=today)
    assert problem.value.why is Misreading.FUTURE_DATE


@settings(deadline=None)
@given(DAYS, st.integers(0, 365 * 20))
def test_two_figures_of_the_year_are_enough_for_the_years_behind(today: date, days_ago: int) -> None:
    day = today - timedelta(days=days_ago)
    assume(day.year // 100 == today.year // 100)
    assert read(day.strftime("%d.%m.%y"), today=today) == day


@settings(deadline=None)
@given(st.dates(date(1920, 1, 1), date(2100, 12, 31)), DAYS)
def test_a_day_and_month_are_the_latest_such_day(today: date, like: date) -> None:
    found = read(f"{like.day}.{like.month}", today=today)
    assert found is not None
    assert (found.day, found.month) == (like.day, like.month)
    assert found <= today
    later = [date(year, like.month, like.day) for year in range(found.year + 1, today.year + 1) if is_day(year, like)]
    assert not [day for day in later if day <= today]


def is_day(year: int, like: date) -> bool:
    return (like.month, like.day) != (2, 29) or (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))


@settings(deadline=None, max_examples=300)
@given(
    st.text("0123456789./- г", max_size=12)
    | st.text(max_size=20)
    | st.lists(st.sampled_from([*" ".join(MONTHS.values()).split(), *map(str, range(40)), "2022", "0", "г."])).map(
        " ".join
    ),
    st.dates(date(1920, 1, 1), date(2100, 12, 31)),
)
def test_no_text_is_ever_read_as_a_day_to_come_or_of_another_age(text: str, today: date) -> None:
    try:
        found = read(text, today=today)
    except NotUnderstood:
        return
    assert found is None or date(1900, 1, 1) <= found <= today
