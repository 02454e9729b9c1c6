import pytest

from bot.sandbox import Person, SandboxClient
from tests.bot.sandbox.support import Api


async def test_describes_a_private_chat_and_a_group(api: Api, telegram: SandboxClient, mother: Person) -> None:
    team = await telegram.group("Team", members=[mother], bot="admin")
    person = await api.ok("getChat", chat_id=mother.id)
    assert (person["first_name"], person["type"]) == ("Aigerim", "private")
    group = await api.ok("getChat", chat_id=team.id)
    assert (group["title"], group["type"], group["accent_color_id"]) == ("Team", "supergroup", 0)


async def test_a_stranger_is_not_found(api: Api, telegram: SandboxClient) -> None:
    stranger = await telegram.person("Stranger")
    assert await api.refused("getChat", chat_id=stranger.id) == "Bad Request: chat not found"


async def test_members_and_their_number(api: Api, telegram: SandboxClient, mother: Person) -> None:
    dina, other = await telegram.person("Dina"), await telegram.person("Other")
    team = await telegram.group("Team", members=[mother, dina], bot="admin")

    async def status(user_id: int) -> str:
        return str((await api.ok("getChatMember", chat_id=team.id, user_id=user_id))["status"])

    bot_id = (await api.ok("getMe"))["id"]
    assert [await status(user) for user in (mother.id, dina.id, other.id, bot_id)] == [
        "creator",
        "member",
        "left",
        "administrator",
    ]
    assert await api.ok("getChatMemberCount", chat_id=team.id) == 3
    assert await api.refused("getChatMember", chat_id=team.id, user_id=1) == "Bad Request: user not found"
    administrators = await api.ok("getChatAdministrators", chat_id=team.id)
    assert [member["user"]["id"] for member in administrators] == [mother.id, bot_id]


async def test_a_private_chat_has_two_members_and_no_administrators(
    api: Api, telegram: SandboxClient, mother: Person
) -> None:
    other = await telegram.person("Other")
    assert (await api.ok("getChatMember", chat_id=mother.id, user_id=mother.id))["status"] == "member"
    assert await api.refused("getChatMember", chat_id=mother.id, user_id=other.id) == "Bad Request: user not found"
    assert await api.ok("getChatMemberCount", chat_id=mother.id) == 2
    words = await api.refused("getChatAdministrators", chat_id=mother.id)
    assert words == "Bad Request: there are no administrators in the private chat"


async def test_leaving_is_told_to_the_bot_itself(api: Api, telegram: SandboxClient, mother: Person) -> None:
    team = await telegram.group("Team", members=[mother])
    assert await api.ok("leaveChat", chat_id=team.id) is True
    last = (await api.updates())[-1]["my_chat_member"]
    assert (last["old_chat_member"]["status"], last["new_chat_member"]["status"]) == ("member", "left")
    assert await api.refused("getChat", chat_id=team.id) == ("Forbidden: bot is not a member of the supergroup chat")
    words = await api.refused("leaveChat", chat_id=mother.id)
    assert words == "Bad Request: chat member status can't be changed in private chats"


async def test_chat_actions_are_seen(api: Api, telegram: SandboxClient, mother: Person) -> None:
    await api.ok("sendChatAction", chat_id=mother.id, action="typing")
    event = (await telegram.events(chat=mother))[-1]
    assert (event.kind, event.text, event.from_bot) == ("action", "typing", True)
    words = await api.refused("sendChatAction", chat_id=mother.id, action="dancing")
    assert words == "Bad Request: wrong parameter action in request"


async def test_pinning(api: Api, mother: Person) -> None:
    sent = await api.say(mother, "rules")
    await api.ok("pinChatMessage", chat_id=mother.id, message_id=sent["message_id"])
    await mother.refresh()
    assert mother.last_message.pinned
    assert (await api.ok("getChat", chat_id=mother.id))["pinned_message"]["text"] == "rules"
    await api.ok("unpinChatMessage", chat_id=mother.id)
    await mother.refresh()
    assert not mother.last_message.pinned


@pytest.mark.parametrize(
    ("method", "words"),
    [("pinChatMessage", "message to pin not found"), ("unpinChatMessage", "message to unpin not found")],
)
async def test_pinning_what_is_not_there(api: Api, mother: Person, method: str, words: str) -> None:
    assert await api.refused(method, chat_id=mother.id, message_id=99) == f"Bad Request: {words}"


async def test_only_administrators_pin(api: Api, telegram: SandboxClient) -> None:
    team = await telegram.group("Team", bot="member")
    words = await api.refused("pinChatMessage", chat_id=team.id, message_id=1)
    assert words == "Bad Request: not enough rights to manage pinned messages in the chat"
