import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.answer import Answer, Reading
from bot.services.digest import CityGroup, Digest, Entry
from bot.texts import Texts
from handlers.views import digest as views
from tests.bot.domain.support import said
from tests.handlers.views.support import MARKUP, WORST, everything, kinds, shown, worst_answers

END = datetime(2022, 1, 6, 14, 0, tzinfo=UTC)
SECRET = "UNMISTAKABLE"
ALMATY = Answer.pressed(value="almaty")
ASEL = Entry(
    {
        "name": said("Асель Бекова"),
        "city": ALMATY,
        "date": Answer(words=said("5.1.22").words, reading=Reading(value="2022-01-05")),
        "charge": said("ст. 272 УК"),
    }
)


def digest(*cities: CityGroup, reports: int = 1) -> Digest:
    return Digest(start=None, end=END, reports=reports, cities=cities)


def read(texts: Texts, *cities: CityGroup, reports: int = 1) -> str:
    return everything(views.digest_pages(digest(*cities, reports=reports), texts))


def test_a_digest_reads_so(english: Texts) -> None:
    bare = Entry({"name": said("Ерлан"), "city": Answer.skipped(), "charge": Answer.unknown()})
    elsewhere = Entry({"name": Answer.unknown(), "city": said("аул за рекой"), "date": said("после митинга")})
    found = read(
        english,
        CityGroup(place="almaty", named=(ASEL, bare), unnamed=3),
        CityGroup(place="semey", named=(), unnamed=1),
        CityGroup(place=None, named=(elsewhere,), unnamed=0),
        reports=7,
    )
    assert found.splitlines() == [
        "Detentions. Digest of 6 January, 20:00",
        "New reports: 7. From relatives and witnesses, not independently confirmed.",
        "",
        "Almaty: 5",
        "• Асель Бекова; detained 5 January 2022; charge: ст. 272 УК",
        "• Ерлан",
        "• and 3 more people, names not published",
        "",
        "Semey: 1",
        "• 1 person, name not published",
        "",
        "Other places: 1",
        "• name not known; аул за рекой",
    ]


def test_those_who_are_not_to_be_named_are_counted_and_no_more(texts: Texts) -> None:
    words = read(texts, CityGroup(place="almaty", named=(), unnamed=11), reports=11)
    sentences = [
        texts("digest.head", end=texts.moment(END)),
        texts.plural("digest.count", 11),
        texts.plural("digest.city", 11, city=texts.place("almaty")),
        texts.plural("digest.unnamed", 11),
    ]
    assert [line for line in words.splitlines() if line] == [sentence.striptags() for sentence in sentences]


def test_nothing_but_name_place_date_and_charge_is_ever_shown(texts: Texts) -> None:
    conditions = Answer(words=said(SECRET).words, reading=Reading(choices=("torture",)))
    entry = Entry({**ASEL.answers, "conditions": conditions})
    words = read(texts, CityGroup(place="almaty", named=(entry,), unnamed=0))
    assert SECRET not in words
    assert texts.plain("choice.conditions.torture") not in words
    assert words == read(texts, CityGroup(place="almaty", named=(ASEL,), unnamed=0))


@pytest.mark.parametrize("key", ["city", "date"])
def test_words_of_which_something_was_understood_are_not_shown(texts: Texts, key: str) -> None:
    values = {"city": "almaty", "date": "2022-01-05"}
    answer = Answer(words=said(SECRET).words, reading=Reading(value=values[key]))
    entry = Entry({"name": said("Асель"), key: answer})
    for place in ("almaty", None):
        assert SECRET not in read(texts, CityGroup(place=place, named=(entry,), unnamed=1))


@pytest.mark.parametrize("key", ["name", "city", "date", "charge"])
@pytest.mark.parametrize("answer", [Answer.skipped(), Answer.unknown()])
def test_what_was_not_answered_is_left_out(texts: Texts, key: str, answer: Answer) -> None:
    entry = Entry({"name": said("Асель"), key: answer})
    words = read(texts, CityGroup(place=None, named=(entry,), unnamed=0))
    expected = texts("digest.name_unknown") if key == "name" else "Асель"
    assert words.splitlines()[-1] == f"• {expected}"


@pytest.mark.parametrize("place", ["almaty", None])
@pytest.mark.parametrize("words", ["вчера ночью", "5-6.01", SECRET])
def test_a_day_that_was_not_read_is_never_printed(texts: Texts, place: str | None, words: str) -> None:
    entry = Entry({"name": said("Асель"), "date": said(words), "charge": said("272")})
    line = read(texts, CityGroup(place=place, named=(entry,), unnamed=0)).splitlines()[-1]
    assert line == f"• Асель; {texts('digest.charge', charge='272')}"


@pytest.mark.parametrize("written", ["вчера", "5.1.22"])
def test_a_day_that_was_read_is_printed_in_full_and_without_its_words(texts: Texts, written: str) -> None:
    date_read = Answer(words=said(written).words, reading=Reading(value="2022-01-05"))
    line = read(texts, CityGroup("almaty", (Entry({"name": said("Асель"), "date": date_read}),), 0)).splitlines()[-1]
    assert line == f"• Асель; {texts('digest.detained', date=texts.day(date(2022, 1, 5)))}"


@pytest.mark.parametrize("place", ["oral", "west_kazakhstan_region"])
def test_a_group_has_the_name_of_its_place_whatever_was_said_of_it(texts: Texts, place: str) -> None:
    city = Answer(words=said(SECRET).words, reading=Reading(value=place))
    words = read(texts, CityGroup(place, (Entry({"name": said("Асель"), "city": city}),), 0))
    assert words.splitlines()[-2:] == [f"{texts.place(place)}: 1", "• Асель"]


