"""What /queue shows: how much waits of which city and since when, and in whose hands it is."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from bot.domain.errors import QueueEmpty
from bot.domain.message import Button, Keyboard, Say
from bot.services.overview import CaseInHand, CityLine, InHand, Overview
from bot.texts import Texts
from handlers.team.callbacks import NEXT, QueueAction, QueuePress, broken_claim, pack_queue
from handlers.team.queue_callbacks import broken_case
from handlers.views.answers import place_name
from handlers.views.pages import lines, shorten

_MOST_CITIES = 15
_MOST_CITY_BUTTONS = 6
_MOST_CLAIMS = 20
"""Lines of a message; what is more is summed up, so that it stays one message."""
_MOST_CASES = 10
_LONGEST_NAME = 32
_LONGEST_BUTTON = 28


def queue(seen: Overview, texts: Texts) -> Say:
    """Show how much waits. Nobody is named: it may be asked for in the group, and while the team is frozen."""
    return Say(html=str(lines(_counts(seen, texts))))


def queue_for_coordinator(seen: Overview, texts: Texts, *, own: str, breaks: bool, cares: bool) -> Say:
    """Show as well what is in whose hands, with buttons to take the next report.

    `own` is the key of the coordinator's chat. `breaks`: with the cases that are open, and with buttons that take a
    report out of another's hands or close another's case. `cares`: the coordinator cares for certain cities, so that a
    button for any is needed.
    """
    said = [*_counts(seen, texts)]
    if seen.held_back:
        said.append(texts("queue.held_back", number=seen.held_back))
    shown = seen.in_hand[:_MOST_CLAIMS]
    if shown:
        said += [Markup(), texts("queue.in_hand"), *(_claim_line(one, texts) for one in shown)]
    if len(seen.in_hand) > len(shown):
        said.append(texts("queue.more", number=len(seen.in_hand) - len(shown)))
    others = [_break_button(one, texts) for one in shown if one.held.coordinator_key != own]
    if breaks and seen.open_cases:
        opened = seen.open_cases[:_MOST_CASES]
        said += [Markup(), texts("queue.open_cases"), *(_case_line(one, texts) for one in opened)]
        others += [_break_case_button(one, texts) for one in opened if one.opened.holder_key != own]
    keyboard = (*_next_rows(seen, texts, cares=cares), *((button,) for button in others if breaks))
    return Say(html=str(lines(said)), keyboard=keyboard)


def nothing_to_claim(error: QueueEmpty, texts: Texts) -> Say:
    """Say that no report is free, or none of the cities that were asked for."""
    if error.elsewhere:
        button = _button(texts.plain("button.any_city"), QueueAction.ANY)
        return Say(html=str(texts.plural("queue.elsewhere", error.elsewhere)), keyboard=((button,),))
    if error.claimed_by_others:
        return Say(html=str(texts.plural("queue.all_claimed", error.claimed_by_others)))
    return Say(html=str(texts("queue.empty")))


def _counts(seen: Overview, texts: Texts) -> Iterator[Markup]:
    if seen.waiting:
        yield texts.plural("queue.waiting", seen.waiting, urgent=seen.urgent, claimed=len(seen.in_hand))
    else:
        yield texts("queue.empty")
    if seen.asked:
        yield texts("queue.asked", number=seen.asked)
    if seen.oldest is not None:
        place, since = _place(seen.oldest.place, texts), texts.moment(seen.oldest.since)
        yield texts("queue.oldest", report=seen.oldest.report_id, city=place, at=since)
    if seen.cities:
        yield Markup()
    for line in seen.cities[:_MOST_CITIES]:
        yield _city_line(_place(line.place, texts), [line], texts)
    if rest := seen.cities[_MOST_CITIES:]:
        yield _city_line(texts.plain("queue.other_places", number=len(rest)), rest, texts)


def _city_line(name: str, counted: Sequence[CityLine], texts: Texts) -> Markup:
    """Write one line of one city, or of several together."""
    waiting, besides = sum(line.waiting for line in counted), []
    if urgent := sum(line.urgent for line in counted):
        besides.append(texts.plain("queue.urgent", number=urgent))
    if over_an_hour := sum(line.over_an_hour for line in counted):
        besides.append(texts.plain("queue.over_an_hour", number=over_an_hour))
    if over_a_day := sum(line.over_a_day for line in counted):
        besides.append(texts.plain("queue.over_a_day", number=over_a_day))
    if not besides:
        return texts("queue.city", city=name, waiting=waiting)
    return texts("queue.city_more", city=name, waiting=waiting, more=", ".join(besides))


def _case_line(one: CaseInHand, texts: Texts) -> Markup:
    name, until = _name(one, texts), texts.moment(one.opened.until)
    return texts("queue.open_case", case=one.opened.claim.case_id, name=name, until=until)


def _claim_line(one: InHand, texts: Texts) -> Markup:
    name, since = _name(one, texts), texts.moment(one.held.since)
    return texts("queue.claim", report=one.held.claim.report_id, name=name, at=since)


def _next_rows(seen: Overview, texts: Texts, *, cares: bool) -> Keyboard:
    if not seen.waiting:
        return ()
    first = [Button(text=texts.plain("button.next"), callback_data=NEXT)]
    if cares:
        first.append(_button(texts.plain("button.any_city"), QueueAction.ANY))
    known = [(line.place, line.waiting) for line in seen.cities if line.place is not None][:_MOST_CITY_BUTTONS]
    cities = [_button(f"{place_name(place, texts)} · {waiting}", QueueAction.CITY, place) for place, waiting in known]
    return (tuple(first), *(tuple(cities[start : start + 2]) for start in range(0, len(cities), 2)))


def _break_button(one: InHand, texts: Texts) -> Button:
    shown = texts.plain("button.break", report=one.held.claim.report_id, who=_name(one, texts))
    return Button(text=shorten(shown, limit=_LONGEST_BUTTON), callback_data=pack_queue(broken_claim(one.held.claim)))


def _break_case_button(one: CaseInHand, texts: Texts) -> Button:
    shown = texts.plain("button.break_case", case=one.opened.claim.case_id, who=_name(one, texts))
    return Button(text=shorten(shown, limit=_LONGEST_BUTTON), callback_data=pack_queue(broken_case(one.opened.claim)))


def _button(shown: str, action: QueueAction, value: str = "") -> Button:
    text = shorten(shown, limit=_LONGEST_BUTTON)
    return Button(text=text, callback_data=pack_queue(QueuePress(action, value)))


def _place(key: str | None, texts: Texts) -> str:
    return texts.plain("queue.no_place") if key is None else place_name(key, texts)


def _name(one: InHand | CaseInHand, texts: Texts) -> str:
    return shorten(one.holder or texts.plain("coordinator.nameless"), limit=_LONGEST_NAME)
