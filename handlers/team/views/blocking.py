"""The list of those who are blocked. Nothing in it says who they are."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.domain.message import Button, Say
from bot.services.blocking import ListedBlock
from bot.texts import Texts
from handlers.team.callbacks import TeamAction, TeamPress, pack_team
from handlers.views.pages import lines

_MOST = 20
"""Blocked people in the list; /unblock reaches the others as well."""


def blocked(listed: Sequence[ListedBlock], texts: Texts) -> Say:
    """List who is blocked: by which number, since when, by whom, and how much waits."""
    if not listed:
        return Say(html=str(texts("blocked.nobody")))
    shown = listed[:_MOST]
    rows = tuple((_button("button.look", one, TeamAction.LOOK, texts), _unblock(one, texts)) for one in shown)
    return Say(html=str(lines([texts("blocked.head"), *(_line(one, texts) for one in shown)])), keyboard=rows)


def _line(one: ListedBlock, texts: Texts) -> Markup:
    return texts(
        "blocked.line",
        waiting=one.block.waiting,
        number=one.block.block_id,
        since=texts.moment(one.block.blocked_at),
        who=one.blocked_by or texts.plain("coordinator.nameless"),
    )


def _unblock(one: ListedBlock, texts: Texts) -> Button:
    return _button("button.unblock", one, TeamAction.UNBLOCK, texts)


def _button(key: str, one: ListedBlock, action: TeamAction, texts: Texts) -> Button:
    number = one.block.block_id
    return Button(text=texts.plain(key, number=number), callback_data=pack_team(TeamPress(action, number)))
