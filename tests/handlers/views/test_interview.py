from itertools import pairwise

import pytest
from markupsafe import Markup

from bot.domain.answer import Answer, Reading, Words
from bot.domain.consent import Publishing
from bot.domain.errors import ButtonsOnly, Misreading, NotChanged, NothingChosen, NotUnderstood, StaleButton, TooEarly
from bot.domain.interview import CONSENT, PUBLISHING, REVIEW, SUBMIT, Interview
from bot.domain.message import Say
from bot.domain.press import Action, Press, carry_out
from bot.domain.questionnaire import QUESTIONNAIRE
from bot.domain.receipt import Receipt
from bot.domain.report import Decision
from bot.services.hearing import Note
from bot.services.intake import Progress
from bot.texts import Catalogues, Texts
from handlers.callbacks import unpack_press
from handlers.views import interview as views
from handlers.views import keyboards
from tests.bot.domain.support import QUESTIONS, STEPS, editing, interview_at, said
from tests.handlers.views.support import (
    MARKUP,
    TODAY,
    WORST,
    buttons,
    check_keyboard,
    filled,
    kinds,
    shown,
    worst_answer,
    worst_answers,
)

LARGEST_SCREEN = 2**63 - 1
CODE = Receipt("ABCDEFGHJ")
BY_SERVICES = {Action.SUBMIT, Action.DROP, Action.KEEP, Action.CANCEL}
"""Actions that change more than the interview, and so are not carried out by the domain."""


def far_along(step: str) -> Interview:
    """Return an interview on a step, on the screen with the longest number."""
    return interview_at(step).model_copy(update={"screen": LARGEST_SCREEN})


def presses(interview: Interview, texts: Texts) -> list[Press]:
    keyboard = keyboards.keyboard(interview, texts, today=TODAY)
    return [unpack_press(data) for _, data in buttons(keyboard)]


@pytest.mark.parametrize("step", STEPS)
def test_every_screen_can_be_sent(texts: Texts, step: str) -> None:
    assert shown(views.screen(far_along(step), texts, today=TODAY))


@pytest.mark.parametrize("key", QUESTIONS)
def test_every_question_opened_from_the_review_can_be_sent_and_gone_back_from(texts: Texts, key: str) -> None:
    screen = views.screen(editing(key), texts, today=TODAY)
    assert shown(screen)
    assert Action.BACK in {unpack_press(data).action for _, data in buttons(screen.keyboard)}


@pytest.mark.parametrize("step", STEPS)
def test_every_button_works_on_the_screen_it_stands_on(texts: Texts, step: str) -> None:
    interview = interview_at(step)
    shown_presses = presses(interview, texts)
    assert shown_presses
    assert {press.screen for press in shown_presses} == {interview.screen}
    for press in shown_presses:
        if press.action is Action.DONE:
            with pytest.raises(NothingChosen):
                carry_out(interview, press, places=texts.country.places.places_by_key)
        elif press.action not in BY_SERVICES:
            assert carry_out(interview, press, places=texts.country.places.places_by_key) != interview


@pytest.mark.parametrize("key", QUESTIONS)
def test_every_button_of_a_question_opened_from_the_review_works(texts: Texts, key: str) -> None:
    interview = editing(key)
    for press in presses(interview, texts):
        assert carry_out(interview, press, places=texts.country.places.places_by_key) != interview


BEGUN = {
    "marked": interview_at("conditions").mark("torture", on=True),
    "said": interview_at("conditions").told_more(Words(message_id=9, text="холодно")),
    "both": interview_at("conditions").told_more(Words(message_id=9, text="холодно")).mark("torture", on=True),
    "from the review": editing("conditions"),
}


@pytest.mark.parametrize("begun", BEGUN.values(), ids=BEGUN)
def test_what_is_marked_or_said_can_be_cleared_where_it_could_be_passed_over(texts: Texts, begun: Interview) -> None:
    keyboard = keyboards.keyboard(begun, texts, today=TODAY)
    check_keyboard(keyboard)
    below = keyboard[len(QUESTIONNAIRE["conditions"].choices) :]
    assert [[(button.text, unpack_press(button.callback_data)) for button in row] for row in below] == [
        [(texts.plain("button.done"), Press(begun.screen, Action.DONE))],
        [(texts.plain("button.clear"), Press(begun.screen, Action.CLEAR))],
        [(texts.plain("button.back"), Press(begun.screen, Action.BACK))],
    ]
    for press in presses(begun, texts):
        assert carry_out(begun, press) != begun


