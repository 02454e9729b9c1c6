import csv
from collections import Counter
from datetime import date, time, timedelta
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from bot.understanding import dates
from bot.understanding.dates.answer import DateAnswer, DateSpan, DateStatus, TimeOfDay
from bot.understanding.dates.fallback import day_by_dateparser
from bot.understanding.dates.text import plain
from bot.understanding.dates.token import Kind
from bot.understanding.dates.words import WORDS_FILE, vocabulary

DATA = Path(__file__).parent / "data"
TODAY = date(2022, 1, 20)
JAN_5 = date(2022, 1, 5)
TWO_YEARS = [TODAY - timedelta(days=days) for days in range(731)]
HALF_A_YEAR = 365 / 2


def labelled(name: str) -> list[tuple[str, str, str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["status"], row["start"], row["end"]) for row in csv.DictReader(file)]


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def parse(text: str, today: date = TODAY) -> DateAnswer:
    return dates.parse(text, today)


@pytest.mark.parametrize(
    ("text", "status", "start", "end"), [*labelled("dates.csv"), *labelled("dates_more.csv")], ids=repr
)
def test_every_labelled_way_of_saying_when_is_read_as_labelled(text: str, status: str, start: str, end: str) -> None:
    answer = parse(text)
    assert (answer.status, answer.start, answer.end) == (status, day(start), day(end))


@pytest.mark.parametrize(
    ("text", "part", "clock"),
    [
        ("5 января", None, None),
        ("ночью 5 января", TimeOfDay.NIGHT, None),
        ("5 қаңтар күні кешке", TimeOfDay.EVENING, None),
        ("yesterday morning", TimeOfDay.MORNING, None),
        ("5 января днем", TimeOfDay.DAY, None),
        ("5 қаңтар түнде", TimeOfDay.NIGHT, None),
        ("бүгін таңертең", TimeOfDay.MORNING, None),
        ("06.01.22 около 14:00", None, time(14)),
        ("5 января в 3 часа дня", TimeOfDay.DAY, time(15)),
        ("5 января в 3 часа ночи", TimeOfDay.NIGHT, time(3)),
        ("5 января в 11 ночи", TimeOfDay.NIGHT, time(23)),
        ("5 января в 12 ночи", TimeOfDay.NIGHT, time(0)),
        ("6 вечера, 5 января", TimeOfDay.EVENING, time(18)),
        ("5 января в 7 утра", TimeOfDay.MORNING, time(7)),
        ("January 5 at 3 pm", None, time(15)),
        ("January 5 at 12 am", None, time(0)),
        ("Jan 5, 3:30pm", None, time(15, 30)),
        ("5 қаңтарда сағат 15-те", None, time(15)),
        ("5 қаңтарда кешкі 6-да", TimeOfDay.EVENING, time(18)),
        ("5 қаңтар таңғы сағат 5", TimeOfDay.MORNING, time(5)),
        ("05.01 в 16.30", None, time(16, 30)),
        ("05.01.2022 16-30", None, None),
        ("05.01.2022 в 16-30", None, time(16, 30)),
        ("05.01.2022 15 00", None, time(15)),
        ("5 января 15 часов 40 минут", None, time(15, 40)),
        ("05.01.2022T14:05:59", None, time(14, 5)),
        ("в 14:00", None, time(14)),
        ("5 января в 25:00", None, None),
    ],
)
def test_the_time_of_day_is_kept_with_the_date(text: str, part: TimeOfDay | None, clock: time | None) -> None:
    answer = parse(text)
    assert (answer.time_of_day, answer.clock) == (part, clock)


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("5 января", []),
        ("4-5 января", []),
        ("не знаю", []),
        ("25.01.2022", []),
        ("01/05/2022", ["2022-01-05"]),
        ("01/05/2021", ["2021-05-01", "2021-01-05"]),
        ("01/05", ["2022-01-05", "2021-05-01"]),
        ("last night", ["2022-01-19", "2022-01-20"]),
        ("вчера в 3 часа ночи", ["2022-01-19", "2022-01-20"]),
        ("сегодня ночью", ["2022-01-20", "2022-01-19"]),
        ("в среду", ["2022-01-19", "2022-01-12"]),
        ("в прошлую среду", ["2022-01-12", "2022-01-19"]),
        ("в четверг", ["2022-01-13", "2022-01-20"]),
        ("осы бейсенбі", ["2022-01-20", "2022-01-13"]),
        ("на Новый год", ["2022-01-01", "2021-12-31"]),
        ("четверг 5 января", ["2022-01-05", "2022-01-06"]),
        ("задержали 5 января, отпустили 7 января", ["2022-01-05", "2022-01-07"]),
        ("сегодня узнали, что задержали 5 января", ["2022-01-05", "2022-01-20"]),
        ("5 января 21", ["2021-01-05", "2022-01-05"]),
        ("декабрь 21", ["2021-12-21", "2021-12-01..2021-12-31"]),
        ("январь 22", ["2022-01-01..2022-01-20", "2021-01-22"]),
        ("050122", ["2022-01-05"]),
        ("010221", ["2021-02-01"]),
        ("5 января, суд 25 января 2022", ["2022-01-05"]),
        ("в ночь на понедельник", ["2022-01-16..2022-01-17", "2022-01-09..2022-01-10"]),
    ],
)
def test_what_may_be_meant_is_offered_the_likeliest_first(text: str, candidates: list[str]) -> None:
    assert [shown(span) for span in parse(text).candidates] == candidates


