"""What is said when a claim's time is over, and to a reporter of whose report a decision stands."""

from dataclasses import dataclass

from bot.domain.message import Retract, Say
from bot.domain.receipt import Receipt
from bot.domain.report import Decision
from bot.texts import Catalogues
from handlers.team.callbacks import card_of, found_of
from handlers.team.views.case import taken_away
from handlers.views.interview import status


@dataclass(frozen=True)
class RoundsMessages:
    """The messages, in each person's language."""

    catalogues: Catalogues

    def lapsed(self, language: str, report_id: int) -> Retract:
        """Take the card of a report off its holder's screen, and say that the time is over."""
        words = self.catalogues.in_language(language)("card.lapsed", report=report_id)
        return Retract(about=card_of(report_id), html=str(words))

    def case_lapsed(self, language: str, case_id: int) -> Retract:
        """Take a case off the screen of whoever had it open, and say that the time is over."""
        return taken_away(case_id, self.catalogues.in_language(language)("case.lapsed", case=case_id))

    def looked_at(self, language: str, search_id: int, about: str | None) -> Retract:
        """Take off a screen what was only looked at, and say that its time is over."""
        words = self.catalogues.in_language(language)("looked_at.over")
        return Retract(about=about or found_of(search_id), html=str(words))

    def decided(self, language: str, receipt: Receipt, decision: Decision) -> Say:
        """Tell a reporter what became of a report, in the neutral words that /status uses."""
        return status(receipt, decision, self.catalogues.in_language(language))
