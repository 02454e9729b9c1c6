from datetime import UTC, datetime

import pytest

from bot.domain.answer import Answer, Reading
from bot.domain.consent import Publishing
from bot.domain.errors import Holding, NotYours
from bot.domain.message import Say
from bot.domain.questionnaire import QUESTIONNAIRE
from bot.domain.report import Decision, RejectionReason
from bot.texts import Texts
from handlers.team.callbacks import NEXT, CardAction, CardPress, pack_note, pack_undo, unpack_card_press
from handlers.team.case_callbacks import pack_open_case, unpack_case_press
from handlers.team.views import moderation as views
from handlers.team.views.card_keyboards import card_keyboard, more_keyboard, reasons_keyboard, update_keyboard
from handlers.views.answers import understood
from storage.decisions import Made
from storage.reports import Claim
from tests.bot.domain.support import ANSWERS, said
from tests.handlers.views.support import (
    LONGEST_ID,
    LONGEST_REVISION,
    MARKUP,
    WORST,
    buttons,
    check_keyboard,
    everything,
    filled,
    kinds,
    report,
    shown,
    squeezed,
    units,
    worst_answers,
)

CLAIM = Claim(LONGEST_ID, LONGEST_REVISION)
MOMENT = datetime(2022, 1, 5, 8, 20, tzinfo=UTC)
UNTIL = datetime(2022, 1, 6, 9, 5, tzinfo=UTC)
LONGEST_NAME = 64
"""Characters of a first name (Telegram's limit)."""


def made(decision: Decision) -> Made:
    case_id = 5 if decision is Decision.APPROVED else None
    return Made(decision_id=31, decision=decision, case_id=case_id, decided_by="b" * 32, decided_at=MOMENT)


# --- The card -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("filling", WORST.values(), ids=WORST)
def test_every_page_of_the_longest_card_can_be_sent_and_nothing_is_lost(texts: Texts, filling: str) -> None:
    answers = worst_answers(filling)
    pages = views.card(report(answers, urgent=True), texts, until=UNTIL)
    assert len(pages) > 1
    words = squeezed(everything(pages))
    for question in QUESTIONNAIRE.questions:
        assert squeezed(understood(question, answers[question.key], texts)) in words


@pytest.mark.parametrize("filling", WORST.values(), ids=WORST)
def test_words_beside_what_was_understood_are_not_lost_either(texts: Texts, filling: str) -> None:
    values = {"city": "almaty", "date": "2022-01-05"}
    words = {
        "city": filled(filling, QUESTIONNAIRE["city"].max_length),
        "date": "вчера\n" + filled(filling, QUESTIONNAIRE["date"].max_length - len("вчера\n")),
    }
    answers = {key: Answer(words=said(words[key]).words, reading=Reading(value=values[key])) for key in values}
    read = squeezed(everything(views.card(report(answers), texts, until=UNTIL)))
    assert squeezed(words["city"]) in read
    assert squeezed(words["date"]) in read
    assert squeezed(texts.place("almaty")) in read


@pytest.mark.parametrize("filling", MARKUP)
def test_what_a_reporter_wrote_is_shown_as_written_and_marks_nothing_up(texts: Texts, filling: str) -> None:
    def card(words: str) -> Say:
        answers = {question.key: said(words) for question in QUESTIONNAIRE.questions}
        recognised = Answer(words=said(words).words, reading=Reading(value="2022-01-05"))
        (page,) = views.card(report({**answers, "date": recognised}), texts, until=UNTIL)
        return page

    assert shown(card(filling)).count(filling) == len(QUESTIONNAIRE)
    assert kinds(card(filling)) == kinds(card("x"))


def test_a_card_says_all_there_is_to_judge_by(english: Texts) -> None:
    answers = {**ANSWERS, "city": Answer(words=said("Алма-Ата").words, reading=Reading(value="almaty"))}
    (card,) = views.card(report(answers, publishing=Publishing.NOT_AT_ALL), english, until=UNTIL)
    assert shown(card).splitlines() == [
        f"Report no. {LONGEST_ID}",
        "Received 6 January, 14:20 · language: ru",
        "",
        "Name: the name as said",
        "City: Almaty",
        "As said: “Алма-Ата”",
        "Date detained: 5 January 2022",
        "Charge: No charge was named",
        "Conditions: No contact with family",
        "Whereabouts unknown",
        "",
        "Publishing: Do not publish",
        "Lawyers and the UN: No, do not pass it on",
        "Yours until 6 January, 15:05",
    ]


def test_an_urgent_card_says_so_in_its_first_line(texts: Texts) -> None:
    cards = [everything(views.card(report(ANSWERS, urgent=urgent), texts, until=UNTIL)) for urgent in (True, False)]
    urgent, calm = (card.splitlines()[0] for card in cards)
    assert urgent.startswith(calm)
    assert urgent != calm


def test_questions_that_were_not_asked_are_left_out_and_those_passed_over_are_not(texts: Texts) -> None:
    (card,) = views.card(report({"name": Answer.skipped()}), texts, until=UNTIL)
    assert f"{texts.plain('question.name.label')}: {texts.plain('answer.skipped')}" in shown(card)
    assert texts.plain("question.city.label") not in shown(card)


