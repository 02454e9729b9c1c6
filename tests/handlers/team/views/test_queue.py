"""What /queue shows, and what the group is told: always one message, and nobody's name where many can read it."""

from datetime import UTC, date, datetime

import pytest

from bot.domain.errors import QueueEmpty
from bot.domain.notice import MOST_LINES, NoticeState
from bot.domain.receipt import Receipt
from bot.services.notices import Notice, NoticeLine
from bot.services.overview import CaseInHand, CityLine, InHand, LongestWaiting, Overview
from bot.texts import Catalogues, Texts
from bot.understanding.country import Country
from handlers.team.callbacks import NEXT, QueueAction, QueuePress, pack_queue, unpack_queue
from handlers.team.views import queue as views
from handlers.team.views.notices import NoticeMessages
from storage.cases import CaseClaim, OpenCase
from storage.queue import Held
from storage.reports import Claim
from tests.handlers.views.support import LONGEST_ID, buttons, check_keyboard, shown, units

MOMENT = datetime(2022, 1, 5, 8, 20, tzinfo=UTC)
PLACES = tuple(Country.load("kz").places.places_by_key)
LONGEST_NAME = "W" * 64
OWN, OTHER = "a" * 32, "b" * 32


def in_hand(report_id: int, holder: str | None, *, key: str = OTHER) -> InHand:
    return InHand(Held(Claim(report_id, 3), key, since=MOMENT, until=MOMENT), holder)


def open_case(case_id: int, holder: str | None, *, key: str = OTHER) -> CaseInHand:
    return CaseInHand(OpenCase(CaseClaim(case_id, 3), key, until=MOMENT), holder)


def small() -> Overview:
    return Overview(
        cities=(CityLine("semey", 3, 1, 2, 1), CityLine(None, 1, 0, 0, 0)),
        in_hand=(in_hand(17, "Dana"), in_hand(18, "Askar", key=OWN)),
        asked=2,
        held_back=5,
        oldest=LongestWaiting(12, MOMENT, "semey"),
        open_cases=(open_case(5, "Dana"), open_case(6, "Askar", key=OWN)),
    )


def largest() -> Overview:
    """Return a queue of all places, with twice as much in hand as is shown."""
    return Overview(
        cities=tuple(CityLine(place, 9999, 999, 999, 999) for place in (None, *PLACES)),
        in_hand=tuple(in_hand(LONGEST_ID - number, LONGEST_NAME) for number in range(40)),
        asked=9999,
        held_back=9999,
        oldest=LongestWaiting(LONGEST_ID, MOMENT, PLACES[0]),
        open_cases=tuple(open_case(LONGEST_ID - number, LONGEST_NAME) for number in range(40)),
    )


def test_the_queue_reads_so(english: Texts) -> None:
    seen = views.queue_for_coordinator(small(), english, own=OWN, breaks=True, cares=True)
    assert shown(seen).splitlines() == [
        "4 reports are waiting.",
        "Urgent: 1. In coordinators' hands: 2.",
        "Waiting for their reporters' answers: 2.",
        "The oldest: no. 12, Semey, since 5 January, 14:20.",
        "",
        "• Semey: 3 (urgent 1, over an hour 2, over a day 1)",
        "• place not recognised: 1",
        "Held back, of blocked people: 5.",
        "",
        "In hand:",
        "no. 17: Dana, since 5 January, 14:20",
        "no. 18: Askar, since 5 January, 14:20",
        "",
        "Open cases:",
        "no. 5: Dana, until 5 January, 14:20",
        "no. 6: Askar, until 5 January, 14:20",
    ]
    assert buttons(seen.keyboard) == [
        ("Next report", NEXT),
        ("Any city", "q:any"),
        ("Semey · 3", "q:city:semey"),
        ("Take no. 17 from Dana", "q:break:17:3"),
        ("Close case 5: Dana", "q:shut:5:3"),
    ]


