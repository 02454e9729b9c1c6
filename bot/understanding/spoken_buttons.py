"""Button words that are typed instead of pressed: "skip", "не знаю", "назад"."""

from bot.domain.press import Action

_WORDS = """
unknown: i do not know, i don't know, i dont know, don't know, not known, unknown
unknown: не знаю, не помню, неизвестно, не известно, білмеймін
skip: skip, пропустить, пропусти, өткізу, өткізіп жіберу
back: back, go back, назад, артқа
done: done, готово, дайын
"""
_BY_WORDS = {
    words.strip(): Action(action)
    for action, _, every in (line.partition(":") for line in _WORDS.strip().splitlines())
    for words in every.split(",")
}


_YES = frozenset({"yes", "right", "correct", "да", "верно", "правильно", "так", "иә", "ия", "дұрыс", "дурыс"})

_NO = frozenset(
    {"no", "wrong", "not that", "нет", "неверно", "неправильно", "не так", "не то", "жоқ", "жок", "дұрыс емес"}
)


_THANKS = frozenset(
    {
        *("thanks", "thank you", "спасибо", "спасибо вам", "спасибо большое", "благодарю", "рахмет", "рақмет"),
        *("рахмет сізге", "рақмет сізге", "үлкен рахмет", "көп рахмет", "көп рақмет"),
    }
)
_NEVER_MIND = _NO | {"back", "cancel", "never mind", "назад", "отмена", "ничего", "артқа", "болдырмау", "керек емес"}


def never_mind(text: str) -> bool:
    """Say whether a message says that nothing is to be added after all."""
    return _plain(text) in _NEVER_MIND


def says_thanks(text: str) -> bool:
    """Say whether a message is thanks, and nothing else."""
    return _plain(text) in _THANKS


def says_no(text: str) -> bool:
    """Say whether a message is a plain no, and nothing else."""
    return _plain(text) in _NO


def says_yes(text: str) -> bool:
    """Say whether a message is a plain yes, and nothing else."""
    return _plain(text) in _YES


def spoken_button(text: str) -> Action | None:
    """Return the button whose words a message consists of, or None. Only the whole message counts."""
    return _BY_WORDS.get(_plain(text))


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("’", "'").strip(" .!").split())
