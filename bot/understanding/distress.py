"""Words of somebody for whom it is too much just now. Nothing follows from them but a kind word."""

import re

_WORDS = re.compile(
    r"не могу (больше|об этом|это|писать|говорить|дальше)|больше не могу|(мне|очень|так) страшно|страшно (мне|очень)"
    r"|я боюсь|тяжело (писать|говорить|вспоминать|об этом)|больно (писать|говорить|вспоминать|об этом)|\bплачу\b"
    r"|руки (трясутся|дрожат)|нет (больше )?сил"
    r"|қорқамын|қорқып (отырмын|тұрмын)|(айта|жаза|шыдай) алмаймын|жылап (отырмын|тұрмын)|шыдамым (жетпейді|таусылды)"
    r"|қолым дірілдеп|ауыр тиіп"
    r"|i (can't|cannot|can’t) (go on|write|talk|take|do this)|i(’|'| a)?m (so )?(scared|afraid|crying|shaking)"
    r"|too hard to (write|talk|say)|it hurts to (write|talk|say)",
)
"""In small letters, as the text is looked through: a pattern that takes either case takes four times as long."""


def is_in_distress(text: str) -> bool:
    """Say whether somebody writes that they are afraid, or cannot go on."""
    return _WORDS.search(text.lower()) is not None
