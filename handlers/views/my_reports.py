"""What a person sees of their own reports: the list, one report, news about the person, consent, taking it back."""

from datetime import date

from markupsafe import Markup

from bot.domain.addition import NEWS, Addition, AdditionKind
from bot.domain.consent import Consent, Publishing
from bot.domain.message import Button, Keyboard, Replace, Say
from bot.domain.press import NO, YES
from bot.services.follow_up import ListedReport, OwnPage, OwnView
from bot.texts import Texts
from bot.understanding.reading import visible
from handlers.callbacks import FollowUpAction, FollowUpPress, pack
from handlers.views.pages import lines, paragraphs, shorten

_SHOWN_ADDITIONS = 10
_SHOWN_WORDS = 100
_OFFERED = 3
"""Reports that are offered for words that were not asked for."""


def after_submit(report_id: int, texts: Texts) -> Keyboard:
    """Return what can be done next, once a report is sent."""
    return (
        (_button("button.further", report_id, FollowUpAction.FURTHER, texts),),
        (_button("button.another", report_id, FollowUpAction.ANOTHER, texts),),
        (_button("button.steps", report_id, FollowUpAction.STEPS, texts),),
    )


def own_reports(page: OwnPage, texts: Texts, *, is_unfinished: bool = False) -> Say:
    """Show a page of the person's reports, no name among them. `is_unfinished`: another is being filled in."""
    unfinished = [texts("my.unfinished")] if is_unfinished else []
    if not page.reports:
        return Say(html=str(unfinished[0] if unfinished else texts("my.none")))
    listed = lines(_listed(report, texts) for report in page.reports)
    buttons = [
        (_labelled(str(report.own.receipt), report.own.report_id, FollowUpAction.VIEW),) for report in page.reports
    ]
    if page.older_than is not None:
        buttons.append((_button("button.older", page.older_than, FollowUpAction.LIST, texts),))
    return Say(html=str(paragraphs([*unfinished, texts("my.head"), listed])), keyboard=tuple(buttons))


def own_report(view: OwnView, texts: Texts, *, note: Markup | None = None) -> Say:
    """Show where one report stands, and what can be done with it."""
    report_id, code = view.own.report_id, view.own.receipt
    shown = [texts(f"status.{view.own.decision or 'waiting'}", code=code), _consent(view.consent, texts)]
    if view.additions:
        latest = view.additions[-_SHOWN_ADDITIONS:]
        added = (
            texts("my.addition", at=texts.moment(each.received_at), what=texts.plain(f"addition.{each.addition.kind}"))
            for each in latest
        )
        shown.append(lines([texts("my.additions"), *added]))
    mistaken: Keyboard = ()
    if view.additions and view.additions[-1].addition.kind in NEWS:
        last = _labelled(texts.plain("button.mistaken"), report_id, FollowUpAction.NOTE, AdditionKind.MISTAKEN)
        mistaken = ((last,),)
    asked: Keyboard = ((_button("button.to_question", report_id, FollowUpAction.QUESTION, texts),),)
    if not view.is_asked:
        asked = ()
    return Say(
        html=str(paragraphs([note, *shown] if note else shown)),
        keyboard=(
            *mistaken,
            *asked,
            (_button("button.tell_more", report_id, FollowUpAction.TELL, texts),),
            (_button("button.news", report_id, FollowUpAction.NEWS, texts),),
            (_button("button.further", report_id, FollowUpAction.FURTHER, texts),),
            (_button("button.consent", report_id, FollowUpAction.CONSENT, texts),),
            (_button("button.another", report_id, FollowUpAction.ANOTHER, texts),),
            (_button("button.withdraw", report_id, FollowUpAction.ASK_TO_WITHDRAW, texts),),
            (_button("button.my_reports", 0, FollowUpAction.LIST, texts),),
        ),
    )


def news(report_id: int, texts: Texts) -> Say:
    """Ask what became of the person."""
    kinds = ((_labelled(texts.plain(f"addition.{kind}"), report_id, FollowUpAction.TELL, kind),) for kind in NEWS)
    return Say(html=str(texts("my.news")), keyboard=(*kinds, _back_row(report_id, texts)))


def tell(report_id: int, kind: AdditionKind, texts: Texts) -> Say:
    """Ask for it in words; news can be left without."""
    if kind not in NEWS:
        return Say(html=str(texts("my.tell")), keyboard=(_back_row(report_id, texts),))
    only = _labelled(texts.plain("button.only_note"), report_id, FollowUpAction.NOTE, kind)
    html = texts("my.tell_died")
    if kind is not AdditionKind.DIED:
        html = texts("my.tell_news", what=texts.plain(f"addition.{kind}"))
    return Say(html=str(html), keyboard=((only,), _back_row(report_id, texts)))


