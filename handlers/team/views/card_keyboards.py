"""The buttons under a card: what a coordinator can do with the report in hand."""

from collections.abc import Iterable, Sequence

from bot.domain.case import CaseStatus
from bot.domain.consent import Publishing
from bot.domain.message import Button, Keyboard
from bot.domain.report import RejectionReason
from bot.texts import Texts
from handlers.team.callbacks import CardAction, CardPress, pack_card
from handlers.team.views.case_menus import open_case_button
from storage.reports import Claim

PUBLISH_AT_MOST = {
    CardAction.APPROVE: Publishing.WITH_NAME,
    CardAction.APPROVE_INITIALS: Publishing.INITIALS,
    CardAction.APPROVE_UNNAMED: Publishing.WITHOUT_NAME,
}
"""What the buttons that approve let a digest show."""


def card_keyboard(claim: Claim, texts: Texts, *, publishing: Publishing, cases: Sequence[int] = ()) -> Keyboard:
    """Return the buttons under a card. A coordinator may publish less than the reporter agreed to, never more.

    `cases` are those that the report can be attached to: of the candidates beside it.
    """
    less = tuple(
        (_button(claim, texts.plain(f"button.approve.{at_most}"), action),)
        for action, at_most in PUBLISH_AT_MOST.items()
        if at_most.openness < publishing.openness
    )
    return (
        _row(claim, texts, CardAction.APPROVE_NEXT, CardAction.APPROVE),
        *_attach(claim, texts, cases),
        *less,
        _row(claim, texts, CardAction.REJECT, CardAction.ASK),
        _row(claim, texts, CardAction.RELEASE, CardAction.MORE),
    )


def more_keyboard(claim: Claim, texts: Texts, *, has_files: bool, is_lead: bool) -> Keyboard:
    """Return the buttons that are seldom needed, and the way back to the others."""
    files = (CardAction.FILES,) if has_files else ()
    history = (CardAction.HISTORY,) if is_lead else ()
    return (
        _row(claim, texts, CardAction.CORRECT, *files),
        _row(claim, texts, CardAction.BLOCK, *history),
        _row(claim, texts, CardAction.BACK),
    )


def update_keyboard(
    claim: Claim, texts: Texts, *, has_case: bool, up_to: int, statuses: Iterable[CaseStatus] = ()
) -> Keyboard:
    """Return the buttons under what is new of a decided report. `up_to` is the last addition that the card shows.

    `statuses` are what became of the person by what is new: one tap each writes it into the case.
    """
    case = (CardAction.CASE,) if has_case else ()
    seen = (CardAction.SEEN_NEXT, CardAction.SEEN)
    became = (
        (texts.plain("button.seen_status", status=texts.plain(f"case.status.{one}")), f"{one}:{up_to}")
        for one in statuses
        if has_case
    )
    return (
        *((_button(claim, shown, CardAction.SEEN_STATUS, value),) for shown, value in became),
        tuple(_button(claim, texts.plain(_TEXTS[action]), action, str(up_to)) for action in seen),
        _row(claim, texts, *case, CardAction.RELEASE),
    )


def block_keyboard(claim: Claim, texts: Texts) -> Keyboard:
    """Return the buttons that ask once more before a reporter is blocked."""
    return (_row(claim, texts, CardAction.BLOCK_SURE), _row(claim, texts, CardAction.BACK))


def reasons_keyboard(claim: Claim, texts: Texts) -> Keyboard:
    """Return the buttons that give a reason for rejecting."""
    reasons = tuple(
        (_button(claim, texts.plain(f"reason.{reason}"), CardAction.REASON, reason),) for reason in RejectionReason
    )
    return (*reasons, _row(claim, texts, CardAction.BACK))


def _attach(claim: Claim, texts: Texts, cases: Sequence[int]) -> Keyboard:
    return tuple(
        (
            _button(claim, texts.plain("button.attach", case=case), CardAction.ATTACH, str(case)),
            open_case_button(case, texts),
        )
        for case in dict.fromkeys(cases)
    )


def _row(claim: Claim, texts: Texts, *actions: CardAction) -> tuple[Button, ...]:
    return tuple(_button(claim, texts.plain(_TEXTS[action]), action) for action in actions)


def _button(claim: Claim, shown: str, action: CardAction, value: str = "") -> Button:
    return Button(text=shown, callback_data=pack_card(CardPress(claim, action, value)))


_TEXTS = {
    CardAction.APPROVE_NEXT: "button.approve_next",
    CardAction.APPROVE: "button.approve",
    CardAction.REJECT: "button.reject",
    CardAction.ASK: "button.ask",
    CardAction.BACK: "button.back",
    CardAction.RELEASE: "button.release",
    CardAction.MORE: "button.more",
    CardAction.CORRECT: "button.correct",
    CardAction.FILES: "button.files",
    CardAction.HISTORY: "button.history",
    CardAction.BLOCK: "button.block",
    CardAction.BLOCK_SURE: "button.block_sure",
    CardAction.SEEN: "button.seen",
    CardAction.SEEN_NEXT: "button.seen_next",
    CardAction.CASE: "button.open_case",
}
"""The texts of the buttons that carry nothing besides."""