@pytest.mark.parametrize("begun", BEGUN.values(), ids=BEGUN)
def test_what_is_cleared_can_be_passed_over_again(texts: Texts, begun: Interview) -> None:
    fresh = interview_at("conditions").model_copy(update={"screen": begun.screen})
    assert keyboards.keyboard(begun.cleared(), texts, today=TODAY) == keyboards.keyboard(fresh, texts, today=TODAY)
    ways = [press.action for press in presses(begun.cleared(), texts)][-4:]
    assert ways == [Action.DONE, Action.UNKNOWN, Action.SKIP, Action.BACK]


@pytest.mark.parametrize("step", STEPS)
def test_no_two_buttons_of_a_screen_look_alike(texts: Texts, step: str) -> None:
    found = buttons(keyboards.keyboard(interview_at(step), texts, today=TODAY))
    assert len({label for label, _ in found}) == len({data for _, data in found}) == len(found)


@pytest.mark.parametrize(("number", "key"), list(enumerate(QUESTIONS, start=1)))
def test_a_question_says_which_of_how_many_it_is(texts: Texts, number: int, key: str) -> None:
    first = shown(views.screen(interview_at(key), texts, today=TODAY)).splitlines()[0]
    assert first == texts("progress", number=number, total=len(QUESTIONS)).striptags()


@pytest.mark.parametrize("key", QUESTIONS)
def test_every_question_can_be_skipped_not_known_and_all_but_the_first_gone_back_from(texts: Texts, key: str) -> None:
    actions = {press.action for press in presses(interview_at(key), texts)}
    assert actions >= {Action.SKIP, Action.UNKNOWN}
    assert (Action.BACK in actions) is (key != QUESTIONS[0])


def test_the_consent_offers_to_agree_and_nothing_else(texts: Texts) -> None:
    assert [press.action for press in presses(interview_at(CONSENT), texts)] == [Action.AGREE]


def test_the_country_says_which_places_stand_on_buttons(texts: Texts) -> None:
    picked = [press.value for press in presses(interview_at("city"), texts) if press.action is Action.PICK]
    assert picked == list(texts.country.buttons)
    assert (len(picked), picked[0], picked[-1]) == (12, "almaty", "karaganda")


def test_the_last_six_days_stand_on_buttons_and_two_of_them_by_name(english: Texts) -> None:
    keyboard = keyboards.keyboard(interview_at("date"), english, today=TODAY)
    days = [(label, unpack_press(data)) for label, data in buttons(keyboard)]
    found = [(label, press.value) for label, press in days if press.action is Action.DATE]
    assert found == [
        ("Today, Thu 20 Jan", "2022-01-20"),
        ("Yesterday, Wed 19 Jan", "2022-01-19"),
        ("Tue 18 Jan", "2022-01-18"),
        ("Mon 17 Jan", "2022-01-17"),
        ("Sun 16 Jan", "2022-01-16"),
        ("Sat 15 Jan", "2022-01-15"),
    ]


def test_a_marked_condition_can_be_unmarked_and_the_others_marked(texts: Texts) -> None:
    interview = interview_at("conditions").mark("torture", on=True).mark("beating", on=True)
    keyboard = keyboards.keyboard(interview, texts, today=TODAY)
    found = {unpack_press(data).value: (label[0], unpack_press(data).action) for label, data in buttons(keyboard)}
    for choice in QUESTIONNAIRE["conditions"].choices:
        marked = choice.key in {"torture", "beating"}
        assert found[choice.key] == (("☑", Action.UNMARK) if marked else ("☐", Action.MARK))


def test_marking_changes_the_buttons_of_the_message_and_leaves_its_words(texts: Texts) -> None:
    interview = interview_at("conditions").mark("torture", on=True)
    replaced = views.marked(interview, 77, texts, today=TODAY)
    assert (replaced.message_id, replaced.html) == (77, None)
    assert replaced.keyboard == keyboards.keyboard(interview, texts, today=TODAY)