def test_places_in_free_words_stand_in_a_group_of_their_own(texts: Texts) -> None:
    named = (Entry({"name": said("Асель"), "city": said("аул за рекой")}), Entry({"name": said("Ерлан")}))
    words = read(texts, CityGroup(None, named, 1), reports=3)
    assert words.splitlines()[-4:] == [
        f"{texts.plain('digest.other_places')}: 3",
        "• Асель; аул за рекой",
        "• Ерлан",
        texts.plural("digest.more_unnamed", 1),
    ]


def test_signs_that_cannot_be_seen_are_not_published(texts: Texts) -> None:
    hidden = "\N{RIGHT-TO-LEFT OVERRIDE}\N{ZERO WIDTH SPACE}"
    entry = Entry({key: said(f"{hidden}x{hidden}") for key in ("name", "city", "charge")})
    words = read(texts, CityGroup(None, (entry,), 0))
    assert not set(words) & set(hidden)
    assert words.splitlines()[-1] == f"• x; x; {texts('digest.charge', charge='x')}"


@pytest.mark.parametrize("filling", WORST.values(), ids=WORST)
def test_many_people_with_the_longest_answers_fill_pages_that_can_be_sent(texts: Texts, filling: str) -> None:
    named = tuple(Entry(worst_answers(filling, understood=number % 2 == 0)) for number in range(20))
    pages = views.digest_pages(digest(CityGroup("almaty", named, 5), CityGroup(None, named, 0), reports=45), texts)
    assert len(pages) > 1
    entries = [line for line in everything(pages).splitlines() if line.startswith("•")]
    assert len(entries) == 41


@pytest.mark.parametrize("filling", MARKUP)
def test_what_a_reporter_wrote_is_shown_as_written_and_marks_nothing_up(texts: Texts, filling: str) -> None:
    def pages(words: str) -> CityGroup:
        named = Entry({key: said(words) for key in ("name", "city", "charge")})
        return CityGroup(place=None, named=(named,), unnamed=0)

    (page,) = views.digest_pages(digest(pages(filling)), texts)
    (plain,) = views.digest_pages(digest(pages("x")), texts)
    assert shown(page).count(filling) == 3
    assert kinds(page) == kinds(plain)


def test_a_person_takes_one_line_however_many_were_written(texts: Texts) -> None:
    named = Entry({"name": said("Асель\n\nБекова"), "charge": said("272\n\n• Ерлан", "257")})
    last = read(texts, CityGroup(place="almaty", named=(named,), unnamed=0)).splitlines()[-1]
    assert last.startswith("• Асель Бекова; ")
    assert last.endswith(" 272 • Ерлан 257")


def test_long_answers_are_shortened(texts: Texts) -> None:
    entry = Entry({key: said("ы" * 4096) for key in ("name", "city", "charge")})
    last = read(texts, CityGroup(place=None, named=(entry,), unnamed=0)).splitlines()[-1]
    charge = texts("digest.charge", charge="ы" * 199 + "…")
    assert last == f"• {'ы' * 119}…; {'ы' * 59}…; {charge}"


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 3)).filter(any), min_size=1, max_size=6))
def test_everyone_is_counted_once_and_pages_keep_their_order(english: Texts, groups: list[tuple[int, int]]) -> None:
    number = iter(range(10_000))
    cities = tuple(
        CityGroup("almaty", tuple(Entry({"name": said(f"Person-{next(number)}")}) for _ in range(named)), unnamed)
        for named, unnamed in groups
    )
    words = read(english, *cities, reports=sum(map(sum, groups)))
    people = [int(found) for found in re.findall(r"Person-(\d+)", words)]
    assert people == list(range(sum(named for named, _ in groups)))
    counts = [int(found) for found in re.findall(r"^Almaty: (\d+)$", words, re.MULTILINE)]
    assert counts == [sum(pair) for pair in groups]


def test_a_preview_says_first_that_nothing_was_posted(texts: Texts) -> None:
    made = digest(CityGroup("almaty", (ASEL,), 0))
    head, *rest = views.preview(made, texts)
    assert shown(head) == texts("digest.preview").striptags()
    assert rest == list(views.digest_pages(made, texts))


@pytest.mark.parametrize("number", [2, 3, 4, 9])
def test_a_preview_shows_three_pages_and_says_how_many_more_there_are(texts: Texts, number: int) -> None:
    filling = Entry({"name": said("ы" * 119), "charge": said("ы" * 199)})
    people = 1
    while len(views.digest_pages(made := digest(CityGroup("almaty", (filling,) * people, 0)), texts)) < number:
        people += 1
    every = list(views.digest_pages(made, texts))
    assert len(every) == number
    head, *rest = views.preview(made, texts)
    assert shown(head) == texts("digest.preview").striptags()
    assert rest[:3] == every[:3]
    assert [shown(more) for more in rest[3:]] == (
        [texts("digest.preview_more", number=number - 3)] if number > 3 else []
    )


def test_a_preview_of_nothing_says_so(texts: Texts) -> None:
    head, only = views.preview(digest(reports=0), texts)
    assert shown(head) == texts("digest.preview").striptags()
    assert shown(only) == texts("digest.empty").striptags()


def test_a_digest_can_be_forwarded_and_has_no_buttons(texts: Texts) -> None:
    for page in views.digest_pages(digest(CityGroup("almaty", (ASEL,), 0)), texts):
        assert not page.protected
        assert page.keyboard == ()