def test_who_is_shown_no_reports_sees_figures_and_no_name(texts: Texts) -> None:
    seen = views.queue(small(), texts)
    assert not [word for word in ("Dana", "Askar", "17", "18") if word in shown(seen)]
    assert seen.keyboard == ()


def test_who_is_no_lead_takes_nothing_out_of_anybodys_hands(texts: Texts) -> None:
    seen = views.queue_for_coordinator(small(), texts, own=OWN, breaks=False, cares=False)
    actions = [unpack_queue(data).action for _, data in buttons(seen.keyboard)]
    assert actions == [QueueAction.NEXT, QueueAction.CITY]
    assert texts("queue.open_cases").striptags() not in shown(seen)


def test_the_largest_queue_is_one_message(texts: Texts) -> None:
    seen = views.queue_for_coordinator(largest(), texts, own=OWN, breaks=True, cares=True)
    assert units(shown(seen)) <= 4096
    check_keyboard(seen.keyboard)
    assert all(len(label) <= 28 for label, _ in buttons(seen.keyboard))
    assert str(9999 * (len(PLACES) + 1)) in shown(seen)
    assert str(9999 * (len(PLACES) + 1 - 15)) in shown(seen)


def test_an_empty_queue_has_no_button(texts: Texts) -> None:
    nothing = Overview(cities=(), in_hand=(), asked=0, held_back=0, oldest=None)
    seen = views.queue_for_coordinator(nothing, texts, own=OWN, breaks=True, cares=True)
    assert shown(seen) == texts("queue.empty").striptags()
    assert seen.keyboard == ()


def test_where_nothing_of_ones_cities_is_free_one_can_go_on_elsewhere(texts: Texts) -> None:
    elsewhere = views.nothing_to_claim(QueueEmpty(claimed_by_others=7, elsewhere=31), texts)
    assert "31" in shown(elsewhere)
    assert [data for _, data in buttons(elsewhere.keyboard)] == ["q:any"]
    assert "7" in shown(views.nothing_to_claim(QueueEmpty(claimed_by_others=7), texts))
    empty = views.nothing_to_claim(QueueEmpty(claimed_by_others=0), texts)
    assert shown(empty) == texts("queue.empty").striptags()


@pytest.mark.parametrize("place", PLACES)
def test_every_city_fits_into_a_button(place: str) -> None:
    press = QueuePress(QueueAction.CITY, place)
    assert unpack_queue(pack_queue(press)) == press
    assert len(pack_queue(press)) <= 64


def test_a_notice_reads_so(catalogues: Catalogues, english: Texts) -> None:
    code = Receipt("KBGKBM3J8")
    lines = (
        NoticeLine(17, code, place="semey", date="2022-01-05/2022-01-06", urgent=True, state=NoticeState.CLAIMED),
        NoticeLine(18, code, place=None, date=None, urgent=False, state=NoticeState.WAITING),
        NoticeLine(19, None, place=None, date=None, urgent=False, state=NoticeState.WITHDRAWN),
    )
    notice = NoticeMessages(catalogues).notice("en", Notice(lines, unlisted=4))
    assert shown(notice).splitlines() == [
        "New reports: 7",
        f"Urgent · no. 17 · {code} · Semey · {english.days(date(2022, 1, 5), date(2022, 1, 6))} · in hand",
        f"no. 18 · {code} · place not recognised · day not clear · waiting",
        "no. 19 · withdrawn by its reporter",
        "and 4 more, see /queue",
        "To take the next one, send me /next in our private chat.",
    ]


@pytest.mark.parametrize("state", NoticeState)
def test_the_longest_notice_is_one_message(catalogues: Catalogues, texts: Texts, state: NoticeState) -> None:
    longest = max(PLACES, key=lambda place: len(texts.place(place)))
    line = NoticeLine(LONGEST_ID, Receipt("KBGKBM3J8"), longest, "2021-12-31/2022-01-01", urgent=True, state=state)
    notice = NoticeMessages(catalogues).notice(texts.language, Notice((line,) * MOST_LINES, unlisted=9999))
    assert units(shown(notice)) <= 4096
