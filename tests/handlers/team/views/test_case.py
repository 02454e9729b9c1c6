"""The page of a case: as long as it may be, it fits, and so do its buttons."""

from datetime import UTC, date, datetime

from markupsafe import Markup

from bot.domain.case import CaseStatus, StatusEntry
from bot.domain.evidence import EvidenceKind
from bot.domain.further_questions import ALL_QUESTIONS
from bot.services.case_page import CasePage, Joined, Said, Source, Statement
from bot.texts import Texts
from handlers.team.case_callbacks import CaseAction, CasePress, StatusDay, pack_case, unpack_case_press
from handlers.team.views import case as views
from handlers.team.views import case_menus as menus
from handlers.views.pages import LONGEST_TEXT, visible_length
from storage.case_records import Note, Tag
from storage.cases import CaseClaim
from tests.handlers.views.support import buttons, check_keyboard, report
from tests.storage.support import receipt, said

NOW = datetime(2022, 1, 6, 12, 0, tzinfo=UTC)
LONGEST_ID = 2**31 - 1
"""Two ids and a revision of ten digits are the most that a button has room for."""
REPORTS = [LONGEST_ID - number for number in range(60)]


def longest() -> CasePage:
    """Return a case of which everybody says something else, at length."""
    words = {one: said(f"{one} " + "слово " * 600) for one in REPORTS}
    sources = tuple(
        Source(report({}).model_copy(update={"report_id": one}), receipt(number), [], {EvidenceKind.PHOTO: 3})
        for number, one in enumerate(REPORTS)
    )
    return CasePage(
        claim=CaseClaim(LONGEST_ID, LONGEST_ID),
        until=NOW,
        status=CaseStatus.RELEASED,
        sources=sources,
        said=tuple(
            Said(question, tuple(Statement({one: answer}) for one, answer in words.items()))
            for question in ALL_QUESTIONS[:3]
        ),
        statuses=tuple(
            StatusEntry(LONGEST_ID, 1, status, "2022-01-05/2022-01-06", date(2022, 1, 6), one, "dana", NOW)
            for status in CaseStatus
            for one in (None, LONGEST_ID)
        ),
        notes=tuple(Note(1, "&" * 1000, "dana", NOW) for _ in range(5)),
        tags=tuple(Tag(f"{number:032x}", "ж" * 32) for number in range(50)),
        joined=tuple(Joined(number, LONGEST_ID, tuple(REPORTS)) for number in range(1, 40)),
        people={"dana": "Д" * 64},
        asked_for=7,
    )


def test_every_page_of_the_longest_case_fits_and_is_protected(texts: Texts) -> None:
    page, number = longest(), 0
    while True:
        shown = views.case_page(page, texts, number=number)
        assert shown.protected
        assert visible_length(Markup(shown.html)) <= LONGEST_TEXT  # noqa: S704  as Telegram counts it
        check_keyboard(shown.keyboard)
        turns = [unpack_case_press(data) for _, data in buttons(shown.keyboard)]
        if number + 1 not in [int(one.values[0]) for one in turns if one.action is CaseAction.PAGE]:
            break
        number += 1
    assert number > 3
    assert views.case_page(page, texts, number=9999) == views.case_page(page, texts, number=number)


def test_every_menu_of_the_longest_case_fits(texts: Texts) -> None:
    page = longest()
    differing = page.said[0]
    for keyboard in (
        menus.questions_keyboard(page, texts),
        menus.statements_keyboard(page, differing, texts),
        menus.statuses_keyboard(page, texts, mine=[LONGEST_ID]),
        menus.sources_keyboard(page, CaseStatus.SENTENCED, texts),
        menus.days_keyboard(page, CaseStatus.SENTENCED, str(LONGEST_ID), texts),
        menus.tags_keyboard(page, texts),
        menus.files_keyboard(page, texts),
        menus.join_keyboard(page, [LONGEST_ID], texts),
        menus.part_keyboard(page, texts),
    ):
        check_keyboard(keyboard)
    reports = [source.report for source in page.sources]
    for shown in (
        views.menu(page, texts, views.statements(differing, texts), ()),
        views.confirm_join(page, LONGEST_ID, reports, texts),
        views.confirm_part(page, 39, texts),
    ):
        assert visible_length(Markup(shown.html)) <= LONGEST_TEXT  # noqa: S704  as Telegram counts it


def test_a_button_is_read_as_it_was_written() -> None:
    claim = CaseClaim(LONGEST_ID, LONGEST_ID)
    for press in (
        CasePress(claim, CaseAction.CLOSE),
        CasePress(claim, CaseAction.STATUS, (CaseStatus.SENTENCED.value, "7", StatusDay.YESTERDAY.value)),
        CasePress(claim, CaseAction.UNTAG, (f"{7:032x}",)),
    ):
        assert unpack_case_press(pack_case(press)) == press