def shown(span: DateSpan) -> str:
    return f"{span.start}..{span.end}" if span.end else str(span.start)


def test_statuses_and_parts_of_the_day_are_plain_strings() -> None:
    assert parse("5 января ночью").status == "ok"
    assert parse("5 января ночью").time_of_day == "night"
    assert set(DateStatus) == {"ok", "range", "confirm", "unknown", "future", "invalid", "none"}


def test_a_date_is_read_against_the_day_it_is_told_on() -> None:
    assert parse("5 января", date(2022, 1, 4)).status == DateStatus.CONFIRM
    assert parse("5 января", date(2022, 1, 4)).start == date(2021, 1, 5)
    assert parse("5 января", date(2022, 1, 5)) == DateAnswer(DateStatus.OK, JAN_5)
    assert parse("05.01.2022", date(2022, 1, 4)).status == DateStatus.FUTURE
    assert parse("вчера", date(2022, 3, 1)).start == date(2022, 2, 28)


MONTHS = {
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "ru_short": "янв фев мар апр мая июн июл авг сен окт ноя дек",
    "ru_latin": "yanvarya fevralya marta aprelya maya iyunya iyulya avgusta sentyabrya oktyabrya noyabrya dekabrya",
    "kk": "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан",
    "kk_in": "қаңтарда ақпанда наурызда сәуірде мамырда маусымда шілдеде тамызда қыркүйекте қазанда қарашада "
    "желтоқсанда",
    "kk_of": "қаңтардың ақпанның наурыздың сәуірдің мамырдың маусымның шілденің тамыздың қыркүйектің қазанның "
    "қарашаның желтоқсанның",
    "kk_its": "қаңтары ақпаны наурызы сәуірі мамыры маусымы шілдесі тамызы қыркүйегі қазаны қарашасы желтоқсаны",
    "kk_bare": "кантар акпан наурыз сауир мамыр маусым шилде тамыз кыркуйек казан караша желтоксан",
    "kk_latin": "qantar aqpan nauryz sauir mamyr mausym shilde tamyz qyrkuiek qazan qarasha zheltoqsan",
    "kk_marked": "qańtar aqpan naýryz sáýir mamyr maýsym shilde tamyz qyrkúıek qazan qarasha jeltoqsan",
    "en": "January February March April May June July August September October November December",
    "en_short": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
}
DAYS = {
    "ru_day": "первого,второго,третьего,четвертого,пятого,шестого,седьмого,восьмого,девятого,десятого,"
    "одиннадцатого,двенадцатого,тринадцатого,четырнадцатого,пятнадцатого,шестнадцатого,семнадцатого,"
    "восемнадцатого,девятнадцатого,двадцатого,двадцать первого,двадцать второго,двадцать третьего,"
    "двадцать четвёртого,двадцать пятого,двадцать шестого,двадцать седьмого,двадцать восьмого,двадцать девятого,"
    "тридцатого,тридцать первого",
    "kk_day": "бірінші,екінші,үшінші,төртінші,бесінші,алтыншы,жетінші,сегізінші,тоғызыншы,оныншы,он бірінші,"
    "он екінші,он үшінші,он төртінші,он бесінші,он алтыншы,он жетінші,он сегізінші,он тоғызыншы,жиырмасыншы,"
    "жиырма бірінші,жиырма екінші,жиырма үшінші,жиырма төртінші,жиырма бесінші,жиырма алтыншы,жиырма жетінші,"
    "жиырма сегізінші,жиырма тоғызыншы,отызыншы,отыз бірінші",
    "en_day": "first,second,third,fourth,fifth,sixth,seventh,eighth,ninth,tenth,eleventh,twelfth,thirteenth,"
    "fourteenth,fifteenth,sixteenth,seventeenth,eighteenth,nineteenth,twentieth,twenty-first,twenty second,"
    "twenty-third,twenty-fourth,twenty-fifth,twenty-sixth,twenty-seventh,twenty-eighth,twenty-ninth,thirtieth,"
    "thirty-first",
}
WEEKDAYS = ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье")
ORDINAL_ENDINGS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}

