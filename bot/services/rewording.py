"""An answer that is changed by one more message, or by an edited one: what is understood of it then."""

import contextlib
from datetime import date

from bot.domain.answer import Answer, Reading, Words
from bot.domain.errors import Misreading, NotUnderstood
from bot.domain.questionnaire import Question
from bot.understanding.reading import Reader

_MESSAGES_TOGETHER = 4
"""How many messages of the greatest length one answer may hold."""


def check_length(question: Question, answer: Answer) -> None:
    """Check that an answer in several messages stays within bounds; a client cuts a long text into several.

    Raises:
        NotUnderstood: it does not.
    """
    limit = _MESSAGES_TOGETHER * question.max_length
    if len(answer.text) > limit:
        raise NotUnderstood(Misreading.TOO_LONG, limit=limit)


def reread(reader: Reader, question: Question, earlier: Answer, words: Words, *, day: date) -> Reading:
    """Read an answer again. What was pressed or read stays, unless the very message that said it is edited.

    Raises:
        NotUnderstood: that message says a date that cannot be now.
    """
    before = next((mine.text for mine in earlier.words if mine.message_id == words.message_id), None)
    said_it = before is not None and (earlier.reading.value is None or _says(reader, question, before, day))
    if earlier.reading.value is not None and not said_it:
        return earlier.reading
    text = Answer(words=earlier.with_words(words)).text
    try:
        reading = reader.understand(question, text, today=day).reading
    except NotUnderstood:
        if said_it:
            raise
        return earlier.reading
    return reading.model_copy(update={"choices": earlier.reading.choices})


def _says(reader: Reader, question: Question, text: str, day: date) -> bool:
    with contextlib.suppress(NotUnderstood):
        return reader.understand(question, text, today=day).reading.value is not None
    return False
