"""Which reports cannot wait: by what was pressed, and by what was said."""

from collections.abc import Mapping

from bot.domain.answer import Answer
from bot.domain.report import is_urgent
from bot.understanding.urgency import sounds_urgent


def cannot_wait(answers: Mapping[str, Answer]) -> bool:
    """Say whether anything chosen or said is of the kind that cannot wait. Better once too often than once too late."""
    return is_urgent(answers) or any(sounds_urgent(answer.text) for answer in answers.values())