@pytest.mark.parametrize("publishing", Publishing)
def test_no_page_of_a_card_can_be_forwarded_and_the_last_one_has_the_buttons(
    texts: Texts, publishing: Publishing
) -> None:
    pages = views.card(report(worst_answers("слово "), publishing=publishing), texts, until=UNTIL)
    assert all(page.protected for page in pages)
    assert [bool(page.keyboard) for page in pages] == [*[False] * (len(pages) - 1), True]
    assert pages[-1].keyboard == card_keyboard(CLAIM, texts, publishing=publishing)


@pytest.mark.parametrize("publishing", Publishing)
def test_a_card_says_what_may_be_published_and_how_long_it_is_ones_own(texts: Texts, publishing: Publishing) -> None:
    sharing = publishing is not Publishing.NOT_AT_ALL
    words = everything(views.card(report(ANSWERS, publishing=publishing, sharing=sharing), texts, until=UNTIL))
    assert words.splitlines()[-4:] == [
        "",
        texts("card.publishing", publishing=texts.plain(f"publishing.{publishing}")).striptags(),
        texts("card.sharing", sharing=texts.plain("sharing.yes" if sharing else "sharing.no")).striptags(),
        texts("card.until", until=texts.moment(UNTIL)).striptags(),
    ]


def test_figures_of_a_date_stand_on_a_card_once(english: Texts) -> None:
    def lines(words: str) -> list[str]:
        answers = {"date": Answer(words=said(words).words, reading=Reading(value="2022-01-05"))}
        return everything(views.card(report(answers), english, until=UNTIL)).splitlines()

    assert lines("5.1.22")[3:5] == ["Date detained: 5 January 2022", ""]
    assert lines("5 января")[3:6] == ["Date detained: 5 January 2022", "As said: “5 января”", ""]


def test_signs_that_cannot_be_seen_do_not_stand_on_a_card(texts: Texts) -> None:
    hidden = "\N{RIGHT-TO-LEFT OVERRIDE}\N{ZERO WIDTH SPACE}"

    def words(said_so: str) -> str:
        answers = {question.key: said(said_so) for question in QUESTIONNAIRE.questions}
        city = Answer(words=said(said_so).words, reading=Reading(value="almaty"))
        return everything(views.card(report({**answers, "city": city}), texts, until=UNTIL))

    assert words(f"{hidden}x{hidden}y ") == words("xy")


# --- Buttons --------------------------------------------------------------------------------------------------------


def test_a_card_can_be_approved_rejected_or_released(texts: Texts) -> None:
    keyboard = card_keyboard(CLAIM, texts, publishing=Publishing.NOT_AT_ALL)
    check_keyboard(keyboard)
    found = [unpack_card_press(data) for _, data in buttons(keyboard)]
    assert found == [
        CardPress(CLAIM, CardAction.APPROVE_NEXT),
        CardPress(CLAIM, CardAction.APPROVE),
        CardPress(CLAIM, CardAction.REJECT),
        CardPress(CLAIM, CardAction.ASK),
        CardPress(CLAIM, CardAction.RELEASE),
        CardPress(CLAIM, CardAction.MORE),
    ]


def test_where_the_name_may_be_published_it_can_be_kept_back(texts: Texts) -> None:
    keyboard = card_keyboard(CLAIM, texts, publishing=Publishing.WITH_NAME)
    check_keyboard(keyboard)
    assert [[unpack_card_press(button.callback_data).action for button in row] for row in keyboard] == [
        [CardAction.APPROVE_NEXT, CardAction.APPROVE],
        [CardAction.APPROVE_INITIALS],
        [CardAction.APPROVE_UNNAMED],
        [CardAction.REJECT, CardAction.ASK],
        [CardAction.RELEASE, CardAction.MORE],
    ]
    assert {unpack_card_press(data).claim for _, data in buttons(keyboard)} == {CLAIM}
    assert keyboard[2][0].text == texts.plain("button.approve.without_name")
    with_initials = card_keyboard(CLAIM, texts, publishing=Publishing.INITIALS)
    assert with_initials == (keyboard[0], *keyboard[2:])


@pytest.mark.parametrize("publishing", Publishing)
def test_keeping_the_name_back_is_offered_only_where_the_reporter_allowed_it(
    texts: Texts, publishing: Publishing
) -> None:
    (card,) = views.card(report(ANSWERS, publishing=publishing), texts, until=UNTIL)
    offered = [unpack_card_press(data).action for _, data in buttons(card.keyboard)]
    assert (CardAction.APPROVE_INITIALS in offered) is (publishing is Publishing.WITH_NAME)
    assert (CardAction.APPROVE_UNNAMED in offered) is (publishing in {Publishing.WITH_NAME, Publishing.INITIALS})


