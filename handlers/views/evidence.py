"""What is said of photos, voice messages and documents."""

from markupsafe import Markup

from bot.domain.errors import FileTooLarge, TooManyFiles
from bot.domain.evidence import LARGEST_FILE_MB, Counts, EvidenceKind
from bot.domain.receipt import Receipt
from bot.texts import Texts


def taken(kind: EvidenceKind, texts: Texts, *, receipt: Receipt | None = None) -> Markup:
    """Say what was received, and with which report it goes: the one being filled in, or one with a code."""
    goes_with = texts("evidence.with_draft") if receipt is None else texts("evidence.with_report", code=receipt)
    return Markup("{} {}").format(texts(f"evidence.received.{kind}"), goes_with)


def refused(error: FileTooLarge | TooManyFiles, texts: Texts) -> Markup:
    """Say why something was not even noted."""
    match error:
        case FileTooLarge():
            return texts("evidence.too_large", limit=LARGEST_FILE_MB)
        case TooManyFiles():
            return texts("evidence.too_many", limit=error.limit)


def files(counts: Counts, texts: Texts) -> Markup | None:
    """Say in one line how much is kept besides words; None where nothing is."""
    if not counts:
        return None
    listed = Markup(", ").join(texts.plural(f"files.{kind}", number) for kind, number in counts.items())
    return texts("files", files=listed)
