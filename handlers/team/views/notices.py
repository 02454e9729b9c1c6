"""How a notice reads that tells the group what came in: number, code, city, day, urgency, and where it stands."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from bot.domain.answer import days_of
from bot.domain.message import Say
from bot.domain.notice import NoticeState
from bot.services.notices import Notice, NoticeLine
from bot.texts import Catalogues, Texts
from handlers.views.answers import place_name
from handlers.views.pages import lines


@dataclass(frozen=True)
class NoticeMessages:
    """Notices in the group's language."""

    catalogues: Catalogues

    def notice(self, language: str, notice: Notice) -> Say:
        """Write a notice. It holds nobody's name, and of what was said only the place and the day as understood."""
        return Say(html=str(lines(_said(notice, self.catalogues.in_language(language)))))


def _said(notice: Notice, texts: Texts) -> Iterator[Markup]:
    yield texts.plural("notice.came_in", len(notice.lines) + notice.unlisted)
    for line in notice.lines:
        yield _line(line, texts)
    if notice.unlisted:
        yield texts("notice.more", number=notice.unlisted)
    if notice.unlisted or any(line.state is NoticeState.WAITING for line in notice.lines):
        yield texts("notice.how")


def _line(line: NoticeLine, texts: Texts) -> Markup:
    state = texts.plain(f"notice.state.{line.state}")
    if line.state is NoticeState.WITHDRAWN or line.receipt is None:
        return texts("notice.bare", report=line.report_id, state=state)
    place = texts.plain("queue.no_place") if line.place is None else place_name(line.place, texts)
    date = texts.plain("notice.no_date") if line.date is None else texts.days(*days_of(line.date))
    said = texts("notice.line", report=line.report_id, code=line.receipt, city=place, date=date, state=state)
    return texts("notice.urgent", line=said) if line.urgent else said
