import ast
import re
import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.pofile import read_po
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.access import TEAM_COMMANDS, Role, Verdict
from bot.domain.addition import AdditionKind
from bot.domain.asked import AskedOutcome, NotAskable
from bot.domain.audit import AuditAct
from bot.domain.case import CaseStatus
from bot.domain.consent import Publishing
from bot.domain.errors import CaseHolding, Holding, Misreading, UndoRefusal
from bot.domain.evidence import EvidenceKind, Refusal
from bot.domain.further_questions import ALL_QUESTIONS
from bot.domain.interview import CONSENT, PUBLISHING, SHARING
from bot.domain.matching import NameMatch
from bot.domain.menus import EVERYONES_COMMANDS
from bot.domain.notice import NoticeState
from bot.domain.press import NO, YES
from bot.domain.questionnaire import LONGEST_MESSAGE, Kind
from bot.domain.report import Decision, RejectionReason
from bot.sandbox.world.html_parser import parse_html
from bot.services.hearing import Note
from bot.texts import LOCALES, SOURCE_LANGUAGE, Catalogues, Texts
from bot.understanding.country import Country
from bot.understanding.dates.answer import TimeOfDay
from handlers.team.case_callbacks import CaseAsked, StatusDay

ROOT = Path(__file__).parents[2]
LANGUAGES = sorted(path.name for path in LOCALES.iterdir())
OTHERS = [language for language in LANGUAGES if language != SOURCE_LANGUAGE]
ALMATY = ZoneInfo("Asia/Almaty")

QUESTIONS = ALL_QUESTIONS
COMPOSED: Mapping[str, Iterable[str]] = {
    "question.{}": [f"question.{question.key}" for question in QUESTIONS],
    "question.{}.label": [f"question.{question.key}.label" for question in QUESTIONS],
    "choice.{}.{}": [
        f"choice.{question.key}.{choice.key}"
        for question in QUESTIONS
        for choice in question.choices
        if question.kind is not Kind.PLACE
    ],
    "day.{}": [f"day.{part}" for part in TimeOfDay],
    "screen.{}": [f"screen.{step}" for step in (CONSENT, SHARING, PUBLISHING)],
    "problem.{}": [f"problem.{why}" for why in Misreading],
    "note.{}": [f"note.{note}" for note in Note if note is not Note.GO_ON],
    "sharing.{}": [f"sharing.{answer}" for answer in (YES, NO)],
    "evidence.received.{}": [f"evidence.received.{kind}" for kind in EvidenceKind],
    "evidence.kind.{}": [f"evidence.kind.{kind}" for kind in EvidenceKind],
    "evidence.refused.{}": [f"evidence.refused.{why}" for why in Refusal],
    "files.{}": [f"files.{kind}" for kind in EvidenceKind],
    "publishing.{}": [f"publishing.{choice}" for choice in Publishing],
    "button.approve.{}": [f"button.approve.{less}" for less in (Publishing.INITIALS, Publishing.WITHOUT_NAME)],
    "reason.{}": [f"reason.{reason}" for reason in RejectionReason],
    "not_yours.{}": [f"not_yours.{holding}" for holding in Holding],
    "card.{}": [f"card.{decision}" for decision in Decision if decision is not Decision.WITHDRAWN],
    "addition.{}": [f"addition.{kind}" for kind in AdditionKind],
    "asked.{}": [f"asked.{outcome}" for outcome in AskedOutcome if outcome is not AskedOutcome.WITHDRAWN],
    "not_askable.{}": [f"not_askable.{why}" for why in NotAskable],
    "my.state.{}": [f"my.state.{state}" for state in ("waiting", Decision.APPROVED, Decision.REJECTED)],
    "audit.{}": [f"audit.{act}" for act in AuditAct],
    "notice.{}": [f"notice.{what}" for what in ("added", "answered", "consented")],
    "notice.state.{}": [f"notice.state.{state}" for state in NoticeState],
    "settled.{}": [f"settled.{decision}" for decision in (Decision.APPROVED, Decision.REJECTED)],
    "toast.undo.{}": [f"toast.undo.{why}" for why in UndoRefusal],
    "role.{}": [f"role.{role}" for role in Role],
    "role.does.{}": [f"role.does.{role}" for role in Role],
    "help.{}": [f"help.{command}" for command in TEAM_COMMANDS],
    "refused.{}": [f"refused.{verdict}" for verdict in Verdict if verdict not in {Verdict.YES, Verdict.STRANGER}],
    "status.{}": [f"status.{standing}" for standing in (Decision.APPROVED, Decision.REJECTED, "waiting")],
    "command.{}": [f"command.{command}" for command in (*EVERYONES_COMMANDS, *TEAM_COMMANDS)],
    "candidate.name.{}": [f"candidate.name.{match}" for match in NameMatch],
    "case.status.{}": [f"case.status.{status}" for status in CaseStatus],
    "case.not_yours.{}": [f"case.not_yours.{holding}" for holding in CaseHolding],
    "case.ask.{}": [f"case.ask.{asked}" for asked in CaseAsked],
    "case.not_taken.{}": [f"case.not_taken.{asked}" for asked in CaseAsked],
    "button.day.{}": [f"button.day.{day}" for day in StatusDay],
    "find.state.{}": [f"find.state.{state}" for state in ("waiting", *Decision)],
}
"""Every key that the code puts together, by its shape."""