FULL_FORMS = [
    "{d:02}.{m:02}.{y}", "{d}.{m}.{y}", "{d:02}.{m:02}.{yy}", "{d}.{m}.{yy}г.", "{d:02}.{m:02}.{y} года",
    "{y}-{m:02}-{d:02}", "{y}.{m:02}.{d:02}", "{d:02}-{m:02}-{y}", "{d:02} {m:02} {y}", "{d:02},{m:02},{y}",
    "{d:02}. {m:02}. {y}", "{d:02}.{m:02}.{y}ж.", "{d:02}.{m:02}.{y} в 14:30", "{y}-{m:02}-{d:02}T14:30:00",
    "{d} {ru} {y}", "{d} {ru} {y} года", "{d} {ru} {y}г.", "{d} {ru}, {y}", "{d}-го {ru} {y}", "{d}{ru}{y}",
    "{ru_day} {ru} {y} года", "{weekday}, {d} {ru} {y}", "{d} {ru_short}. {y}", "{y} год, {d} {ru}",
    "задержали {d} {ru} {y} вечером", "{d} {ru} '{yy}", "{d} {ru} {yy} года", "{d} {ru_latin} {y}",
    "{d} {kk} {y}", "{y} жылғы {d} {kk}", "{y} жылдың {d} {kk_its}", "{y} жылы {d} {kk_in}", "{y} ж. {d} {kk}",
    "{y} жылғы {kk_of} {d}-і", "{y} жылдың {kk} айының {d}-і", "{d}-ші {kk} {y} жыл", "{kk_day} {kk} {y}",
    "{d} {kk} {y} жыл, кешке", "{d} {kk_bare} {y}", "{d} {kk_latin} {y}", "{y} jylgy {d} {kk_marked}",
    "{en} {d}, {y}", "{d} {en} {y}", "{en} {d}{th}, {y}", "the {d}{th} of {en} {y}", "{en_short} {d}, {y}",
    "{d}-{en_short}-{y}", "{en_day} of {en} {y}", "{en} the {en_day}, {y}", "on {en} {d}, {y} at 3 pm",
]  # fmt: skip
YEARLESS_FORMS = [
    "{d:02}.{m:02}", "{d:02}.{m:02}.", "{d} {ru}", "{d}-го {ru}", "{ru_day} {ru}", "{d} {ru_short}", "{d} {kk}",
    "{d} {kk_in}", "{kk_of} {d}-і", "{d} {kk} күні", "{kk_day} {kk}", "{d} {kk_bare}", "{d} {kk_latin}", "{d} {en}",
    "{d}{th} of {en}", "{en} {d}{th}", "{en_day} of {en}", "{d} {ru_latin}",
]  # fmt: skip


