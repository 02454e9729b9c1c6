"""The buttons of a case's page, and the menus that some of them open in its place."""

from collections.abc import Iterable, Sequence

from bot.domain.case import CaseStatus
from bot.domain.message import Button, Keyboard
from bot.services.case_page import CasePage, Said
from bot.texts import Texts
from handlers.team.case_callbacks import CaseAction, CasePress, StatusDay, pack_case, pack_open_case
from handlers.views.answers import label
from handlers.views.pages import shorten

TEAM = "0"
"""The source of a status that no report tells of."""
_MOST_BUTTONS = 24
"""Buttons of one kind in a menu."""
_LONGEST = 28
"""Characters that a narrow phone shows of a button."""


def page_keyboard(page: CasePage, texts: Texts, *, number: int, of: int) -> Keyboard:
    """Return the buttons under a page of a case, which is the page `number` (from 0) of so many."""
    turns = []
    if number > 0:
        turns.append(_button(page, texts.plain("button.page_before"), CaseAction.PAGE, str(number - 1)))
    if number + 1 < of:
        turns.append(_button(page, texts.plain("button.page_after"), CaseAction.PAGE, str(number + 1)))
    pick = (CaseAction.PICK,) if any(said.differs for said in page.said) else ()
    files = (CaseAction.FILES,) if any(source.files for source in page.sources) else ()
    part = (CaseAction.PART,) if page.joined else ()
    return _filled(
        tuple(turns),
        _row(page, texts, *pick, CaseAction.STATUS),
        _row(page, texts, CaseAction.NOTE, CaseAction.TAGS),
        _row(page, texts, *files, CaseAction.JOIN),
        _row(page, texts, *part, CaseAction.CLOSE),
    )


def questions_keyboard(page: CasePage, texts: Texts) -> Keyboard:
    """Return a button for each question to which the reports say different things."""
    differing = [said.question for said in page.said if said.differs]
    return _menu(page, texts, ((label(one, texts), CaseAction.PICK, one.key) for one in differing))


def statements_keyboard(page: CasePage, said: Said, texts: Texts) -> Keyboard:
    """Return a button for each statement to a question, by the first report that makes it."""
    key = said.question.key
    firsts = [next(iter(statement.answers)) for statement in said.statements]
    shown = ((_report(one, texts), CaseAction.PICK, f"{key}:{one}") for one in firsts[:_MOST_BUTTONS])
    return _menu(page, texts, shown)


def statuses_keyboard(page: CasePage, texts: Texts, *, mine: Sequence[int]) -> Keyboard:
    """Return a button for each status; `mine` are the entries that can be taken back."""
    new = [(texts.plain(f"case.status.{status}"), CaseAction.STATUS, status.value) for status in CaseStatus]
    back = [
        (texts.plain("button.unsay", status=texts.plain(f"case.status.{one.status}")), CaseAction.UNSAY, one.status_id)
        for one in page.statuses
        if one.status_id in mine
    ]
    return _menu(page, texts, [*new, *((shown, action, str(one)) for shown, action, one in back[-_MOST_BUTTONS:])])


def sources_keyboard(page: CasePage, status: CaseStatus, texts: Texts) -> Keyboard:
    """Return a button for each report that may be the source of a status, and one for none of them."""
    ids = [source.report.report_id for source in page.sources if source.receipt is not None][-_MOST_BUTTONS:]
    shown = [(_report(one, texts), CaseAction.STATUS, f"{status}:{one}") for one in ids]
    return _menu(page, texts, [*shown, (texts.plain("button.of_the_team"), CaseAction.STATUS, f"{status}:{TEAM}")])


def days_keyboard(page: CasePage, status: CaseStatus, source: str, texts: Texts) -> Keyboard:
    """Return the buttons that say when it was."""
    days = ((texts.plain(f"button.day.{day}"), CaseAction.STATUS, f"{status}:{source}:{day}") for day in StatusDay)
    return _menu(page, texts, days)


def tags_keyboard(page: CasePage, texts: Texts) -> Keyboard:
    """Return a button that takes off each tag, and one that asks for another."""
    tags = [(shorten(f"✕ {tag.text}", limit=_LONGEST), CaseAction.UNTAG, tag.key) for tag in page.tags[-_MOST_BUTTONS:]]
    return _menu(page, texts, [*tags, (texts.plain("button.add_tag"), CaseAction.TAG, "")])


def files_keyboard(page: CasePage, texts: Texts) -> Keyboard:
    """Return a button for each report with which something was sent besides words."""
    ids = [source.report.report_id for source in page.sources if source.files][-_MOST_BUTTONS:]
    return _menu(page, texts, ((_report(one, texts), CaseAction.FILES, str(one)) for one in ids))


def join_keyboard(page: CasePage, cases: Iterable[int], texts: Texts) -> Keyboard:
    """Return a button for each case that may be the same person's, and one that asks for another number."""
    shown = [(texts.plain("button.case", case=case), CaseAction.JOIN, str(case)) for case in cases]
    return _menu(page, texts, [*shown, (texts.plain("button.case_number"), CaseAction.JOIN_OTHER, "")])


def confirm_keyboard(page: CasePage, action: CaseAction, case_id: int, texts: Texts) -> Keyboard:
    """Return the button that joins or parts a case, and the way back."""
    key = "button.join_confirmed" if action is CaseAction.JOIN else "button.part_confirmed"
    return _menu(page, texts, [(texts.plain(key), action, f"{case_id}:yes")])


def part_keyboard(page: CasePage, texts: Texts) -> Keyboard:
    """Return a button for each case that is joined into this one."""
    joined = page.joined[-_MOST_BUTTONS:]
    shown = ((texts.plain("button.case", case=one.case_id), CaseAction.PART, str(one.case_id)) for one in joined)
    return _menu(page, texts, shown)


def open_case_button(case_id: int, texts: Texts) -> Button:
    """Return the button that opens a case."""
    return Button(text=texts.plain("button.case", case=case_id), callback_data=pack_open_case(case_id))


def _menu(page: CasePage, texts: Texts, buttons: Iterable[tuple[str, CaseAction, str]]) -> Keyboard:
    shown = [_button(page, text, action, value) for text, action, value in buttons]
    rows = (tuple(shown[first : first + 2]) for first in range(0, len(shown), 2))
    return (*rows, (_button(page, texts.plain("button.back"), CaseAction.PAGE, "0"),))


def _row(page: CasePage, texts: Texts, *actions: CaseAction) -> tuple[Button, ...]:
    return tuple(_button(page, texts.plain(_TEXTS[action]), action) for action in actions)


def _filled(*rows: tuple[Button, ...]) -> Keyboard:
    return tuple(row for row in rows if row)


def _button(page: CasePage, shown: str, action: CaseAction, value: str = "") -> Button:
    values = tuple(value.split(":")) if value else ()
    return Button(text=shown, callback_data=pack_case(CasePress(page.claim, action, values)))


def _report(report_id: int, texts: Texts) -> str:
    return texts.plain("button.report", report=report_id)


_TEXTS = {
    CaseAction.PICK: "button.pick",
    CaseAction.STATUS: "button.status",
    CaseAction.NOTE: "button.note",
    CaseAction.TAGS: "button.tags",
    CaseAction.FILES: "button.files",
    CaseAction.JOIN: "button.join",
    CaseAction.PART: "button.part",
    CaseAction.CLOSE: "button.close_case",
}
"""The texts of the buttons under a page."""
