"""What is said of a draft that nobody goes on with. No answer is repeated: others may look at the phone."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.message import Say
from bot.texts import Catalogues
from handlers.views.keyboards import reminder_keyboard
from handlers.views.pages import lines


@dataclass(frozen=True)
class DraftMessages:
    """The messages about drafts, in each person's language."""

    catalogues: Catalogues

    def reminder(self, language: str, *, screen: int, expires_at: datetime | None) -> Say:
        """Say that a report is not finished, how to go on or to delete it, and the day on which it will be deleted."""
        texts = self.catalogues.in_language(language)
        said = texts("draft.reminder")
        if expires_at is not None:
            day = texts.day(expires_at.astimezone(texts.zone).date())
            said = lines([said, texts("draft.until", day=day)])
        return Say(html=str(said), keyboard=reminder_keyboard(screen, texts))

    def deleted(self, language: str) -> Say:
        """Say that a draft was deleted, and that one can begin anew."""
        return Say(html=str(self.catalogues.in_language(language)("draft.deleted")))
