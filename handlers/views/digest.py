"""The digest's pages."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from bot.domain.answer import Answer, AnswerState
from bot.domain.message import Say
from bot.domain.questionnaire import QUESTIONNAIRE
from bot.services.digest import CityGroup, Digest, Entry
from bot.texts import Texts
from bot.understanding.private_numbers import without_private_numbers
from handlers.views.answers import place_name, understood
from handlers.views.pages import pages, shorten

_PREVIEWED = 3
"""Pages of a preview; the digest itself is posted whole."""
_SHOWN = {"name": 120, "city": 60, "date": 60, "charge": 200}
"""How much of each answer a line of the digest takes, in characters."""


def digest_pages(digest: Digest, texts: Texts) -> Sequence[Say]:
    """Return the messages of a digest, each within Telegram's limit."""
    return [Say(html=str(page)) for page in pages(_lines(digest, texts))]


def preview(digest: Digest, texts: Texts) -> Sequence[Say]:
    """Return the digest as it would be posted, behind a line that says that it was not."""
    head = Say(html=str(texts("digest.preview")))
    if not digest.cities:
        return [head, Say(html=str(texts("digest.empty")))]
    every = digest_pages(digest, texts)
    shown, left = every[:_PREVIEWED], len(every) - _PREVIEWED
    more = [Say(html=str(texts("digest.preview_more", number=left)))] if left > 0 else []
    return [head, *shown, *more]


def _lines(digest: Digest, texts: Texts) -> Iterator[Markup]:
    yield texts("digest.head", end=texts.moment(digest.end))
    yield texts.plural("digest.count", digest.reports)
    for group in digest.cities:
        yield Markup()
        people = len(group.named) + group.unnamed
        yield texts.plural("digest.city", people, city=_city(group, texts))
        for entry in group.named:
            yield texts("digest.entry", line=_entry(group, entry, texts))
        if group.unnamed:
            key = "digest.more_unnamed" if group.named else "digest.unnamed"
            yield texts.plural(key, group.unnamed)


def _city(group: CityGroup, texts: Texts) -> str:
    return texts.plain("digest.other_places") if group.place is None else place_name(group.place, texts)


def _entry(group: CityGroup, entry: Entry, texts: Texts) -> Markup:
    parts = [_who(entry, texts)]
    if group.place is None and (city := _given(entry.answers.get("city"))):
        parts.append(Markup("{}").format(_shown("city", city, texts)))
    date = entry.answers.get("date")
    if date is not None and date.reading.value:  # words about a day ("last night") say another day tomorrow
        parts.append(texts("digest.detained", date=_shown("date", date, texts)))
    if charge := _given(entry.answers.get("charge")):
        parts.append(texts("digest.charge", charge=_shown("charge", charge, texts)))
    return Markup("; ").join(parts)


def _who(entry: Entry, texts: Texts) -> Markup:
    name = entry.initials
    if name is None and (known := _given(entry.answers.get("name"))):
        name = _shown("name", known, texts)
    return Markup("<b>{}</b>").format(name) if name else texts("digest.name_unknown")


def _given(answer: Answer | None) -> Answer | None:
    return answer if answer is not None and answer.state is AnswerState.GIVEN else None


def _shown(key: str, answer: Answer, texts: Texts) -> str:
    words = " ".join(understood(QUESTIONNAIRE[key], answer, texts).split())
    return shorten(without_private_numbers(words), limit=_SHOWN[key])
