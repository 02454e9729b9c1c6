import pytest
from telegram.constants import FloodLimit

from bot.sandbox.errors import ApiError
from bot.sandbox.world.rate_limits import Limiter, RateLimits
from tests.bot.sandbox.support import Clock


def refusal(limiter: Limiter, chat: int, *, group: bool = False) -> dict[str, object] | None:
    with pytest.raises(ApiError) as refused:
        limiter.count(chat, group=group)
    assert refused.value.code == 429
    return refused.value.parameters


def test_one_message_a_second_a_chat(clock: Clock) -> None:
    limiter = Limiter(RateLimits(), clock)
    limiter.count(1, group=False)
    limiter.count(2, group=False)
    assert refusal(limiter, 1) == {"retry_after": 1}
    clock.forward(seconds=1)
    limiter.count(1, group=False)


def test_twenty_a_minute_in_a_group(clock: Clock) -> None:
    limiter = Limiter(RateLimits(), clock)
    for _ in range(20):
        limiter.count(-1, group=True)
        clock.forward(seconds=1)
    assert refusal(limiter, -1, group=True) == {"retry_after": 40}
    clock.forward(seconds=40)
    limiter.count(-1, group=True)


def test_thirty_a_second_overall(clock: Clock) -> None:
    limiter = Limiter(RateLimits(), clock)
    for chat in range(30):
        limiter.count(chat, group=False)
    assert refusal(limiter, 99) == {"retry_after": 1}


def test_a_refused_message_does_not_count(clock: Clock) -> None:
    limiter = Limiter(RateLimits(per_chat_second=1, per_second=2), clock)
    limiter.count(1, group=False)
    refusal(limiter, 1)
    limiter.count(2, group=False)


def test_silent_chats_are_forgotten(clock: Clock) -> None:
    limiter = Limiter(RateLimits(per_second=20_000), clock)
    for chat in range(10_000):
        limiter.count(chat, group=False)
    clock.forward(minutes=2)
    limiter.count(1, group=False)
    assert limiter.chats_remembered <= 2


def test_the_figures_are_telegrams() -> None:
    assert RateLimits() == RateLimits(
        per_second=FloodLimit.MESSAGES_PER_SECOND,
        per_chat_second=FloodLimit.MESSAGES_PER_SECOND_PER_CHAT,
        per_group_minute=FloodLimit.MESSAGES_PER_MINUTE_PER_GROUP,
    )


@pytest.mark.parametrize("name", ["per_second", "per_chat_second", "per_group_minute"])
def test_a_limit_allows_something(name: str) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        RateLimits(**{name: 0})
