"""Words that say that somebody is in danger now. They put a report ahead in the queue, and decide nothing else."""

import re

_WORDS = re.compile(
    r"(?<!не )\bпыта(ли|ют|ет|л|ть)|\bпытк|\bтоком\b|электрошок|\bдуш(или|ат)\b|удушени|изнасил|насилуют"
    r"|инсулин|не да(ют|вали) (ему |ей |им )?лекарств|лекарств\w* не (дают|передают|принимают)|без лекарств"
    r"|(врача|скорую) не (пускают|вызывают|дают)|умира(ет|ют|ю)|при смерти|без сознания|\bв коме\b"
    r"|не дыш(ит|ат|ал)|задыха(ется|ются|лся|лась)|не может дышать|перестал\w* дышать"
    r"|реанимаци|кровотечени|покончить с собой|суицид"
    r"|азапта(п|й|ды|лып|у)|\bтоқпен\b|тұншықтыр|зорла(ды|п|у)|дәрі(сін|лерін)? бер(мей|ілмей|меді)"
    r"|дәрігер(ді)? жібер(мей|меді)|өліп (бара|жатыр)|өлім аузында|ес-түссіз|есін жоғалт|комада"
    r"|дем ала алма|дем алмай|тыныс ала алма|тынысы (тоқта|тарыл)"
    r"|\btortur|electric shock|suffocat|\braped?\b|insulin"
    r"|no medicine|without medicine|\bdying\b|unconscious|\bin a coma\b"
    r"|not breathing|(cannot|can't|can’t|can not) breathe|stopped breathing",
)
"""In small letters, as the text is looked through: a pattern that takes either case takes four times as long."""


def sounds_urgent(text: str) -> bool:
    """Say whether words tell of torture, of a need for medicine, or of mortal danger."""
    return _WORDS.search(text.lower()) is not None
