"""People who block the bot, and who come back."""

from telegram import ChatMember, Update
from telegram.constants import ChatType

from handlers.context import BotContext


async def on_membership(update: Update, context: BotContext) -> None:
    """Note that a person can no longer be written to, or can again. What is said to the team's chats waits for them."""
    change = update.my_chat_member
    if change is None or context.turn.chat is None or change.chat.type != ChatType.PRIVATE:
        return
    gone = change.new_chat_member.status in {ChatMember.BANNED, ChatMember.LEFT}
    await context.turn.work.chats.set_gone(context.turn.chat, gone=gone)
