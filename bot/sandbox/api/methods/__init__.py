"""The methods of the Bot API that the sandbox knows, one function each.

A method takes the world and its checked arguments and returns what stands under `result` in the answer; it raises
`ApiError` in Telegram's words. All are synchronous, so that each call is done before the next begins.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from bot.sandbox.api.arguments import Arguments
from bot.sandbox.api.methods import account, chats, editing, sending
from bot.sandbox.world.world import World

Handler = Callable[[World, Arguments], object]

# By name in lower case, as in `spec.methods()`. getUpdates and the webhook's methods are in `bot.sandbox.api.bot_api`.
HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        "answercallbackquery": account.answer_callback_query,
        "copymessage": sending.copy_message,
        "deletemessage": editing.delete_message,
        "deletemessages": editing.delete_messages,
        "deletemycommands": account.delete_my_commands,
        "editmessagecaption": editing.edit_message_caption,
        "editmessagereplymarkup": editing.edit_message_reply_markup,
        "editmessagetext": editing.edit_message_text,
        "forwardmessage": sending.forward_message,
        "getchat": chats.get_chat,
        "getchatadministrators": chats.get_chat_administrators,
        "getchatmember": chats.get_chat_member,
        "getchatmembercount": chats.get_chat_member_count,
        "getfile": account.get_file,
        "getme": account.get_me,
        "getmycommands": account.get_my_commands,
        "getmydescription": account.get_my_description,
        "getmyname": account.get_my_name,
        "getmyshortdescription": account.get_my_short_description,
        "leavechat": chats.leave_chat,
        "pinchatmessage": chats.pin_chat_message,
        "sendanimation": sending.send_animation,
        "sendaudio": sending.send_audio,
        "sendchataction": chats.send_chat_action,
        "senddocument": sending.send_document,
        "sendmediagroup": sending.send_media_group,
        "sendmessage": sending.send_message,
        "sendphoto": sending.send_photo,
        "sendvideo": sending.send_video,
        "sendvideonote": sending.send_video_note,
        "sendvoice": sending.send_voice,
        "setmycommands": account.set_my_commands,
        "setmydescription": account.set_my_description,
        "setmyname": account.set_my_name,
        "setmyshortdescription": account.set_my_short_description,
        "unpinchatmessage": chats.unpin_chat_message,
    }
)
