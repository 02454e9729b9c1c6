from typing import Any

import pytest

from bot.sandbox import Person, SandboxClient, SandboxError
from tests.bot.sandbox.support import Api


async def test_joining_and_being_removed_are_told(api: Api, telegram: SandboxClient, mother: Person) -> None:
    team = await telegram.group("Team", members=[mother], bot="member")
    await team.add_bot("admin")
    await team.remove_bot()
    updates = (await api.updates())[1:]
    joined = updates[0]["message"]["new_chat_members"]
    changes = [update["my_chat_member"] for update in updates if "my_chat_member" in update]
    assert [user["username"] for user in joined] == ["sandbox_bot"]
    assert [(c["old_chat_member"]["status"], c["new_chat_member"]["status"]) for c in changes] == [
        ("left", "member"),
        ("member", "administrator"),
        ("administrator", "kicked"),
    ]
    assert changes[0]["from"]["id"] == mother.id


async def test_a_group_without_members_gets_an_owner(api: Api, telegram: SandboxClient) -> None:
    team = await telegram.group("Team", bot="admin")
    (owner, _) = await api.ok("getChatAdministrators", chat_id=team.id)
    assert (owner["status"], owner["user"]["first_name"]) == ("creator", "Owner of Team")


async def test_ids_tell_the_kinds_apart(telegram: SandboxClient) -> None:
    basic = await telegram.group("Basic", supergroup=False)
    supergroup = await telegram.group("Super")
    channel = await telegram.channel("Channel")
    assert str(supergroup.id).startswith("-100")
    assert str(channel.id).startswith("-100")
    assert -(10**12) < basic.id < 0


async def test_people_come_and_go(api: Api, telegram: SandboxClient, mother: Person) -> None:
    dina = await telegram.person("Dina")
    team = await telegram.group("Team", members=[mother], bot="admin")
    await api.updates(allowed_updates=["message", "chat_member"])
    await team.add(dina)
    await dina.send("hello", chat=team)
    await team.remove(dina)
    kinds: list[Any] = []
    for update in (await api.updates())[-5:]:
        (kind,) = update.keys() - {"update_id"}
        kinds.append(kind if kind == "chat_member" else max(update[kind].keys()))
    assert kinds == ["new_chat_members", "chat_member", "text", "message_id", "chat_member"]
    with pytest.raises(SandboxError, match="is not a member"):
        await dina.send("hello", chat=team)


async def test_members_are_not_told_unless_asked_for(api: Api, telegram: SandboxClient, mother: Person) -> None:
    team = await telegram.group("Team", members=[mother], bot="admin")
    await team.add(await telegram.person("Dina"))
    assert not any("chat_member" in update for update in await api.updates())


async def test_only_an_administrator_is_told_about_members(api: Api, telegram: SandboxClient, mother: Person) -> None:
    team = await telegram.group("Team", members=[mother], bot="member")
    await api.updates(allowed_updates=["chat_member"])
    await team.add(await telegram.person("Dina"))
    assert not any("chat_member" in update for update in await api.updates())


async def test_a_basic_group_becomes_a_supergroup(api: Api, telegram: SandboxClient, mother: Person) -> None:
    team = await telegram.group("Team", members=[mother], supergroup=False, bot="admin")
    new = await team.migrate()
    old_side, new_side = (update["message"] for update in (await api.updates())[-2:])
    assert (old_side["chat"]["id"], old_side["migrate_to_chat_id"]) == (team.id, new.id)
    assert (new_side["chat"]["id"], new_side["migrate_from_chat_id"]) == (new.id, team.id)
    await mother.send("hello", chat=new)
    with pytest.raises(SandboxError, match=f"has become the supergroup {new.id}"):
        await mother.send("hello", chat=team)
    with pytest.raises(SandboxError, match="only a basic group"):
        await new.migrate()


async def test_what_is_already_so_cannot_be_done(telegram: SandboxClient, mother: Person) -> None:
    team = await telegram.group("Team", members=[mother])
    with pytest.raises(SandboxError, match="the bot is member there already"):
        await team.add_bot()
    with pytest.raises(SandboxError, match="is creator there and stays so"):
        await team.remove(mother)


async def test_ids_can_be_chosen_and_are_unique(telegram: SandboxClient) -> None:
    team = await telegram.group("Team", id=-1001)
    assert team.id == -1001
    with pytest.raises(SandboxError, match="there is a chat -1001 already"):
        await telegram.channel("Digest", id=-1001)
    with pytest.raises(SandboxError, match="negative"):
        await telegram.group("Team", id=5)
    with pytest.raises(SandboxError, match="positive"):
        await telegram.person("Aigerim", id=-5)
    with pytest.raises(SandboxError, match="1 to 128 characters"):
        await telegram.person(" ")