def added(view: OwnView, addition: Addition, texts: Texts) -> Markup:
    """Say that an addition is saved, and when it was, where that was understood."""
    if addition.kind is AdditionKind.TOLD:
        said = shorten(visible(addition.words), limit=_SHOWN_WORDS)
        return texts("my.added_words", words=said, code=view.own.receipt)
    what = texts.plain(f"addition.{addition.kind}")
    if addition.day is not None:
        what = f"{what}, {texts.day(date.fromisoformat(addition.day))}"
    return texts("my.added", what=what, code=view.own.receipt)


def consent(view: OwnView, texts: Texts) -> Say:
    """Show what may be done with a report, and let each be changed."""
    report_id = view.own.report_id
    sharing = NO if view.consent.sharing else YES
    others = (choice for choice in Publishing if choice is not view.consent.publishing)
    return Say(
        html=str(paragraphs([texts("my.consent"), _consent(view.consent, texts)])),
        keyboard=(
            (_labelled(texts.plain(f"sharing.{sharing}"), report_id, FollowUpAction.SHARE, sharing),),
            *(
                (_labelled(texts.plain(f"publishing.{each}"), report_id, FollowUpAction.PUBLISH, each),)
                for each in others
            ),
            _back_row(report_id, texts),
        ),
    )


def confirm_publishing(report_id: int, choice: Publishing, texts: Texts) -> Say:
    """Ask before more is published than until now."""
    html = texts("my.confirm_publishing", publishing=texts.plain(f"publishing.{choice}"))
    more = _labelled(texts.plain("button.publish_more"), report_id, FollowUpAction.PUBLISH_MORE, choice)
    return Say(html=str(html), keyboard=((more,), (_button("button.back", report_id, FollowUpAction.CONSENT, texts),)))


def not_noted(page: OwnPage, texts: Texts) -> Say:
    """Answer words that were not asked for: offer to add them to a report, or to begin one."""
    begin = _button("button.begin", 0, FollowUpAction.BEGIN, texts)
    if not page.reports:
        return Say(html=str(texts("problem.not_begun")), keyboard=((begin,),))
    add = (
        (
            _labelled(
                texts.plain("button.add_to", who=report.initials or report.own.receipt),
                report.own.report_id,
                FollowUpAction.TELL,
            ),
        )
        for report in page.reports[:_OFFERED]
    )
    return Say(html=str(texts("problem.not_noted")), keyboard=(*add, (begin,)))


def confirm_withdrawal(view: OwnView, texts: Texts) -> Say:
    """Ask before a report is shredded."""
    report_id = view.own.report_id
    return Say(
        html=str(texts("my.confirm_withdrawal", code=view.own.receipt)),
        keyboard=(
            (_button("button.withdraw_now", report_id, FollowUpAction.WITHDRAW, texts),),
            (_button("button.keep_report", report_id, FollowUpAction.VIEW, texts),),
        ),
    )


def in_place(shown: Say, message_id: int) -> Replace:
    """Show a screen in the place of another."""
    return Replace(message_id=message_id, html=shown.html, keyboard=shown.keyboard)


def _listed(report: ListedReport, texts: Texts) -> Markup:
    own = report.own
    state = texts.plain(f"my.state.{own.decision or 'waiting'}")
    return texts(
        "my.line", code=own.receipt, who=report.initials or "–", at=texts.moment(own.submitted_at), state=state
    )


def _consent(given: Consent, texts: Texts) -> Markup:
    return lines(
        [
            texts("card.sharing", sharing=texts.plain("sharing.yes" if given.sharing else "sharing.no")),
            texts("card.publishing", publishing=texts.plain(f"publishing.{given.publishing}")),
        ]
    )


def _back_row(report_id: int, texts: Texts) -> tuple[Button, ...]:
    return (_button("button.back", report_id, FollowUpAction.VIEW, texts),)


def _button(key: str, report_id: int, action: FollowUpAction, texts: Texts) -> Button:
    return _labelled(texts.plain(key), report_id, action)


def _labelled(shown: str, report_id: int, action: FollowUpAction, value: str = "") -> Button:
    return Button(text=shown, callback_data=pack(FollowUpPress(report_id, action, value)))