def test_the_review_has_a_button_for_every_answer_and_shows_every_answer(texts: Texts) -> None:
    screen = views.screen(interview_at(REVIEW), texts, today=TODAY)
    edits = [unpack_press(data) for _, data in buttons(screen.keyboard)]
    assert [press.value for press in edits if press.action is Action.EDIT] == list(QUESTIONS)
    assert edits[-1].action is Action.REVIEWED
    words = shown(screen)
    for key in QUESTIONS:
        assert f"{texts.plain(f'question.{key}.label')}: " in words
    assert "the name as said" in words
    assert texts.place("almaty") in words


@pytest.mark.parametrize("step", [step for step in STEPS if step not in {REVIEW, *QUESTIONS}])
def test_no_other_screen_repeats_an_answer(texts: Texts, step: str) -> None:
    interview = interview_at(step).model_copy(update={"answers": {"name": said("UNMISTAKABLE")}})
    assert "UNMISTAKABLE" not in shown(views.screen(interview, texts, today=TODAY))


@pytest.mark.parametrize("key", QUESTIONS)
def test_a_question_asked_again_repeats_its_own_answer_and_no_other(texts: Texts, key: str) -> None:
    interview = editing(key)
    answers = {other: said(f"UNMISTAKABLE-{other}") for other in QUESTIONS}
    words = shown(views.screen(interview.model_copy(update={"answers": answers}), texts, today=TODAY))
    assert [other for other in QUESTIONS if f"UNMISTAKABLE-{other}" in words] == [key]


def test_a_question_asked_for_the_first_time_shows_no_answer_so_far(texts: Texts) -> None:
    before = texts.plain("answer.so_far", answer="")
    assert before not in shown(views.screen(interview_at("name"), texts, today=TODAY))
    assert before in shown(views.screen(editing("name"), texts, today=TODAY))


def test_every_way_of_publishing_stands_on_a_button(texts: Texts) -> None:
    found = [press.value for press in presses(interview_at(PUBLISHING), texts) if press.action is Action.PUBLISH]
    assert found == list(Publishing)


@pytest.mark.parametrize("choice", Publishing)
def test_the_last_screen_repeats_the_choice_about_publishing(texts: Texts, choice: Publishing) -> None:
    screen = views.screen(interview_at(PUBLISHING).publish(choice), texts, today=TODAY)
    assert texts.plain(f"publishing.{choice}") in shown(screen)
    actions = [unpack_press(data).action for _, data in buttons(screen.keyboard)]
    assert actions == [Action.SUBMIT, Action.BACK]


# --- Answers at their worst -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("filling", WORST.values(), ids=WORST)
def test_the_longest_answers_fit_into_the_review_with_a_note_above(texts: Texts, filling: str) -> None:
    answers = worst_answers(filling, understood=True)
    interview = far_along(REVIEW).model_copy(update={"answers": answers})
    for key in QUESTIONS:
        for note in Note:
            assert shown(views.after(Progress(interview, note, key), texts, today=TODAY))
    problem = views.problem(NotUnderstood(Misreading.TOO_LONG, limit=4096), texts)
    assert shown(views.again(interview, problem, texts, today=TODAY))


@pytest.mark.parametrize("filling", WORST.values(), ids=WORST)
def test_the_longest_answer_fits_above_the_next_question_and_when_it_is_asked_again(texts: Texts, filling: str) -> None:
    for key in QUESTIONS:
        for understood in (True, False):
            answer = worst_answer(QUESTIONNAIRE[key], filling, understood=understood)
            after = interview_at(key).answered(answer)
            for note in Note:
                assert shown(views.after(Progress(after, note, key), texts, today=TODAY))
            assert shown(views.screen(after.back(), texts, today=TODAY))


@pytest.mark.parametrize("key", QUESTIONS)
def test_what_a_person_writes_is_shown_as_written_and_marks_nothing_up(texts: Texts, key: str) -> None:
    for note in set(Note) - {Note.GO_ON}:
        plain = views.after(Progress(interview_at(key).answered(said("x")), note, key), texts, today=TODAY)
        for words in MARKUP:
            screen = views.after(Progress(interview_at(key).answered(said(words)), note, key), texts, today=TODAY)
            assert kinds(screen) == kinds(plain)
            assert words in shown(screen)