def written(form: str, when: date) -> str:
    return form.format(
        d=when.day,
        m=when.month,
        y=when.year,
        yy=when.year % 100,
        th=ORDINAL_ENDINGS.get(when.day, "th"),
        weekday=WEEKDAYS[when.weekday()],
        **{name: months.split()[when.month - 1] for name, months in MONTHS.items()},
        **{name: days.split(",")[when.day - 1] for name, days in DAYS.items()},
    )


@pytest.mark.parametrize("form", FULL_FORMS)
def test_a_full_date_of_the_last_two_years_is_that_day_in_every_plain_form(form: str) -> None:
    read = {written(form, when): (parse(written(form, when)), when) for when in TWO_YEARS}
    wrong = {text: answer for text, (answer, when) in read.items() if (answer.status, answer.start) != ("ok", when)}
    assert not wrong


@pytest.mark.parametrize("form", YEARLESS_FORMS)
def test_a_date_with_no_year_is_the_last_such_day_and_is_asked_of_where_it_is_long_ago(form: str) -> None:
    for when in TWO_YEARS[:365]:
        answer = parse(written(form, when))
        is_late = (TODAY - when).days <= HALF_A_YEAR
        assert (answer.start, answer.status) == (when, "ok" if is_late else "confirm"), written(form, when)


def test_day_and_month_with_slashes_are_asked_of_wherever_they_may_change_places() -> None:
    for when in TWO_YEARS:
        answer = parse(f"{when.day}/{when.month}/{when.year}")
        may_change = when.day <= 12 and when.day != when.month
        assert answer.status == ("confirm" if may_change else "ok")
        assert DateSpan(when) in (answer.candidates or (DateSpan(when),))


def test_a_wrong_weekday_is_asked_of() -> None:
    for when in TWO_YEARS[:30]:
        for number, weekday in enumerate(WEEKDAYS):
            answer = parse(f"{weekday} {written('{d} {ru} {y}', when)}")
            assert (answer.status, answer.start) == ("ok" if number == when.weekday() else "confirm", when)


@pytest.mark.parametrize("ahead", [1, 2, 30, 365, 3650])
@pytest.mark.parametrize("form", FULL_FORMS)
def test_a_day_to_come_is_never_taken(form: str, ahead: int) -> None:
    assert parse(written(form, TODAY + timedelta(days=ahead))).status == DateStatus.FUTURE


def test_days_apart_make_a_range_in_every_language() -> None:
    for first, last in combinations(TWO_YEARS[:40:3], 2):
        for form in ("{d:02}.{m:02}.{y}", "{d} {ru} {y}", "{d} {kk} {y}", "{en} {d}, {y}", "{d} {ru}", "{en} {d}{th}"):
            early, late = written(form, last), written(form, first)
            for joined in (f"{early} - {late}", f"с {early} по {late}", f"from {early} to {late}"):
                answer = parse(joined)
                assert (answer.status, answer.start, answer.end) == ("range", last, first), joined


@pytest.mark.parametrize(
    "text",
    [
        "5 ЯНВАРЯ", "5 Января", "5 янва́ря", "5 янвapя", "5 янваrя", "5 я\u200bнваря", "\u00a05\u00a0января",
        "5\ufe0f\u20e3 января", "5 ЯHBAPЯ", "5 Jаnuary", "5 қантар", "5 қаңтap", "О5.О1.2022", "5 кан\u00adтар",
    ],
)  # fmt: skip
def test_letters_that_look_alike_and_signs_that_are_not_seen_change_nothing(text: str) -> None:
    assert parse(text) == DateAnswer(DateStatus.OK, JAN_5)


SLIPPED = ["5 янвря", "5 янаря", "5 январья", "5 янврая", "5 Janury", "5 Januray", "5 қаңтра", "12 декбря", "9 ноябья"]


