"""Words that are said nowhere else, and a search for them in any form.

Each canary has a Latin and a Cyrillic half, and both are looked for, as are the Telegram ids of everybody.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

from bot.domain.further_questions import FURTHER_QUESTIONS
from bot.domain.questionnaire import QUESTIONNAIRE
from tests.e2e.plans import QUESTIONS

REFUSED = {question: f"Zqrefused{question} Щърефьюзд{question}" for question in QUESTIONS}
"""What is said in the report that may not be published at all."""
PUBLISHED = {question: f"Zqpublished{question} Щъпаблишд{question}" for question in QUESTIONS}
REJECTED = {question: f"Zqrejected{question} Щърежектед{question}" for question in QUESTIONS}
SECOND = {question: f"Zqsecond{question} Щъсеконд{question}" for question in QUESTIONS}
"""What is said of somebody else after that one."""
FURTHER = {question: f"Zqfurther{question} Щъфурзер{question}" for question in FURTHER_QUESTIONS.keys()}  # noqa: SIM118
"""What is answered to the further questions about the report that is published."""
ADDED, NEWS, CORRECTED = "Zqadded Щъаддед", "Zqnews Щъньюс", "Zqcorrected Щъкорректед"
"""What is said about it later on."""
WITHDRAWN = {
    question: f"Zqwithdrawn{question} Щъвиздрон{question}" for question in (*QUESTIONS, "status", "added", "caption")
}
"""What is said in the report that is taken back when it stands in a digest already."""
BEFORE_THE_EDIT = "Zqbefore Щъбифор"
CANCELLED = "Zqcancelled Щъкансельд"
REASON = "Zqreason Щъризон"
CAPTION = "Zqcaption Щъкапшн"
CONTENT = "Zqcontent Щъконтент"
FILE_NAME = "Zqfilename Щъфайлнейм"
CONTACT = "Zqcontact Щъконтакт"
COMMAND = "Zqcommand Щъкоманд"
BROKEN = "Zqbroken Щъброукн"
SENT_IN_VAIN = "Zqinvain Щъинвейн"
MOTHER, BROTHER, DINA, ASKAR = "Zqmother Щъмазер", "Zqbrother Щъбразер", "Zqdina Щъдина", "Zqaskar Щъаскар"
IDS = {MOTHER: 6174829305, BROTHER: 6283917465, DINA: 6392846157, ASKAR: 6519283746}

ALL = (
    *(words for report in (REFUSED, PUBLISHED, REJECTED, SECOND, FURTHER, WITHDRAWN) for words in report.values()),
    *(ADDED, NEWS, CORRECTED),
    *(BEFORE_THE_EDIT, CANCELLED, REASON, CAPTION, CONTENT, FILE_NAME, CONTACT, COMMAND, BROKEN, SENT_IN_VAIN),
    *IDS,
)


def halves(words: Iterable[str]) -> set[str]:
    """Return the Latin and the Cyrillic half of each."""
    return {half for both in words for half in both.split()}


TOLD_OF_PUBLISHED = (*PUBLISHED.values(), *FURTHER.values(), ADDED, NEWS, CORRECTED)
NAMED = halves([PUBLISHED["name"]])
MAY_BE_PUBLISHED = halves(
    report[question]
    for report in (PUBLISHED, SECOND, WITHDRAWN)
    for question in QUESTIONS
    if QUESTIONNAIRE[question].publishable
)
TAKEN_BACK = halves(WITHDRAWN.values())


def found(text: str | bytes, codes: Sequence[str] = ()) -> set[str]:
    """Return the halves of canaries, and the ids and receipt codes, that a text or a file holds in any form."""
    content = text.casefold().encode() if isinstance(text, str) else text
    secrets = [*halves(ALL), *map(str, IDS.values()), *codes, *(code.replace("-", "") for code in codes)]
    written = {secret for secret in secrets if any(form in content for form in _forms(secret))}
    # SQLite keeps a large number as its bytes.
    return written | {str(number) for number in IDS.values() if number.to_bytes(5) in content}


def _forms(secret: str) -> Iterator[bytes]:
    for word in (secret, secret.casefold(), secret.upper()):
        yield word.encode()
        yield word.encode("utf-16-le")
        yield word.encode("utf-16-be")
        yield json.dumps(word).strip('"').encode()
        yield quote(word).encode()


def kept() -> list[str]:
    """Return what an export has in the end."""
    return [
        REASON,
        CAPTION,
        FILE_NAME,
        CONTACT,
        *(words for report in (REFUSED, PUBLISHED, REJECTED, SECOND) for words in report.values()),
        *(ADDED, NEWS, CORRECTED),
        *(words for question, words in FURTHER.items() if question != "contact"),
    ]