@dataclass(frozen=True)
class Asked:
    """One place in the code that asks for a text."""

    where: str
    keys: tuple[str, ...]
    """Literal keys, or the shape of a composed one."""
    how: str
    given: frozenset[str]


def sources() -> Iterator[tuple[str, ast.Module]]:
    for folder in ("bot", "handlers"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith("bot/sandbox/"):
                yield name, ast.parse(path.read_text(encoding="utf-8"))


def shape(node: ast.expr) -> str | None:
    """Return a literal string, or an f-string with {} for what is put in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def keys_of(node: ast.expr) -> tuple[str, ...]:
    nodes = (node.body, node.orelse) if isinstance(node, ast.IfExp) else (node,)
    return tuple(key for one in nodes if (key := shape(one)) is not None)


def asked() -> Iterator[Asked]:
    for where, tree in sources():
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call) or not call.args:
                continue
            how = getattr(call.func, "attr", getattr(call.func, "id", ""))
            if how in {"texts", "plain", "plural"}:
                given = frozenset(keyword.arg for keyword in call.keywords if keyword.arg)
                numbered = {"number"} if how == "plural" else set()
                yield Asked(f"{where}:{call.lineno}", keys_of(call.args[0]), how, given | numbered)


ASKED = list(asked())
STRINGS = {
    (text, f"{where}:{node.lineno}")
    for where, tree in sources()
    for node in ast.walk(tree)
    if isinstance(node, ast.Constant | ast.JoinedStr) and (text := shape(node)) is not None
}


def read(language: str) -> dict[str, tuple[str, ...]]:
    """Return the texts of a language by key: one, or one a plural form."""
    with (LOCALES / language / "LC_MESSAGES" / "bot.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    found = {}
    for message in catalogue:
        if message.id:
            key = message.id if isinstance(message.id, str) else message.id[0]
            found[key] = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    return found


CATALOGUES = {language: read(language) for language in LANGUAGES}
SOURCE = CATALOGUES[SOURCE_LANGUAGE]


def every_form(language: str) -> Iterator[tuple[str, str]]:
    return ((key, text) for key, forms in CATALOGUES[language].items() for text in forms)


MOST_ON_A_BUTTON = 28
"""Characters that a narrow phone shows of a button as wide as the message."""


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def markup(text: str) -> list[str]:
    """Return the kinds of markup in a text, as Telegram understands it; it raises where Telegram would refuse it."""
    _, entities = parse_html(text)
    return sorted(str(entity["type"]) for entity in entities)


def used_keys() -> set[str]:
    called = {key for one in ASKED for key in one.keys}
    named = {text for text, _ in STRINGS if "." in text}
    return (called | named | {key for keys in COMPOSED.values() for key in keys}) & set(SOURCE)


@pytest.fixture(scope="module")
def catalogues() -> Catalogues:
    return Catalogues.load(default="ru", zone=ALMATY, country=Country.load("kz"))


@pytest.fixture(scope="module", params=LANGUAGES)
def texts(request: pytest.FixtureRequest, catalogues: Catalogues) -> Texts:
    return catalogues.in_language(request.param)


# --- The catalogues are equal ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_exactly_the_same_keys(language: str) -> None:
    assert set(CATALOGUES[language]) == set(SOURCE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_stands_twice_in_a_file_and_no_text_is_doubtful(language: str) -> None:
    lines = (LOCALES / language / "LC_MESSAGES" / "bot.po").read_text(encoding="utf-8").splitlines()
    keys = [line for line in lines if line.startswith("msgid ")]
    assert len(keys) == len(set(keys))
    assert not [line for line in lines if line.startswith("#,") and "fuzzy" in line]
    assert not [line for line in lines if line.startswith("#~")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty(language: str) -> None:
    assert not [key for key, text in every_form(language) if not text.strip()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_has_the_same_words_in_braces_in_every_language_and_form(language: str) -> None:
    assert not [key for key, text in every_form(language) if placeholders(text) != placeholders(SOURCE[key][0])]


def test_words_in_braces_are_names() -> None:
    names = {name for key in SOURCE for name in placeholders(SOURCE[key][0])}
    assert names
    assert all(name.isidentifier() for name in names)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_has_the_same_markup_in_every_language_and_form_and_telegram_takes_it(language: str) -> None:
    assert not [key for key, text in every_form(language) if markup(text) != markup(SOURCE[key][0])]


def test_texts_are_marked_up_in_three_ways_only() -> None:
    assert {kind for _, text in every_form(SOURCE_LANGUAGE) for kind in markup(text)} == {"bold", "italic", "code"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals_have_the_number_of_forms_that_the_language_has(language: str) -> None:
    with (LOCALES / language / "LC_MESSAGES" / "bot.po").open("rb") as file:
        forms = read_po(file, locale=language).num_plurals
    plurals = {key for key, found in SOURCE.items() if len(found) > 1}
    assert plurals
    assert {key: len(CATALOGUES[language][key]) for key in plurals} == dict.fromkeys(plurals, forms)
    assert {len(CATALOGUES[language][key]) for key in set(SOURCE) - plurals} == {1}


@pytest.mark.parametrize("key", [key for key, found in SOURCE.items() if len(found) > 1])
def test_every_plural_form_is_said_of_some_number(texts: Texts, key: str) -> None:
    names = placeholders(SOURCE[key][0]) - {"number"}
    said = {str(texts.plural(key, n, **dict.fromkeys(names, "x"))).replace(str(n), "{number}") for n in range(1, 200)}
    written = CATALOGUES[texts.language][key]
    expected = {re.sub(r"\{(?!number\})\w+\}", "x", text) for text in written}
    assert said == expected


# --- The code and the catalogues fit --------------------------------------------------------------------------------


def test_the_code_was_found_asking_for_texts() -> None:
    assert len(ASKED) > 60
    assert {one.how for one in ASKED} == {"texts", "plain", "plural"}


def test_every_text_that_the_code_asks_for_exists() -> None:
    literal = [(key, one.where) for one in ASKED for key in one.keys if "{}" not in key]
    assert not [(key, where) for key, where in literal if key not in SOURCE]


def test_every_string_that_looks_like_a_key_is_one() -> None:
    families = {key.partition(".")[0] for key in SOURCE if "." in key}
    looks = re.compile(rf"(?:{'|'.join(sorted(families))})(?:\.[a-z_]+)+")
    assert not [(text, where) for text, where in STRINGS if looks.fullmatch(text) and text not in SOURCE]


def test_every_way_of_composing_a_key_is_known_here() -> None:
    families = {key.partition(".")[0] for key in SOURCE if "." in key}
    looks = re.compile(rf"(?:{'|'.join(sorted(families))})\.[a-z_.{{}}]*{{}}[a-z_.{{}}]*")
    assert {text for text, _ in STRINGS if looks.fullmatch(text)} == set(COMPOSED)


def test_every_composed_key_exists() -> None:
    assert {key for keys in COMPOSED.values() for key in keys} - set(SOURCE) == set()


def test_no_text_is_left_over() -> None:
    assert set(SOURCE) - used_keys() == set()


def test_the_code_gives_every_word_that_a_text_has_in_braces() -> None:
    wanted = [(one, key, placeholders(SOURCE[key][0])) for one in ASKED for key in one.keys if key in SOURCE]
    assert len(wanted) > 50
    assert not [(one.where, key) for one, key, names in wanted if not names <= one.given]


@pytest.mark.parametrize(
    ("shown", "given"),
    [
        ("question.{}", set()),
        ("question.{}.label", set()),
        ("choice.{}.{}", set()),
        ("screen.{}", set()),
        ("problem.{}", {"limit"}),
        ("note.{}", {"line"}),
        ("publishing.{}", set()),
        ("button.approve.{}", set()),
        ("reason.{}", set()),
        ("not_yours.{}", {"report", "holder", "at"}),
        ("card.{}", {"report", "case"}),
        ("status.{}", {"code"}),
        ("command.{}", set()),
        ("audit.{}", {"at", "who", "case", "subject"}),
    ],
)
def test_composed_texts_need_only_what_the_code_gives_them(shown: str, given: set[str]) -> None:
    asking = [one for one in ASKED if shown in one.keys]
    assert asking
    assert all(one.given >= given for one in asking)
    assert all(placeholders(SOURCE[key][0]) <= given for key in COMPOSED[shown])


def plain_keys() -> set[str]:
    """Return the keys whose texts are shown where Telegram takes no markup: buttons, toasts, menus, labels."""
    asked_plainly = {key for one in ASKED if one.how == "plain" for key in one.keys}
    composed = {key for form in asked_plainly & set(COMPOSED) for key in COMPOSED[form]}
    return (asked_plainly | composed | {key for key in SOURCE if key.startswith(("button.", "toast."))}) & set(SOURCE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_plain_texts_have_no_markup(language: str) -> None:
    assert len(plain_keys()) > 50
    assert not [key for key in plain_keys() for text in CATALOGUES[language][key] if set(text) & set("<>&")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_button_that_a_text_speaks_of_is_called_so(language: str) -> None:
    labels = {text for key, text in every_form(language) if key.startswith("button.")}
    spoken_of = [(key, found) for key, text in every_form(language) for found in re.findall(r"[“«]([^”»{]+)[”»]", text)]
    assert {key for key, _ in spoken_of} == {
        *(f"question.{question.key}" for question in QUESTIONS if question.kind is Kind.CHOICES),
        "note.go_on",
        "note.comfort",
        "screen.submit",
        "toast.nothing_chosen",
        "correct.nothing_chosen",
    }
    assert not [(key, found) for key, found in spoken_of if found not in labels]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_that_a_text_speaks_of_is_one(language: str) -> None:
    commands = {*EVERYONES_COMMANDS, *TEAM_COMMANDS}
    spoken_of = {(key, found) for key, text in every_form(language) for found in re.findall(r"(?<![\w<])/(\w+)", text)}
    assert {found for _, found in spoken_of} == commands
    assert {found for key, found in spoken_of if key in {"problem.to_begin", "cancel.done", "status.rejected"}} == {
        "start",
        "wipe",
    }


@pytest.mark.parametrize(
    ("language", "word", "other_words"),
    [
        ("kk", "абарлама", r"(?i)\b(өтініш|арыз|репорт|есеп|есебі|баяндама|мәлімдеме|хабарландыру)|\bхат[а-я]* №"),
        ("ru", "бращени", r"(?i)\b(заявк|репорт|отч[её]т)|сообщени[ея] №"),
    ],
)
def test_a_report_is_called_by_one_word(language: str, word: str, other_words: str) -> None:
    # In a list of them, or beside such a list.
    listed = {"my.line", "queue.oldest", "queue.claim", "button.break", "notice.line", "notice.bare"}
    numbered = [key for key in SOURCE if {"report", "code"} & placeholders(SOURCE[key][0]) and key not in listed]
    assert len(numbered) > 12
    assert not [key for key in numbered if word not in CATALOGUES[language][key][0]]
    assert not [key for key, text in every_form(language) if re.search(other_words, text)]


def test_in_kazakh_no_ending_is_glued_to_what_is_put_in() -> None:
    """It would have to follow the vowels of a word that nobody knows yet; "3-сұрақ" is right after any number."""
    endings = {found for _, text in every_form("kk") for found in re.findall(r"(?<=\})[-’']?\w+", text)}
    assert endings == {"-сұрақ", "-бап", "-бөлік", "-тармақ"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_mixes_two_alphabets(language: str) -> None:
    """Latin and Cyrillic letters that look the same are not the same to who searches, or has the text read aloud."""
    said = [(key, re.sub(r"\{\w+\}|<[^>]+>", " ", text)) for key, text in every_form(language)]
    words = [(key, word) for key, text in said for word in re.findall(r"[^\W\d_]+", text)]
    assert not [(key, word) for key, word in words if re.search(r"[a-zA-Z]", word) and re.search(r"[Ѐ-ӿ]", word)]


# --- Telegram's limits ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_fits_where_it_is_shown(language: str) -> None:
    on_buttons = dict.fromkeys(
        ("button", "choice", "place", "sharing", "publishing", "reason", "language"), MOST_ON_A_BUTTON
    )
    limits = {**on_buttons, "toast": 200, "command": 256}

    def limit(key: str) -> int:
        return limits.get(key.partition(".")[0], LONGEST_MESSAGE)

    assert not [key for key, text in every_form(language) if len(parse_html(text)[0]) > limit(key)]


def test_a_button_with_words_put_in_fits_as_well(texts: Texts) -> None:
    longest_day = max(len(texts.short_day(date(2022, 12, day))) for day in range(1, 32))
    for key in ("button.today", "button.yesterday"):
        assert len(texts.plain(key, day="d" * longest_day)) <= MOST_ON_A_BUTTON
    for question in QUESTIONS:
        label = texts.plain(f"question.{question.key}.label")
        assert len(texts.plain("button.edit", label=label)) <= MOST_ON_A_BUTTON


@pytest.mark.parametrize("command", [*EVERYONES_COMMANDS, *TEAM_COMMANDS])
def test_every_command_on_the_menu_is_explained_in_the_help(texts: Texts, command: str) -> None:
    key = "help" if command in EVERYONES_COMMANDS else f"help.{command}"
    assert f"/{command}" in texts(key)


# --- Saying ---------------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.text())
def test_whatever_is_put_into_a_text_is_shown_as_it_is(catalogues: Catalogues, words: str) -> None:
    texts = catalogues.in_language("en")
    assert parse_html(texts("note.answered", line=words)) == (f"✓ {words}", [])
    shown, entities = parse_html(texts("answer.line", label=words, answer=words))
    assert shown == f"{words}: {words}"
    assert {entity["type"] for entity in entities} == {"bold"}


@settings(deadline=None)
@given(st.text())
def test_whatever_is_put_into_a_plural_is_shown_as_it_is(catalogues: Catalogues, words: str) -> None:
    assert parse_html(catalogues.in_language("en").plural("digest.city", 2, city=words))[0] == f"{words}: 2"


def test_a_text_within_a_text_keeps_its_markup(texts: Texts) -> None:
    line = texts("answer.line", label="<", answer="&")
    assert "<b>&lt;:</b> &amp;" in texts("note.answered", line=line)


def test_plain_texts_are_not_escaped(texts: Texts) -> None:
    assert texts.plain("button.edit", label="a < b & c").endswith("a < b & c")


@pytest.mark.parametrize(
    ("language", "number", "said"),
    [
        ("en", 1, "• 1 person, name not published"),
        ("en", 2, "• 2 people, names not published"),
        ("kk", 1, "• 1 адам, аты-жөні жарияланбайды"),
        ("kk", 2, "• 2 адам, аты-жөні жарияланбайды"),
        ("kk", 21, "• 21 адам, аты-жөні жарияланбайды"),
        ("ru", 1, "• 1 человек, без имени в сводке"),
        ("ru", 3, "• 3 человека, без имени в сводке"),
        ("ru", 11, "• 11 человек, без имени в сводке"),
        ("ru", 21, "• 21 человек, без имени в сводке"),
        ("ru", 112, "• 112 человек, без имени в сводке"),
    ],
)
def test_numbers_are_said_in_the_right_form(catalogues: Catalogues, language: str, number: int, said: str) -> None:
    assert catalogues.in_language(language).plural("digest.unnamed", number) == said


@pytest.mark.parametrize(
    ("language", "number", "said"),
    [
        ("kk", 1, "1 хабарлама күтіп тұр."),
        ("kk", 3, "3 хабарлама күтіп тұр."),
        ("ru", 1, "Ждёт 1 обращение."),
        ("ru", 3, "Ждут 3 обращения."),
        ("ru", 11, "Ждут 11 обращений."),
        ("ru", 21, "Ждёт 21 обращение."),
        ("ru", 112, "Ждут 112 обращений."),
    ],
)
def test_what_waits_is_counted_in_the_right_form(catalogues: Catalogues, language: str, number: int, said: str) -> None:
    sentence = catalogues.in_language(language).plural("queue.waiting", number, urgent=0, claimed=0)
    assert sentence.split("\n")[0] == f"<b>{said}</b>"


@pytest.mark.parametrize(
    ("language", "day", "short", "moment"),
    [
        ("en", "5 January 2022", "Wed 5 Jan", "5 January, 14:20"),
        ("kk", "5 қаңтар 2022", "ср 5 қаң.", "5 қаңтар, 14:20"),
        ("ru", "5 января 2022", "ср 5 янв.", "5 января, 14:20"),
    ],
)
def test_days_and_moments_are_written_in_the_language_and_the_local_time(
    catalogues: Catalogues, language: str, day: str, short: str, moment: str
) -> None:
    texts = catalogues.in_language(language)
    assert texts.day(date(2022, 1, 5)) == day
    assert texts.short_day(date(2022, 1, 5)) == short
    assert texts.moment(datetime(2022, 1, 5, 8, 20, tzinfo=UTC)) == moment


# --- Choosing a language --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("ru", "ru"),
        ("en", "en"),
        ("en-GB", "en"),
        ("EN-us", "en"),
        ("kk", "kk"),
        ("kk-KZ", "kk"),
        ("KK", "kk"),
        ("k", "ru"),
        ("fr", "ru"),
        ("", "ru"),
        (None, "ru"),
        ("e", "ru"),
    ],
)
def test_the_closest_language_is_chosen(catalogues: Catalogues, code: str | None, language: str) -> None:
    assert catalogues.closest(code) == language


def test_an_unknown_language_is_answered_in_the_default_one(catalogues: Catalogues) -> None:
    assert catalogues.in_language("fr") is catalogues.in_language("ru")


def test_there_is_no_default_without_a_catalogue() -> None:
    with pytest.raises(KeyError):
        Catalogues.load(default="fr", zone=ALMATY, country=Country.load("kz"))


def test_what_a_language_lacks_is_said_in_the_source_language(tmp_path: Path) -> None:
    written = {
        SOURCE_LANGUAGE: 'msgid "yes"\nmsgstr "Yes"\n\nmsgid "no"\nmsgstr "No"\n',
        "kk": 'msgid "yes"\nmsgstr "Иә"\n',
        "ru": 'msgid "yes"\nmsgstr "Да"\n\nmsgid "no"\nmsgstr ""\n',
    }
    for language, words in written.items():
        folder = tmp_path / language / "LC_MESSAGES"
        folder.mkdir(parents=True)
        header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        (folder / "bot.po").write_text(header + words, encoding="utf-8")
    texts = Catalogues.load(default="ru", zone=ALMATY, country=Country.load("kz"), locales=tmp_path).in_language("ru")
    assert texts("yes") == "Да"
    assert texts("no") == "No"