def test_a_card_can_be_attached_to_each_case_of_its_candidates_once(texts: Texts) -> None:
    keyboard = card_keyboard(CLAIM, texts, publishing=Publishing.NOT_AT_ALL, cases=[LONGEST_ID, 7, 7, 8])
    check_keyboard(keyboard)
    found = [unpack_card_press(data) for _, data in buttons(keyboard) if data.startswith("r:")]
    attached = [press.value for press in found if press.action is CardAction.ATTACH]
    assert attached == [str(LONGEST_ID), "7", "8"]
    opened = [unpack_case_press(data).claim.case_id for _, data in buttons(keyboard) if data.startswith("k:")]
    assert opened == [LONGEST_ID, 7, 8]


@pytest.mark.parametrize(("has_files", "is_lead"), [(False, False), (True, False), (True, True)])
def test_seldom_needed_buttons_stand_apart(texts: Texts, has_files: bool, is_lead: bool) -> None:  # noqa: FBT001
    keyboard = more_keyboard(CLAIM, texts, has_files=has_files, is_lead=is_lead)
    check_keyboard(keyboard)
    offered = {unpack_card_press(data).action for _, data in buttons(keyboard)}
    assert (CardAction.FILES in offered) is has_files
    assert (CardAction.HISTORY in offered) is is_lead
    assert offered >= {CardAction.CORRECT, CardAction.BLOCK, CardAction.BACK}


@pytest.mark.parametrize("has_case", [False, True])
def test_what_is_new_of_a_decided_report_can_be_marked_as_seen(texts: Texts, has_case: bool) -> None:  # noqa: FBT001
    keyboard = update_keyboard(CLAIM, texts, has_case=has_case, up_to=3)
    check_keyboard(keyboard)
    offered = [unpack_card_press(data).action for _, data in buttons(keyboard)]
    assert offered[:2] == [CardAction.SEEN_NEXT, CardAction.SEEN]
    assert (CardAction.CASE in offered) is has_case


def test_every_reason_stands_on_a_button_and_so_does_the_way_back(texts: Texts) -> None:
    keyboard = reasons_keyboard(CLAIM, texts)
    check_keyboard(keyboard)
    found = [unpack_card_press(data) for _, data in buttons(keyboard)]
    assert found == [
        *(CardPress(CLAIM, CardAction.REASON, reason) for reason in RejectionReason),
        CardPress(CLAIM, CardAction.BACK),
    ]
    assert len({label for label, _ in buttons(keyboard)}) == len(found)


# --- What became of it ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("decision", [Decision.APPROVED, Decision.REJECTED])
def test_a_decided_report_is_taken_off_the_screen(texts: Texts, decision: Decision) -> None:
    replaced = views.decided(Claim(17, 3), made(decision), 99, texts)
    assert replaced.message_id == 99
    assert shown(replaced) == texts(f"card.{decision}", report=17, case=5).striptags()
    beside = pack_note(17, 31) if decision is Decision.REJECTED else pack_open_case(5)
    assert [data for _, data in buttons(replaced.keyboard)] == [pack_undo(17, 31), beside, NEXT]


def test_a_released_report_is_taken_off_the_screen(texts: Texts) -> None:
    replaced = views.released(Claim(17, 3), 99, texts)
    assert replaced.message_id == 99
    assert shown(replaced) == texts("card.released", report=17).striptags()
    assert [data for _, data in buttons(replaced.keyboard)] == [NEXT]


@pytest.mark.parametrize("state", Holding)
def test_who_has_a_report_fits_into_a_toast(texts: Texts, state: Holding) -> None:
    named = state in {Holding.APPROVED, Holding.REJECTED, Holding.CLAIMED}
    for holder in (None, "Дана", "<b>" * 21, "🙂" * 32, "&" * LONGEST_NAME):
        said_so = views.not_yours(NotYours(LONGEST_ID, state, holder, MOMENT), texts)
        toast = said_so.striptags()
        assert units(toast) <= 200
        assert toast == shown(Say(html=str(said_so)))
        assert str(LONGEST_ID) in toast
        assert ((holder or texts.plain("coordinator.nameless")) in toast) is named


def test_a_second_press_after_ones_own_decision_is_told_so(english: Texts) -> None:
    error = NotYours(17, Holding.YOURS_ALREADY)
    assert views.not_yours(error, english) == "Report no. 17: you have already decided it."


@pytest.mark.parametrize("state", Holding)
def test_a_card_that_is_no_longer_ones_own_is_replaced_by_the_reason(texts: Texts, state: Holding) -> None:
    error = NotYours(17, state, "Дана", MOMENT)
    replaced = views.closed(error, 99, texts)
    assert replaced.message_id == 99
    assert shown(replaced) == views.not_yours(error, texts).striptags()
    offered = [data for _, data in buttons(replaced.keyboard)]
    assert offered == ([] if state is Holding.OLD_CARD else [NEXT])


def test_the_reason_in_words_is_asked_for_as_a_reply(texts: Texts) -> None:
    asked = views.ask_reason(CLAIM, texts)
    assert asked.asks_for_reply
    assert shown(asked) == texts("card.ask_reason", report=LONGEST_ID).striptags()
    assert str(LONGEST_ID) in shown(asked)
    assert asked.keyboard == ()