def test_words_are_repeated_beside_what_was_made_of_them(english: Texts) -> None:
    answer = said("5 января").model_copy(update={"reading": Reading(value="2022-01-05")})
    assert echoes("date", answer, english) == ["5 January 2022 (“5 января”)"] * 3


def test_a_place_is_repeated_beside_the_words_where_they_differ(english: Texts) -> None:
    def almaty(words: str) -> Answer:
        return said(words).model_copy(update={"reading": Reading(value="almaty")})

    assert echoes("city", almaty("в Алма-Ате, у рынка"), english) == ["Almaty (“в Алма-Ате, у рынка”)"] * 3
    assert echoes("city", almaty(" Almaty "), english) == ["Almaty"] * 3
    assert echoes("city", Answer.pressed(value="almaty"), english) == ["Almaty"] * 3


def test_a_date_written_in_figures_is_not_repeated_beside_itself(english: Texts) -> None:
    for figures in ("5.1.22", "2022-01-05", "05/01/2022"):
        answer = said(figures).model_copy(update={"reading": Reading(value="2022-01-05")})
        assert echoes("date", answer, english) == ["5 January 2022"] * 3


def test_signs_that_cannot_be_seen_are_not_repeated(english: Texts) -> None:
    hidden = "\N{RIGHT-TO-LEFT OVERRIDE}\N{ZERO WIDTH SPACE}"
    assert echoes("name", said(f"{hidden}Асель{hidden} "), english) == ["Асель"] * 3
    recognised = said(f"{hidden}Алма-Ата").model_copy(update={"reading": Reading(value="almaty")})
    assert echoes("city", recognised, english) == ["Almaty (“Алма-Ата”)"] * 3


def echoes(key: str, answer: Answer, texts: Texts) -> list[str]:
    """Return an answer as it is repeated above the next question, when it is asked again, and on the review."""
    after = interview_at(key).answered(answer)
    noted = shown(views.after(Progress(after, Note.ANSWERED, key), texts, today=TODAY)).splitlines()[0]
    again = shown(views.screen(after.back(), texts, today=TODAY)).splitlines()[-1]
    review = shown(views.screen(far_along(REVIEW).reworded(key, answer), texts, today=TODAY)).splitlines()
    label = texts.plain(f"question.{key}.label")
    return [
        noted.removeprefix(f"✓ {label}: "),
        again.removeprefix(texts.plain("answer.so_far", answer="")),
        next(line for line in review if line.startswith(label)).removeprefix(f"{label}: "),
    ]


def test_the_review_shows_every_condition_that_can_be_chosen_together(texts: Texts) -> None:
    chosen = [choice.key for choice in QUESTIONNAIRE["conditions"].choices if not choice.alone]
    review = far_along(REVIEW).reworded("conditions", Answer.pressed(choices=chosen))
    lines = shown(views.screen(review, texts, today=TODAY)).splitlines()[-len(chosen) :]
    labels = [texts.plain(f"choice.conditions.{key}") for key in chosen]
    assert lines == [f"{texts.plain('question.conditions.label')}: {labels[0]}", *labels[1:]]


@pytest.mark.parametrize(("key", "most"), [("charge", 300), ("conditions", 600)])
def test_of_a_long_answer_so_much_is_repeated_and_no_more(texts: Texts, key: str, most: int) -> None:
    for length in (most, most + 1):
        review = far_along(REVIEW).model_copy(update={"answers": {key: said("ы" * length)}})
        repeated = shown(views.screen(review, texts, today=TODAY)).splitlines()[-1].rpartition(" ")[2]
        assert repeated == ("ы" * most if length == most else "ы" * (most - 1) + "…")


def test_of_long_words_beside_what_was_understood_as_much_is_repeated(english: Texts) -> None:
    answer = said("ы" * 301).model_copy(update={"reading": Reading(value="2022-01-05")})
    assert echoes("date", answer, english) == [f"5 January 2022 (“{'ы' * 299}…”)"] * 3


def test_a_long_answer_is_shortened_to_the_person_who_gave_it(texts: Texts) -> None:
    answers = {"charge": said(filled("слово ", 4096))}
    words = shown(views.screen(far_along(REVIEW).model_copy(update={"answers": answers}), texts, today=TODAY))
    assert "слово…" in words
    assert len(words) < 600


