"""Which keyboards may be sent where."""

from bot.sandbox import SandboxClient
from tests.bot.sandbox.support import BUTTONS, Api


async def test_channels_have_no_reply_keyboards(api: Api, telegram: SandboxClient) -> None:
    news = await telegram.channel("Digest")
    for markup in ({"keyboard": [["x"]]}, {"remove_keyboard": True}, {"force_reply": True}):
        words = await api.refused("sendMessage", chat_id=news.id, text="x", reply_markup=markup)
        assert words == "Bad Request: inline keyboard expected"
    await api.say(news, reply_markup=BUTTONS)


async def test_groups_are_not_asked_for_phone_numbers(api: Api, telegram: SandboxClient) -> None:
    team = await telegram.group("Team")
    markup = {"keyboard": [[{"text": "x", "request_contact": True}]]}
    words = await api.refused("sendMessage", chat_id=team.id, text="x", reply_markup=markup)
    assert words == "Bad Request: phone number can be requested in private chats only"
    await api.say(team, reply_markup={"keyboard": [["x"]]})
