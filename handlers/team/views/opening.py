"""A decided report, to look at: whom it is about, and what was decided. Who reported it is not shown."""

from collections.abc import Iterator

from markupsafe import Markup, escape

from bot.domain.message import Button, Say
from bot.services.opening import Settled
from bot.texts import Texts
from bot.understanding.reading import visible
from handlers.team.callbacks import CardAction, CardPress, pack_card, pack_undo
from handlers.team.views.candidates import who_and_where
from handlers.team.views.case_menus import open_case_button
from handlers.views.pages import lines
from storage.reports import Claim


def settled(opened: Settled, texts: Texts, *, is_lead: bool) -> Say:
    """Show a decided report in one message."""
    html = lines(_lines(opened, texts))
    buttons = list(_buttons(opened, texts, is_lead=is_lead))
    rows = tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))
    return Say(html=str(html), protected=True, keyboard=rows)


def _lines(opened: Settled, texts: Texts) -> Iterator[Markup]:
    report, made = opened.report, opened.made
    yield texts("card.head", report=report.report_id)
    yield escape(who_and_where(report, texts))
    yield Markup()
    by = opened.decided_by or texts.plain("coordinator.nameless")
    yield texts(f"settled.{made.decision}", at=texts.moment(made.decided_at), who=by)
    if made.case_id is not None:
        yield texts("settled.case", case=made.case_id)
    if report.reason is not None:
        yield texts("settled.reason", reason=texts.plain(f"reason.{report.reason}"))
    if report.reason_words:
        yield texts("settled.note", words=visible(report.reason_words))


def _buttons(opened: Settled, texts: Texts, *, is_lead: bool) -> Iterator[Button]:
    report, made = opened.report, opened.made
    claim = Claim(report.report_id, report.revision)
    if made.case_id is not None:
        yield open_case_button(made.case_id, texts)
    if opened.may_undo:
        yield Button(text=texts.plain("button.undo"), callback_data=pack_undo(report.report_id, made.decision_id))
    if is_lead:
        yield _button(claim, texts.plain("button.history"), CardAction.HISTORY)
    yield _button(claim, texts.plain("button.close"), CardAction.CLOSE)


def _button(claim: Claim, shown: str, action: CardAction) -> Button:
    return Button(text=shown, callback_data=pack_card(CardPress(claim, action)))