STANDINGS = (Decision.APPROVED, Decision.REJECTED, None)
"""Of a report that was withdrawn nothing is told."""


# --- Notes, problems, and the other messages ------------------------------------------------------------------------


@pytest.mark.parametrize("note", sorted(set(Note) - {Note.GO_ON}))
def test_a_note_repeats_what_was_understood_above_the_next_question(english: Texts, note: Note) -> None:
    after = interview_at("city").answered(Answer.pressed(value="semey"))
    words = shown(views.after(Progress(after, note, "city"), english, today=TODAY))
    assert words.startswith("✓ City: Semey\n")
    assert english("question.date").striptags().split("?")[0] in words


def test_the_review_needs_no_note_of_an_answer_that_it_shows(texts: Texts) -> None:
    after = interview_at(QUESTIONS[-1]).answered(Answer.unknown())
    screen = views.screen(after, texts, today=TODAY)
    assert views.after(Progress(after, Note.ANSWERED, QUESTIONS[-1]), texts, today=TODAY) == screen
    assert views.after(Progress(after, Note.CHANGED, QUESTIONS[-1]), texts, today=TODAY) != screen


def test_without_a_note_only_the_screen_is_shown(texts: Texts) -> None:
    interview = interview_at("date")
    assert views.after(Progress(interview), texts, today=TODAY) == views.screen(interview, texts, today=TODAY)


@pytest.mark.parametrize("step", STEPS)
def test_a_problem_stands_above_the_screen_it_happened_on(texts: Texts, step: str) -> None:
    interview = interview_at(step)
    body = "" if step == CONSENT else "\n\n" + views.screen(interview, texts, today=TODAY).html
    for why in Misreading:
        problem = views.problem(NotUnderstood(why, limit=200), texts)
        again = views.again(interview, problem, texts, today=TODAY)
        assert shown(again)
        assert again.html == problem + Markup(body)  # noqa: S704  our own screen
        assert again.keyboard == keyboards.keyboard(interview, texts, today=TODAY)


def test_the_long_consent_is_not_said_twice(texts: Texts) -> None:
    again = views.again(interview_at(CONSENT), texts("problem.not_taken"), texts, today=TODAY)
    assert again.html == texts("problem.not_taken")
    assert [unpack_press(data).action for _, data in buttons(again.keyboard)] == [Action.AGREE]


@pytest.mark.parametrize("key", QUESTIONS)
@pytest.mark.parametrize("why", Misreading)
def test_what_was_not_changed_is_named_with_the_reason(texts: Texts, key: str, why: Misreading) -> None:
    error = NotUnderstood(why, limit=200)
    said_so = Say(html=str(views.problem(NotChanged(key, error), texts)))
    label = texts.plain(f"question.{key}.label")
    middle = {"en": "nothing has changed.", "kk": "ештеңе өзгерген жоқ.", "ru": "ничего не изменилось."}[texts.language]
    assert shown(said_so) == f"{label}: {middle} {shown(Say(html=str(views.problem(error, texts))))}"
    assert kinds(said_so) == ["bold"]


def test_what_was_not_changed_reads_so(english: Texts) -> None:
    error = NotChanged("city", NotUnderstood(Misreading.TOO_LONG, limit=200))
    assert views.problem(error, english) == (
        "<b>City: nothing has changed.</b> Up to 200 characters fit here, so this was not saved. "
        "Please write it shorter."
    )


def test_a_remark_stands_above_the_note(texts: Texts) -> None:
    after = interview_at("city").answered(Answer.pressed(value="semey"))
    progress = Progress(after, Note.ANSWERED, "city")
    remark = texts("evidence.with_draft")
    screen = views.after(progress, texts, today=TODAY, remark=remark)
    plain = views.after(progress, texts, today=TODAY)
    assert screen.html == f"{remark}\n{plain.html}"
    assert screen.keyboard == plain.keyboard
    assert plain.html.startswith("✓ ")


def test_a_remark_stands_alone_above_a_screen_with_no_note(texts: Texts) -> None:
    after = interview_at(QUESTIONS[-1]).answered(Answer.unknown())
    remark = texts("evidence.with_draft")
    screen = views.after(Progress(after, Note.ANSWERED, QUESTIONS[-1]), texts, today=TODAY, remark=remark)
    assert screen.html == f"{remark}\n\n{views.screen(after, texts, today=TODAY).html}"


