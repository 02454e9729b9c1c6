"""What leads see of the team, and what somebody sees who is invited into it."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.domain.access import Role
from bot.domain.message import Button, Keyboard, Say
from bot.services.staff import Listed, Offered, Removed
from bot.texts import Texts
from handlers.team.callbacks import TeamAction, TeamPress, pack_team
from handlers.views.pages import lines, paragraphs

_ON_A_PAGE = 20
_LONGEST = 28
"""Characters on a button."""


def invite_as(texts: Texts) -> Say:
    """Ask as what somebody is to join."""
    rows = ((_role_button(role, TeamPress(TeamAction.INVITE, value=role), texts),) for role in reversed(Role))
    return Say(html=str(texts("invite.as_what")), keyboard=tuple(rows))


def link(offered: Offered, username: str, texts: Texts) -> Say:
    """Show a link that lets one person join. It is to be passed on, and so is not protected."""
    html = texts(
        "invite.link",
        link=f"https://t.me/{username}?start={offered.token}",
        role=texts.plain(f"role.{offered.role}"),
        until=texts.moment(offered.until),
    )
    back = _button(texts.plain("button.take_back"), TeamPress(TeamAction.TAKE_BACK, offered.number))
    return Say(html=str(html), keyboard=((back,),))


def invitation(role: Role, lead: str | None, token: str, texts: Texts) -> Say:
    """Show who invites and as what, what that means, and what is risked."""
    html = paragraphs(
        [
            texts("invite.you", lead=lead or texts.plain("team.somebody"), role=texts.plain(f"role.{role}")),
            texts(f"role.does.{role}"),
            texts("invite.risks"),
        ]
    )
    keyboard = (
        (_button(texts.plain("button.accept"), TeamPress(TeamAction.ACCEPT, value=token)),),
        (_button(texts.plain("button.decline"), TeamPress(TeamAction.DECLINE)),),
    )
    return Say(html=str(html), keyboard=keyboard)


def joined(role: Role, texts: Texts) -> Say:
    """Welcome whoever joined."""
    return Say(html=str(texts("invite.joined", role=texts.plain(f"role.{role}"))))


def has_joined(name: str, role: Role, texts: Texts) -> Say:
    """Tell whoever made a link who used it."""
    return Say(html=str(texts("invite.has_joined", name=name, role=texts.plain(f"role.{role}"))))


def role_is(role: Role, texts: Texts) -> Say:
    """Tell a member of another role."""
    return Say(
        html=str(paragraphs([texts("team.your_role", role=texts.plain(f"role.{role}")), texts(f"role.does.{role}")]))
    )


def members(listed: Sequence[Listed], texts: Texts, *, after: int = 0) -> Say:
    """List the members behind the one of this number, and a button for each."""
    rest = [one for one in listed if one.member.number > after]
    page = rest[:_ON_A_PAGE]
    rows = [(_button(_named(one, texts), TeamPress(TeamAction.VIEW, one.member.number)),) for one in page]
    if len(rest) > len(page):
        further = TeamPress(TeamAction.LIST, page[-1].member.number)
        rows.append((_button(texts.plain("button.further_members"), further),))
    html = lines([texts("team.head", number=len(listed)), *(_line(one, texts) for one in page)])
    return Say(html=str(html), keyboard=tuple(rows))


def member(one: Listed, texts: Texts) -> Say:
    """Show one member, and what can be done."""
    number = one.member.number
    roles = (role for role in Role if role is not one.member.role)
    rows: Keyboard = (
        *((_role_button(role, TeamPress(TeamAction.ROLE, number, role), texts),) for role in roles),
        (_button(texts.plain("button.revoke"), TeamPress(TeamAction.ASK_TO_REVOKE, number)),),
        (_button(texts.plain("button.to_team"), TeamPress(TeamAction.LIST)),),
    )
    return Say(html=str(paragraphs([_line(one, texts), texts("team.change")])), keyboard=rows)


def confirm_revoke(one: Listed, texts: Texts) -> Say:
    """Ask once more before somebody leaves the team."""
    number = one.member.number
    rows = (
        (_button(texts.plain("button.revoke_yes"), TeamPress(TeamAction.REVOKE, number)),),
        (_button(texts.plain("button.revoke_no"), TeamPress(TeamAction.VIEW, number)),),
    )
    return Say(html=str(texts("team.confirm_revoke", name=_name(one, texts))), keyboard=rows)


def revoked(removed: Removed, texts: Texts) -> Say:
    """Say that somebody is of the team no more, and what became of the reports in hand."""
    name = removed.chat.name or texts.plain("team.nameless", member=removed.member.number)
    back = _button(texts.plain("button.to_team"), TeamPress(TeamAction.LIST))
    return Say(html=str(texts("team.revoked", name=name, released=removed.released)), keyboard=((back,),))


def _line(one: Listed, texts: Texts) -> Markup:
    return texts(
        "team.line",
        name=_name(one, texts),
        role=texts.plain(f"role.{one.member.role}"),
        since=texts.moment(one.member.added_at),
        in_hand=one.in_hand,
    )


def _named(one: Listed, texts: Texts) -> str:
    return f"{one.member.number}. {_name(one, texts)}"


def _name(one: Listed, texts: Texts) -> str:
    """Return the first name, as far as the bot knows it: somebody who never gave a command has none here."""
    return one.chat.name or texts.plain("team.nameless", member=one.member.number)


def _role_button(role: Role, press: TeamPress, texts: Texts) -> Button:
    return _button(texts.plain(f"role.{role}"), press)


def _button(shown: str, press: TeamPress) -> Button:
    return Button(text=shown[:_LONGEST], callback_data=pack_team(press))
