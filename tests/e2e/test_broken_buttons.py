"""Buttons that carry what no bot ever wrote, pressed by a member who may do everything, and by a stranger."""

from bot.domain.access import Role
from bot.sandbox import Person, SeenMessage
from storage.location import Location
from tests.e2e.attempts import World
from tests.e2e.conftest import Stage
from tests.e2e.trial import PROTECTED, with_button
from tests.storage.support import sql

HUGE = "99999999999999999999"
"""More than any column holds."""
LARGE = "9223372036854775807"
"""The most that some columns hold, and more than others do."""
BROKEN = (
    "r:", "r:x", "r:1", "r:1:1:dance", "r:-1:1:ok", "r:1:1:to:x", f"r:1:1:to:{HUGE}", "r:1:1:reason:rude",
    f"r:{HUGE}:1:ok", f"r:{LARGE}:1:ok", f"r:1:{LARGE}:ok", f"r:1:{LARGE}:more", "r:1:2147483648:seen",
    "u:", "u:1", "u:x:y", f"u:{LARGE}:{LARGE}", "n:", "n:1", "n:x:y", "s:1", "s:x:y", f"s:{LARGE}:0", f"s:1:{LARGE}",
    "f:", "f:x", f"f:{LARGE}", f"f:{HUGE}", "q:", "q:dance", "q:break", "q:break:1", "q:break:x:y",
    f"q:break:1:{LARGE}", "q:city", "q:city:nowhere", "t:", "t:role:x", "t:dance:1", "t:role:1:king",
    f"t:view:{LARGE}", f"t:revoke:{HUGE}", f"t:back:{HUGE}", f"t:look:{HUGE}", "t:city:0:nowhere", "t:yes",
    "k:", "k:1", "k:x:1:page", "k:1:1:dance", "k:1:1:pick:x", f"k:1:{LARGE}:note", f"k:{HUGE}:0:open",
    f"k:1:{LARGE}:files:1", "k:1:1:join:x:yes",
)  # fmt: skip
BROKEN_ON_CARD = (
    "to:x", f"to:{HUGE}", "reason:rude", "reason", "fix:nothing", "put", "put:name.x", "put:city.nowhere",
    "put:date.today", "put:conditions.0", "put:conditions.zz", "mark:city.0", "mark:conditions.fffffffff",
    "unfix:city", "unfix:date", "seen:x", "files:x", "files:-1",
)  # fmt: skip
"""On the card that is in hand."""
BROKEN_ON_PAGE = (
    "page", "page:x", f"page:{LARGE}", "pick:nothing", "pick:city:x", f"pick:city:{LARGE}", "status:flown",
    "status:moved:x", "status:moved:999:today", "status:moved:0:never", f"unsay:{LARGE}", "unsay:x", "untag",
    "untag:x", "untag:\0", f"files:{LARGE}", "files:x", f"join:{LARGE}:yes", "join:x", "part:1:yes",
    f"part:{LARGE}:yes", "close:1",
)  # fmt: skip
"""On the page of a case that is open."""


async def test_what_no_bot_ever_wrote_changes_nothing_and_is_no_trouble(stage: Stage, location: Location) -> None:
    """On both databases: each has bounds of its own, beyond which a number is an error."""
    lead, stranger = await stage.person("Lead"), await stage.person("Stranger")
    askar = stage.cast.coordinators[1]
    async with stage.app.database.transaction() as work:
        chats = [await work.chats.meet(each.id, language="en") for each in (lead, askar, stranger, stage.cast.mother)]
        world = await World.make(work, *chats)
        assert await work.members.join(chats[0], Role.LEAD, added_by=chats[1].key)
    for person in (lead, stranger):
        await stage.do(person.send("/start"))
    before = protected(location)
    on_card = [f"r:{world.mine.report_id}:{world.mine.revision}:{what}" for what in BROKEN_ON_CARD]
    for told, data in enumerate((*BROKEN, *on_card), 1):
        for person in (lead, stranger):
            await stage.do(person.press("Here", message=await with_button(stage, person), data=data))
        assert sql(location, "SELECT error FROM deferred_updates") == [], data
        assert (len(lead.toasts), len(stranger.toasts)) == (told, 0), data
    for what in BROKEN_ON_PAGE:
        page, claim = await shown_page(stage, lead, location, world.my_case.case_id)
        await stage.do(lead.press(page.labels[0], message=page, data=f"k:{claim}:{what}"))
        assert sql(location, "SELECT error FROM deferred_updates") == [], what
    assert protected(location) == before


async def shown_page(stage: Stage, lead: Person, location: Location, case_id: int) -> tuple[SeenMessage, str]:
    """Open a case, and return its page, and the number and the revision that its buttons carry."""
    await stage.do(lead.send(f"/case {case_id}"))
    ((revision,),) = sql(location, "SELECT revision FROM cases WHERE id = :case_id", case_id=case_id)
    return lead.last_from_bot, f"{case_id}:{revision}"


def protected(location: Location) -> dict[str, object]:
    """Return what is protected; the leases and the log of what was read go on."""
    tables = [table for table in PROTECTED if table not in {"reports", "cases", "audit"}]
    kept = {table: sorted(map(repr, sql(location, f"SELECT * FROM {table}"))) for table in tables}  # noqa: S608
    decided = "SELECT id, revision, decision, decided_by, claimed_by, publish_as, case_id FROM reports ORDER BY id"
    return {
        **kept,
        "reports": sql(location, decided),
        "cases": sql(location, "SELECT id, status, merged_into FROM cases ORDER BY id"),
    }