def test_each_line_of_a_story_is_noted_in_few_words(english: Texts) -> None:
    begun = interview_at("conditions").told_more(Words(message_id=9, text="he is cold"))
    words = shown(views.after(Progress(begun, Note.GO_ON, "conditions"), english, today=TODAY))
    assert words.splitlines() == ["✓ Noted: “he is cold”", "Is there more? When all is said, press “Done”."]
    assert shown(views.screen(begun, english, today=TODAY)).endswith("\nYour answer so far: he is cold")


def test_an_answer_so_far_is_told_below_a_note_about_another(english: Texts) -> None:
    begun = interview_at("conditions").told_more(Words(message_id=9, text="he is cold"))
    words = shown(views.after(Progress(begun, Note.ADDED, "charge"), english, today=TODAY))
    assert words.startswith("✓ Charge: No charge was named\nThis came before the question below, so I added it to")
    assert words.endswith("\nYour answer so far: he is cold")


@pytest.mark.parametrize(("error", "key"), [(ButtonsOnly(), "problem.buttons_only"), (TooEarly(), "problem.too_early")])
def test_words_that_are_no_answer_here_are_told_why(texts: Texts, error: ButtonsOnly | TooEarly, key: str) -> None:
    assert views.problem(error, texts) == texts(key)


def test_the_limit_that_was_passed_is_named(texts: Texts) -> None:
    assert "200" in views.problem(NotUnderstood(Misreading.TOO_LONG, limit=200), texts)


def test_deleting_the_draft_is_asked_about_with_buttons_of_the_current_screen(texts: Texts) -> None:
    for step in STEPS:
        question = views.confirm_cancel(far_along(step), texts)
        assert shown(question)
        found = [unpack_press(data) for _, data in buttons(question.keyboard)]
        assert found == [Press(LARGEST_SCREEN, Action.DROP), Press(LARGEST_SCREEN, Action.KEEP)]
        assert question.html == texts("cancel.confirm")


def test_words_are_answered_above_the_question_whether_to_delete(texts: Texts) -> None:
    note = texts("problem.buttons_only")
    asked = views.confirm_cancel(far_along("date"), texts, note=note)
    plain = views.confirm_cancel(far_along("date"), texts)
    assert asked.html == f"{note}\n\n{plain.html}"
    assert asked.keyboard == plain.keyboard


def test_other_languages_are_offered_in_their_own_words(catalogues: Catalogues) -> None:
    for current in catalogues.languages:
        keyboard = keyboards.language_keyboard(catalogues, current=current)
        check_keyboard(keyboard)
        assert buttons(keyboard) == [
            (catalogues.in_language(other).plain("language.name"), f"l:{other}")
            for other in catalogues.languages
            if other != current
        ]
    assert len(buttons(keyboards.language_keyboard(catalogues))) == len(catalogues.languages)


def test_the_receipt_shows_the_code_twice_to_be_copied(texts: Texts) -> None:
    receipt = views.receipt(17, CODE, texts)
    assert shown(receipt).count("ABC-DEF-GHJ") == 2
    assert "/status ABC-DEF-GHJ" in shown(receipt)
    assert kinds(receipt).count("code") == 2
    assert [data for _, data in buttons(receipt.keyboard)] == ["m:17:more", "m:17:other", "m:17:steps"]


@pytest.mark.parametrize("decision", STANDINGS)
def test_every_standing_is_said_with_the_code(texts: Texts, decision: Decision | None) -> None:
    others = {shown(views.status(CODE, other, texts)) for other in STANDINGS if other != decision}
    words = shown(views.status(CODE, decision, texts))
    assert "ABC-DEF-GHJ" in words
    assert words not in others


def test_buttons_go_stale_with_the_screen(texts: Texts) -> None:
    for step, following in pairwise(STEPS):
        for press in presses(interview_at(step), texts):
            with pytest.raises(StaleButton):
                carry_out(interview_at(following), press)


def test_a_draft_on_the_last_screen_can_be_sent_off_from_there_only(texts: Texts) -> None:
    offered = {step: {press.action for press in presses(interview_at(step), texts)} for step in STEPS}
    assert [step for step, actions in offered.items() if Action.SUBMIT in actions] == [SUBMIT]
