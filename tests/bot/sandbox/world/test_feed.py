import asyncio

from bot.sandbox.world.feed import Feed
from tests.bot.sandbox.support import Clock


def texts(feed: Feed, after: int = 0, chat: int | None = None) -> list[str]:
    return [entry.text for entry in feed.after(after, chat).entries]


def test_numbers_what_happens_and_filters_by_chat(clock: Clock) -> None:
    feed = Feed(clock)
    for chat, text in ((1, "a"), (2, "b"), (1, "c")):
        feed.add("message", chat, who="x", text=text)
    assert feed.seq == 3
    assert texts(feed) == ["a", "b", "c"]
    assert texts(feed, 1) == ["b", "c"]
    assert texts(feed, 1, chat=1) == ["c"]


def test_a_toast_is_seen_by_the_one_it_is_shown_to(clock: Clock) -> None:
    feed = Feed(clock)
    feed.add("toast", -5, who="bot", text="saved", to=7)
    assert texts(feed, chat=7) == texts(feed, chat=-5) == ["saved"]
    assert texts(feed, chat=8) == []


def test_says_when_something_was_forgotten(clock: Clock) -> None:
    feed = Feed(clock, kept=2, kept_per_chat=1)
    for text in "abc":
        feed.add("message", 1, who="x", text=text)
    assert texts(feed) == ["b", "c"]
    assert feed.after(0).missed
    assert not feed.after(1).missed
    assert feed.after(1, chat=1).missed
    assert not feed.after(2, chat=1).missed


async def test_waits_for_its_chat_only(clock: Clock) -> None:
    feed = Feed(clock)
    waiting = asyncio.create_task(feed.wait(0, 1, 50))
    anybody = asyncio.create_task(feed.wait(0, None, 50))
    await asyncio.sleep(0)
    feed.add("message", 2, who="x", text="other")
    assert [entry.text for entry in (await anybody).entries] == ["other"]
    assert not waiting.done()
    feed.add("message", 1, who="x", text="own")
    assert [entry.text for entry in (await waiting).entries] == ["own"]


async def test_an_empty_page_when_nothing_comes(clock: Clock) -> None:
    assert (await Feed(clock).wait(0, None, 0.001)).entries == []


def test_entries_are_written_with_the_time(clock: Clock) -> None:
    feed = Feed(clock)
    feed.add("message", 1, who="x", text="a", message_id=3)
    assert feed.after(0).entries[0].to_json() == {
        "seq": 1,
        "at": "2022-01-06T12:00:00+00:00",
        "chat": 1,
        "who": "x",
        "from_bot": False,
        "kind": "message",
        "text": "a",
        "message_id": 3,
        "to": None,
        "message": None,
    }


def test_what_is_forgotten_overall_is_forgotten_in_its_chats(clock: Clock) -> None:
    feed = Feed(clock, kept=3)
    feed.add("toast", 1, who="x", text="a", to=2)
    for text in "bcd":
        feed.add("message", 3, who="x", text=text)
    for chat in (1, 2):
        assert texts(feed, chat=chat) == []
        assert feed.after(0, chat=chat).missed
    assert texts(feed, chat=3) == ["b", "c", "d"]
    assert not feed.after(1, chat=3).missed


def test_a_page_has_a_limit_and_says_that_there_is_more(clock: Clock) -> None:
    feed = Feed(clock)
    for _ in range(1_001):
        feed.add("message", 1, who="x")
    page = feed.after(0)
    assert (page.entries[0].seq, page.entries[-1].seq, page.more) == (1, 1_000, True)
    assert [entry.seq for entry in feed.after(1_000).entries] == [1_001]
    assert not feed.after(1).more
