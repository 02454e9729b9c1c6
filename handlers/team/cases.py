"""A case: opening it, its page, and the buttons under that."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from telegram import Update

from bot.domain.access import Act, Verdict
from bot.domain.case import CaseStatus
from bot.domain.errors import CaseHolding, CaseNotYours
from bot.domain.message import Say
from bot.services.case_page import CasePage
from handlers.callbacks import number
from handlers.context import BotContext, message_of, pressed
from handlers.team import case_words
from handlers.team.case_callbacks import (
    CaseAction,
    CaseAsked,
    CasePress,
    StatusDay,
    files_about,
    pack_case,
    page_about,
    unpack_case_press,
)
from handlers.team.case_screen import show_page, take_away
from handlers.team.files import show_pieces
from handlers.team.views import case as views
from handlers.team.views import case_menus as menus
from handlers.team.views.candidates import candidate_lines
from handlers.views.my_reports import in_place
from handlers.views.pages import lines, pages
from storage.cases import CaseClaim

_CONFIRMED = "yes"
_ROOM = 3000
"""Characters of what a menu asks about."""


async def on_case(update: Update, context: BotContext) -> None:
    """Open the case whose number stands behind the command."""
    try:
        case_id = number((message_of(update).text or "").partition(" ")[2].strip().removeprefix("№").strip())
    except ValueError:
        return context.say(Say(html=str(context.texts("case.which"))))
    return await open_case(context, case_id)


async def open_case(context: BotContext, case_id: int) -> None:
    """Open a case for whoever asks, or say who has it open."""
    try:
        page = await context.cases.open(await context.coordinator(), case_id)
    except CaseNotYours as error:
        return context.say(Say(html=str(views.not_yours(error, context.texts))))
    context.turn.note("case_opened", case_id=page.case_id)
    return await show_page(context, page)


async def open_case_of(context: BotContext, report_id: int) -> None:
    """Open the case of a report that is decided.

    Raises:
        ValueError: it belongs to none.
    """
    standing = await context.turn.work.reports.standing(report_id)
    if standing is None or standing.case_id is None:
        raise ValueError(report_id)
    await open_case(context, standing.case_id)


async def on_case_press(update: Update, context: BotContext) -> None:
    """Carry out a button of a case."""
    button = pressed(update)
    if button is None:
        return None
    data, message_id = button
    try:
        press = unpack_case_press(data)
    except ValueError:
        return context.toast(context.texts.plain("toast.stale"))
    if press.action is CaseAction.OPEN:
        return await open_case(context, press.claim.case_id)
    try:
        await _carry_out(context, press, message_id)
    except ValueError:
        context.toast(context.texts.plain("toast.stale"))
    except CaseNotYours as error:
        context.toast(str(views.not_yours(error, context.texts).striptags()))
        if error.case_id == press.claim.case_id:
            await _mend(context, error)
    return None


async def _mend(context: BotContext, error: CaseNotYours) -> None:
    """Show the page as it is now to whoever has the case open; take it off the screen of everybody else."""
    if error.state is CaseHolding.OLD_PAGE:
        return await show_page(context, await context.cases.again(await context.coordinator(), error.case_id))
    return await take_away(context, error.case_id, views.not_yours(error, context.texts))


async def _carry_out(context: BotContext, press: CasePress, message_id: int) -> None:
    """Carry out what stands under a page, and under nothing else."""
    coordinator, claim, values = await context.coordinator(), press.claim, press.values
    if press.action is CaseAction.FILES and values:  # also under "more files"
        return await _show_files(context, claim, values)
    if message_id not in await context.turn.work.outbox.messages_about(context.chat, page_about(claim.case_id)):
        raise ValueError(message_id)
    desk = context.cases
    match press.action, values:
        case CaseAction.CLOSE, ():
            await desk.page(coordinator, claim)
            await desk.close(coordinator, claim.case_id)
            context.turn.note("case_closed", case_id=claim.case_id)
            return await take_away(context, claim.case_id, context.texts("case.closed", case=claim.case_id))
        case CaseAction.PICK, (question, report_id):
            page = await desk.pick(coordinator, claim, question, number(report_id))
        case CaseAction.STATUS, (status, source, day) if day != StatusDay.OTHER:
            page = await _add_status(context, claim, CaseStatus(status), source, StatusDay(day))
        case CaseAction.UNSAY, (entry,):
            as_lead = await context.judge(Act.UNDO_ANY) is Verdict.YES
            page = await desk.remove_status(coordinator, claim, number(entry), as_lead=as_lead)
        case CaseAction.UNTAG, (tag_key,):
            page = await desk.drop_tag(coordinator, claim, tag_key)
        case CaseAction.JOIN, (other, confirmed) if confirmed == _CONFIRMED:
            page = await desk.merge(coordinator, claim, number(other))
            await take_away(context, number(other), context.texts("case.is_joined", case=other, into=page.case_id))
        case CaseAction.PART, (joined, confirmed) if confirmed == _CONFIRMED:
            page = await desk.unmerge(coordinator, claim, number(joined))
        case _:
            return await _ask(context, press, await desk.page(coordinator, claim), message_id)
    context.turn.note("case_changed", case_id=claim.case_id, what=press.action.value)
    return context.say(in_place(views.case_page(page, context.texts), message_id))


async def _ask(context: BotContext, press: CasePress, page: CasePage, message_id: int) -> None:
    """Ask for words, or turn the page or open a menu in its place."""
    values, with_files = press.values, [source for source in page.sources if source.files]
    if press.action is CaseAction.FILES and len(with_files) == 1:
        return await _show_files(context, page.claim, (str(with_files[0].report.report_id),))
    if press.action in _IN_WORDS and not values:
        return case_words.ask(context, _IN_WORDS[press.action], page.claim)
    if press.action is CaseAction.STATUS and len(values) > 2:  # noqa: PLR2004  status, source and "another day"
        status, source, _ = values
        return case_words.ask(context, CaseAsked.DAY, page.claim, CaseStatus(status), str(number(source)))
    show = _MENUS.get(press.action)
    if show is None:
        raise ValueError(press.action)
    return context.say(in_place(await show(context, page, values), message_id))


async def _turned(context: BotContext, page: CasePage, values: Sequence[str]) -> Say:
    (turned_to,) = values
    return views.case_page(page, context.texts, number=number(turned_to))


async def _picks(context: BotContext, page: CasePage, values: Sequence[str]) -> Say:
    texts = context.texts
    differing = [said.question.key for said in page.said if said.differs]
    if not values and len(differing) != 1:
        return views.menu(page, texts, texts("case.pick"), menus.questions_keyboard(page, texts))
    (question,) = values or differing
    said = page.of(question)
    asked = lines([texts("case.pick_one"), views.statements(said, texts)])
    return views.menu(page, texts, asked, menus.statements_keyboard(page, said, texts))


async def _statuses(context: BotContext, page: CasePage, values: Sequence[str]) -> Say:
    texts = context.texts
    if not values:
        as_lead = await context.judge(Act.UNDO_ANY) is Verdict.YES
        mine = [one.status_id for one in page.statuses if as_lead or one.added_by == context.chat.key]
        return views.menu(page, texts, texts("case.which_status"), menus.statuses_keyboard(page, texts, mine=mine))
    status, *source = CaseStatus(values[0]), *values[1:]
    if not source:
        return views.menu(page, texts, texts("case.which_source"), menus.sources_keyboard(page, status, texts))
    keyboard = menus.days_keyboard(page, status, str(number(source[0])), texts)
    return views.menu(page, texts, texts("case.which_day"), keyboard)


async def _tags(context: BotContext, page: CasePage, _values: Sequence[str]) -> Say:
    return views.menu(page, context.texts, context.texts("case.which_tags"), menus.tags_keyboard(page, context.texts))


async def _files(context: BotContext, page: CasePage, _values: Sequence[str]) -> Say:
    return views.menu(page, context.texts, context.texts("case.which_files"), menus.files_keyboard(page, context.texts))


async def _joins(context: BotContext, page: CasePage, values: Sequence[str]) -> Say:
    texts = context.texts
    if values:
        (other,) = values
        root, reports = await context.cases.other(context.chat, page.claim, number(other))
        return views.confirm_join(page, root, reports, texts)
    alike = await context.cases.alike(context.chat, page)
    found = pages(candidate_lines(alike, texts) or [texts("case.none_alike")], limit=_ROOM)[0]
    keyboard = menus.join_keyboard(page, [one.case_id for one in alike if one.case_id], texts)
    return views.menu(page, texts, lines([texts("case.join_which", case=page.case_id), found]), keyboard)


async def _parts(context: BotContext, page: CasePage, values: Sequence[str]) -> Say:
    texts, joined = context.texts, [str(one.case_id) for one in page.joined]
    if values or len(joined) == 1:
        (parted,) = values or joined
        return views.confirm_part(page, number(parted), texts)
    return views.menu(page, texts, texts("case.part_which"), menus.part_keyboard(page, texts))


_IN_WORDS: Mapping[CaseAction, CaseAsked] = {
    CaseAction.NOTE: CaseAsked.NOTE,
    CaseAction.TAG: CaseAsked.TAG,
    CaseAction.JOIN_OTHER: CaseAsked.NUMBER,
}
"""The buttons that ask for words."""
_MENUS: Mapping[CaseAction, Callable[[BotContext, CasePage, Sequence[str]], Awaitable[Say]]] = {
    CaseAction.PAGE: _turned,
    CaseAction.PICK: _picks,
    CaseAction.STATUS: _statuses,
    CaseAction.TAGS: _tags,
    CaseAction.FILES: _files,
    CaseAction.JOIN: _joins,
    CaseAction.PART: _parts,
}
"""The buttons that show something else in the place of the page, by the values that they carry so far."""


async def _add_status(
    context: BotContext, claim: CaseClaim, status: CaseStatus, source: str, day: StatusDay
) -> CasePage:
    return await context.cases.set_status(
        await context.coordinator(),
        claim,
        status,
        source=number(source) or None,
        days=case_words.days_of(day, today=context.intake.today),
    )


async def _show_files(context: BotContext, claim: CaseClaim, values: tuple[str, ...]) -> None:
    report_id, skip = number(values[0]), number(values[1] if len(values) > 1 else "0")
    pieces = await context.cases.files(await context.coordinator(), claim, report_id)
    await show_pieces(
        context,
        pieces,
        about=files_about(claim.case_id),
        skip=skip,
        onward=lambda further: pack_case(CasePress(claim, CaseAction.FILES, (str(report_id), str(further)))),
        case_id=claim.case_id,
    )
