"""What was sent besides words, as it is opened: each piece a message of its own."""

from datetime import datetime

from markupsafe import Markup

from bot.domain.evidence import EvidenceState, Piece
from bot.domain.message import Button, File, Say
from bot.texts import Texts
from bot.understanding.reading import visible
from handlers.views.pages import lines, shorten

_LONGEST_CAPTION = 600
"""Characters; what stands below a file may have 1,024 (Telegram's limit)."""


def piece_message(piece: Piece, texts: Texts) -> File | Say:
    """Show a piece: the file itself, a place or a contact in words, or why there is nothing to be shown."""
    contents = piece.contents
    head = _head(piece, texts)
    below = lines([head, Markup("{}").format(shorten(visible(contents.caption), limit=_LONGEST_CAPTION))])
    html = str(below if contents.caption else head)
    if contents.place is not None:
        place = contents.place
        named = ", ".join(filter(None, (place.title, place.address)))
        words = texts("files.place", latitude=place.latitude, longitude=place.longitude, named=named)
        return Say(html=str(lines([head, words])), protected=True)
    if contents.contact is not None:
        words = texts("files.contact_card", name=contents.contact.name, phone=contents.contact.phone)
        return Say(html=str(lines([head, words])), protected=True)
    if piece.state is EvidenceState.KEPT:
        gone = lines([head, texts("files.not_opened")])
        return File(evidence_id=piece.evidence_id, html=html, otherwise=str(gone))
    key = "files.not_there_yet" if piece.state is EvidenceState.WAITING else "files.not_kept"
    return Say(html=str(lines([Markup(html), texts(key)])), protected=True)  # noqa: S704  made of markup above


def more(left: int, data: str, texts: Texts) -> Say:
    """Say how many more there are, with the button that shows them."""
    button = Button(text=texts.plain("button.more_files"), callback_data=data)
    return Say(html=str(texts.plural("files.left", left)), keyboard=((button,),))


def none(texts: Texts) -> str:
    """Say that nothing was sent besides words. Plain text."""
    return texts.plain("toast.no_files")


def _head(piece: Piece, texts: Texts) -> Markup:
    at: datetime = piece.received_at
    kind = texts.plain(f"evidence.kind.{piece.kind}")
    return texts("files.head", report=piece.report_id, kind=kind, at=texts.moment(at))
