"""What more a lawyer can use: asked once the report is safely stored, of whoever has five more minutes.

Each answer is added to the stored report as it is given, so that stopping loses nothing.
"""

from collections.abc import Mapping

from bot.domain.answer import Answer
from bot.domain.questionnaire import QUESTIONNAIRE, Choice, Condition, Kind, Question, Questionnaire

STATUS = "status"
"""The question of what is with the person now."""
_LONGEST_WORDS = 1000
_FREE = Condition(question=STATUS, choices=frozenset({"released", "died"}))
_DEAD = Condition(question=STATUS, choices=frozenset({"died"}))

# What is asked follows the forms of the UN's working groups on arbitrary detention (questionnaire, parts I to VI) and
# on enforced disappearances (the six minimum elements). Of what those ask, numbers of papers and home addresses are
# never collected here; nationality, profession, authorities and legal argument are for coordinators and lawyers.
FURTHER_QUESTIONS = Questionnaire(
    version=QUESTIONNAIRE.version,
    questions=(
        Question(
            key=STATUS,
            kind=Kind.ONE,
            max_length=_LONGEST_WORDS,
            choices=(
                Choice(key="held"),
                Choice(key="hospital", urgent=True),
                Choice(key="house_arrest"),
                Choice(key="released"),
                Choice(key="convicted"),
                Choice(key="died", urgent=True, hard=True),
            ),
        ),
        Question(key="held_at", kind=Kind.WORDS, max_length=_LONGEST_WORDS, ask_unless=_FREE),
        Question(
            key="age",
            kind=Kind.AGE,
            max_length=100,
            choices=(Choice(key="minor", urgent=True), Choice(key="adult")),
        ),
        Question(key="sex", kind=Kind.ONE, max_length=100, choices=(Choice(key="woman"), Choice(key="man"))),
        Question(
            key="medical",
            kind=Kind.CHOICES,
            urgent_words=True,
            ask_unless=_DEAD,
            choices=(
                Choice(key="medicine", urgent=True),
                Choice(key="treatment", urgent=True),
                Choice(key="disability", urgent=True),
                Choice(key="pregnancy", urgent=True),
                Choice(key="no_needs", alone=True),
            ),
        ),
        Question(
            key="lawyer",
            kind=Kind.ONE,
            max_length=_LONGEST_WORDS,
            ask_unless=_DEAD,
            choices=(
                Choice(key="own"),
                Choice(key="appointed"),
                Choice(key="not_admitted"),
                Choice(key="no_lawyer"),
            ),
        ),
        Question(
            key="dependants",
            kind=Kind.CHOICES,
            max_length=_LONGEST_WORDS,
            choices=(
                Choice(key="children"),
                Choice(key="elderly"),
                Choice(key="ill"),
                Choice(key="nobody", alone=True),
            ),
        ),
        Question(
            key="seized_at",
            kind=Kind.ONE,
            max_length=_LONGEST_WORDS,
            choices=(
                Choice(key="street"),
                Choice(key="home"),
                Choice(key="work"),
                Choice(key="police"),
                Choice(key="in_hospital"),
            ),
        ),
        Question(
            key="forces",
            kind=Kind.CHOICES,
            max_length=_LONGEST_WORDS,
            choices=(
                Choice(key="police"),
                Choice(key="security"),
                Choice(key="soldiers"),
                Choice(key="unmarked"),
            ),
        ),
        Question(
            key="warrant",
            kind=Kind.ONE,
            max_length=_LONGEST_WORDS,
            choices=(Choice(key="yes"), Choice(key="no")),
        ),
        Question(
            key="witnesses",
            kind=Kind.ONE,
            max_length=_LONGEST_WORDS,
            choices=(Choice(key="yes"), Choice(key="no")),
        ),
        Question(
            key="source",
            kind=Kind.ONE,
            max_length=_LONGEST_WORDS,
            choices=(
                Choice(key="saw_it"),
                Choice(key="detainee"),
                Choice(key="family"),
                Choice(key="lawyer"),
                Choice(key="officials"),
                Choice(key="internet"),
            ),
        ),
        Question(
            key="steps",
            kind=Kind.CHOICES,
            choices=(
                Choice(key="asked_police"),
                Choice(key="complaint"),
                Choice(key="found_lawyer"),
                Choice(key="organisation"),
                Choice(key="nothing", alone=True),
            ),
        ),
        Question(
            key="contact",
            kind=Kind.ONE,
            max_length=_LONGEST_WORDS,
            kept_apart=True,
            choices=(
                Choice(key="any_time"),
                Choice(key="daytime"),
                Choice(key="evening"),
                Choice(key="not_at_all"),
            ),
        ),
    ),
)


def may_be_written_to(answers: Mapping[str, Answer]) -> bool:
    """Say whether a reporter may be told what became of a report. Who asked not to be written to may not.

    A coordinator's correction can only keep the bot from writing, and never allow it.
    """
    contact = answers.get("contact")
    if contact is None:
        return True
    return "not_at_all" not in {contact.reading.value, contact.as_told().reading.value}


ALL_QUESTIONS = (*QUESTIONNAIRE.questions, *FURTHER_QUESTIONS.questions)
"""Every question that a report may have an answer to, in the order in which a card shows them."""
if len({question.key for question in ALL_QUESTIONS}) != len(ALL_QUESTIONS):
    raise ValueError("a question of both parts has the same key")


def find_question(key: str) -> Question | None:
    """Return the question of either part with this key; None for one that is asked no more."""
    return QUESTIONNAIRE.get(key) or FURTHER_QUESTIONS.get(key)
