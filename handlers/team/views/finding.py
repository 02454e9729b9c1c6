"""What was found: what was understood, a line a report, and the buttons that turn the pages."""

from collections.abc import Iterator

from markupsafe import Markup

from bot.domain.further_questions import STATUS
from bot.domain.message import Button, Keyboard, Say
from bot.domain.report import Report
from bot.services.finding import Found
from bot.texts import Texts
from bot.understanding.search_words import Sought
from handlers.team.callbacks import pack_open, pack_page
from handlers.team.views.candidates import who_and_where

_BUTTONS_IN_A_ROW = 4


def ask(texts: Texts) -> Say:
    """Ask what to look for."""
    return Say(html=str(texts("find.ask")), asks_for_reply=True)


def found(page: Found, texts: Texts) -> Say:
    """Show a page of what was found. It holds names: it cannot be forwarded."""
    lines = [texts("find.understood", what="; ".join(_understood(page.sought, texts))), Markup()]
    lines += [_line(report, page.cases.get(report.report_id), texts) for report in page.reports]
    if not page.reports:
        lines.append(texts("find.nothing"))
    if page.back_to is not None and page.has_more:
        lines += [Markup(), texts("find.back_to", report=page.back_to)]
    return Say(html=str(Markup("\n").join(lines)), protected=True, keyboard=_keyboard(page, texts))


def _understood(sought: Sought, texts: Texts) -> Iterator[str]:
    if sought.report_id is not None:
        yield texts.plain("find.by.number", value=sought.report_id)
    if sought.receipt is not None:
        yield texts.plain("find.by.code", value=str(sought.receipt))
    if sought.name:
        yield texts.plain("find.by.name", value=sought.name)
    if sought.city:
        yield texts.plain("find.by.city", value=texts.place(sought.city))
    if sought.days:
        yield texts.plain("find.by.days", value=texts.short_days(*sought.days))
    for charge in sought.charges:
        yield texts.plain("find.by.charge", value=texts.short_charge(charge))
    if sought.decision:
        yield texts.plain("find.by.state", value=texts.plain(f"find.state.{sought.decision}"))
    if sought.status:
        yield texts.plain("find.by.state", value=texts.plain(f"choice.{STATUS}.{sought.status}"))


def _line(report: Report, case: int | None, texts: Texts) -> Markup:
    state = texts.plain(f"find.state.{report.decision or 'waiting'}")
    if case is not None:
        state = texts.plain("find.of_case", state=state, case=case)
    return texts("find.line", report=report.report_id, who=who_and_where(report, texts), state=state)


def _keyboard(page: Found, texts: Texts) -> Keyboard:
    opens = [Button(text=f"№ {report.report_id}", callback_data=pack_open(report.report_id)) for report in page.reports]
    rows = [tuple(opens[start : start + _BUTTONS_IN_A_ROW]) for start in range(0, len(opens), _BUTTONS_IN_A_ROW)]
    turns = []
    if page.page > 0:
        turns.append(Button(text=texts.plain("button.newer"), callback_data=pack_page(page.search_id, page.page - 1)))
    if page.has_more:
        key = "button.search_on" if page.back_to is not None else "button.older"
        turns.append(Button(text=texts.plain(key), callback_data=pack_page(page.search_id, page.page + 1)))
    return (*rows, *((tuple(turns),) if turns else ()))
