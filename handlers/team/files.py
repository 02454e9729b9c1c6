"""Opening what was sent besides words: under a report's card, and beside the page of a case. Each piece is logged."""

from collections.abc import Callable, Sequence

from bot.domain.audit import AuditAct
from bot.domain.evidence import EvidenceState, Piece
from bot.domain.message import Retract
from handlers.callbacks import number
from handlers.context import BotContext
from handlers.team.callbacks import CardAction, CardPress, pack_about, pack_card
from handlers.team.notices import take_away
from handlers.team.views import files as views
from storage.outgoing import Priority
from storage.reports import Claim

_AT_ONCE = 10
_CARD = "card"


async def show_card_files(context: BotContext, press: CardPress) -> None:
    """Show what was sent with a report to the coordinator who has it in hand.

    Raises:
        NotYours: that is not so.
        ValueError: the button is none of ours.
    """
    report = await context.moderation.held(await context.coordinator(), press.claim)
    pieces = (await context.turn.work.evidence.of_reports([report.report_id]))[report.report_id]
    await show_pieces(
        context,
        pieces,
        about=_files_of_card(press.claim),
        skip=number(press.value or "0"),
        onward=lambda skip: pack_card(CardPress(press.claim, CardAction.FILES, str(skip))),
    )


async def show_pieces(
    context: BotContext,
    pieces: Sequence[Piece],
    *,
    about: str,
    skip: int,
    onward: Callable[[int], str],
    case_id: int | None = None,
) -> None:
    """Show some pieces, each in a message of its own; `onward` writes the button that shows those after so many."""
    if not pieces[skip:]:
        return context.toast(views.none(context.texts))
    coordinator = await context.coordinator()
    for piece in pieces[skip : skip + _AT_ONCE]:
        if piece.state is EvidenceState.KEPT:
            context.turn.work.audit.note(
                coordinator,
                AuditAct.READ_EVIDENCE,
                report_id=piece.report_id,
                case_id=case_id,
                evidence=piece.evidence_id,
            )
        context.turn.say(views.piece_message(piece, context.texts), priority=Priority.COORDINATORS, about=about)
    left = len(pieces) - skip - _AT_ONCE
    if left > 0:
        context.turn.say(
            views.more(left, onward(skip + _AT_ONCE), context.texts), priority=Priority.COORDINATORS, about=about
        )
    return None


async def take_files_away(context: BotContext, claim: Claim) -> None:
    """Take the files of a report's card off the screen, those too that are on their way."""
    about = _files_of_card(claim)
    if not await context.turn.work.outbox.shown_about(context.chat, about):
        return
    retract = Retract(about=about, html=str(context.texts("taken_away")), deletes=True)
    await take_away(context, context.chat, retract, once=f"files_taken:{about}:{context.turn.update_id}")


def _files_of_card(claim: Claim) -> str:
    """Return what the files are about that were opened under a card; it begins as the card itself does."""
    return f"{pack_about(claim, _CARD)}:files"
