"""What is asked before the messages of a chat are taken away. Afterwards nothing is said."""

from bot.domain.message import Button, Replace, Say
from bot.texts import Texts
from handlers.callbacks import WIPE, WipeAction


def question(texts: Texts) -> Say:
    """Say what goes, what cannot go, what stays; and ask."""
    return Say(
        html=str(texts("wipe.ask")),
        keyboard=(
            (_button(texts.plain("button.wipe"), WipeAction.DELETE),),
            (_button(texts.plain("button.wipe_withdraw"), WipeAction.WITHDRAW),),
            (_button(texts.plain("button.wipe_keep"), WipeAction.KEEP),),
        ),
    )


def kept(message_id: int, texts: Texts) -> Replace:
    """Say in the question's place that all stays."""
    return Replace(message_id=message_id, html=str(texts("wipe.kept")))


def _button(shown: str, action: WipeAction) -> Button:
    return Button(text=shown, callback_data=f"{WIPE}:{action}")
