"""What the button of the queue carries that closes a case which another has open."""

from handlers.callbacks import number
from handlers.team.callbacks import QueueAction, QueuePress
from storage.cases import CaseClaim


def broken_case(opened: CaseClaim) -> QueuePress:
    """Return the button that closes a case that another has open."""
    return QueuePress(QueueAction.BREAK_CASE, f"{opened.case_id}:{opened.revision}")


def case_to_break(press: QueuePress) -> CaseClaim:
    """Return what a button closes for another.

    Raises:
        ValueError: this bot never made such a button.
    """
    case_id, revision = press.value.split(":")
    return CaseClaim(number(case_id), number(revision))