@pytest.mark.parametrize("text", SLIPPED)
def test_one_slip_in_the_name_of_a_month_beside_a_number_is_mended(text: str) -> None:
    assert parse(text).status == DateStatus.OK
    assert parse(text.partition(" ")[2]).status == DateStatus.NONE


def test_a_month_with_one_slip_in_it_is_nearer_to_itself_than_to_any_other_month() -> None:
    words = vocabulary()
    names = {word: words.words[word].value for known in words.slips.values() for word in known}
    months = {word: value for word, value in names.items() if words.words[word].kind is Kind.MONTH}
    for (one, first), (other, second) in combinations(months.items(), 2):
        assert first == second or OSA.distance(one, other) >= 3, (one, other)


def test_no_word_means_two_things() -> None:
    words = vocabulary()
    with WORDS_FILE.open(encoding="utf-8", newline="") as file:
        every = [
            " ".join(words.spell(part) for part in phrase.split())
            for row in csv.DictReader(file)
            if row["kind"] not in {"ending", "suffix"}
            for phrase in plain(row["words"]).split("|")
        ]
    assert [word for word, count in Counter(every).items() if count > 1] == []


WORDS = [word for word in vocabulary().words if len(word) < 20]
PIECES = [
    *WORDS,
    *map(str, range(40)),
    *"-/,.|?'№:",
    "2022",
    "2021",
    "05.01",
    "05.01.2022",
    "01/05/2022",
    "14:00",
    "5-го",
]
TEXTS = st.one_of(
    st.text(max_size=60),
    st.text("0123456789./-,: гоTянв", max_size=24),
    st.text(st.characters(categories=["Cs", "Nd", "Mn", "Cf", "Lu", "So"]), max_size=20),
    st.lists(st.sampled_from(PIECES), max_size=10).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=10).map("".join),
)


@settings(deadline=None, max_examples=400)
@given(TEXTS, st.dates(date(1921, 1, 1), date(2100, 12, 31)))
def test_any_text_has_an_answer_that_holds_together(text: str, today: date) -> None:
    answer = parse(text, today)
    match answer.status:
        case DateStatus.OK:
            assert answer.start
            assert answer.start <= today
            assert answer.end is None
        case DateStatus.RANGE:
            assert answer.start
            assert answer.end
            assert answer.start < answer.end <= today
        case DateStatus.CONFIRM:
            assert answer.candidates[0] == DateSpan(answer.start or today, answer.end)
            assert len(set(answer.candidates)) == len(answer.candidates) <= 9
        case _:
            assert answer.start is answer.end is None
    assert bool(answer.candidates) == (answer.status is DateStatus.CONFIRM)


def test_what_only_dateparser_reads_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dates, "day_by_dateparser", lambda _text, _today: JAN_5)
    assert parse("nothing that is known") == DateAnswer(DateStatus.CONFIRM, JAN_5, candidates=(DateSpan(JAN_5),))
    assert parse("6 января").start == date(2022, 1, 6)
    assert parse("не знаю").status == DateStatus.UNKNOWN


def test_dateparser_reads_full_dates_and_makes_none_of_ages_hours_and_days_to_come() -> None:
    assert day_by_dateparser("5 января 2022", TODAY) == JAN_5
    for text in ("25 лет", "3 часа", "2 недели", "5 января 2032", "272", "14.30", "5 января 2022" + " и так" * 20):
        assert day_by_dateparser(text, TODAY) is None


@pytest.mark.parametrize(
    "text",
    ["1", "5 ", "5-", "5,", "5.", "05.01.", "1:", "5/", "'", "a", "\ud83d", "ﷺ", "on ", "не ", "5 января ", "вчера "],
)
def test_a_message_of_any_length_has_an_answer(text: str) -> None:
    assert parse((text * 4096)[:4096]).status not in {DateStatus.OK, DateStatus.RANGE}


def test_what_stands_behind_a_very_long_beginning_makes_doubt() -> None:
    assert parse("5 января, " + "слово " * 500).status == DateStatus.OK
    assert parse("5 января, " + "слово " * 700).status == DateStatus.CONFIRM
