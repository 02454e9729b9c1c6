"""Who may do what: the roles of the team, all that a member can do, and one table that joins the two.

Nothing else in the program says who may do something. Whoever has no role is a stranger to all of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a member of the team is."""

    LEAD = "lead"
    """A coordinator who also answers for the team."""
    COORDINATOR = "coordinator"
    VIEWER = "viewer"
    """Sees the digest and figures, and no report."""


class Act(StrEnum):
    """What a member can do: each command of the team, and each kind of button under what the team is shown."""

    QUEUE = "queue"
    STATS = "stats"
    DIGEST = "digest"
    PREFERENCES = "preferences"
    """Choosing the cities that one cares for."""
    NEXT = "next"
    FIND = "find"
    APPROVE = "approve"
    ATTACH = "attach"
    REJECT = "reject"
    ASK = "ask"
    RELEASE = "release"
    UNDO_OWN = "undo_own"
    CORRECT = "correct"
    OPEN_CASE = "open_case"
    EDIT_CASE = "edit_case"
    MERGE = "merge"
    OPEN_EVIDENCE = "open_evidence"
    BLOCK = "block"
    UNBLOCK = "unblock"
    UNDO_ANY = "undo_any"
    BREAK_CLAIM = "break_claim"
    HISTORY = "history"
    TEAM = "team"
    INVITE = "invite"
    """Making a link that lets somebody join, and taking it back."""
    CHANGE_ROLE = "change_role"
    REVOKE = "revoke"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"


@dataclass(frozen=True)
class Permission:
    """Who may do something, and where and when."""

    roles: frozenset[Role]
    while_frozen: bool = False
    """It shows nobody who reported or is reported, and may be done while the team is frozen."""
    in_group: bool = False
    """It may be asked for in the team's group as well, before everybody's eyes."""


class Verdict(StrEnum):
    """Whether somebody may do something here and now, and why not."""

    YES = "yes"
    STRANGER = "stranger"
    """Not of the team: nothing tells such a person that there is anything to be done."""
    NOT_THIS_ROLE = "not_this_role"
    ONLY_IN_PRIVATE = "only_in_private"
    FROZEN = "frozen"


_LEADS = frozenset({Role.LEAD})
_COORDINATORS = _LEADS | {Role.COORDINATOR}
_EVERYONE = frozenset(Role)
_DECIDING = Permission(_COORDINATORS)
_LEADING = Permission(_LEADS)

PERMITTED: Mapping[Act, Permission] = MappingProxyType(
    {
        Act.QUEUE: Permission(_EVERYONE, while_frozen=True, in_group=True),
        Act.STATS: Permission(_EVERYONE, while_frozen=True),
        Act.DIGEST: Permission(_EVERYONE),
        Act.PREFERENCES: Permission(_EVERYONE, while_frozen=True),
        Act.NEXT: _DECIDING,
        Act.FIND: _DECIDING,
        Act.APPROVE: _DECIDING,
        Act.ATTACH: _DECIDING,
        Act.REJECT: _DECIDING,
        Act.ASK: _DECIDING,
        Act.RELEASE: _DECIDING,
        Act.UNDO_OWN: _DECIDING,
        Act.CORRECT: _DECIDING,
        Act.OPEN_CASE: _DECIDING,
        Act.EDIT_CASE: _DECIDING,
        Act.MERGE: _DECIDING,
        Act.OPEN_EVIDENCE: _DECIDING,
        Act.BLOCK: _DECIDING,
        Act.UNBLOCK: _DECIDING,
        Act.UNDO_ANY: _LEADING,
        Act.BREAK_CLAIM: _LEADING,
        Act.HISTORY: _LEADING,
        # Whose phone was taken has to be found in the list and revoked while nothing is shown.
        Act.TEAM: Permission(_LEADS, while_frozen=True),
        Act.CHANGE_ROLE: Permission(_LEADS, while_frozen=True),
        Act.REVOKE: Permission(_LEADS, while_frozen=True),
        # A link made with a taken phone would let a stranger in.
        Act.INVITE: _LEADING,
        Act.FREEZE: Permission(_LEADS, while_frozen=True, in_group=True),
        Act.UNFREEZE: Permission(_LEADS, while_frozen=True, in_group=True),
    }
)
"""The one table of who may do what."""

TEAM_COMMANDS: Mapping[str, Act] = MappingProxyType(
    {
        "next": Act.NEXT,
        "queue": Act.QUEUE,
        "find": Act.FIND,
        "case": Act.OPEN_CASE,
        "report": Act.FIND,
        "digest": Act.DIGEST,
        "stats": Act.STATS,
        "cities": Act.PREFERENCES,
        "blocked": Act.UNBLOCK,
        "unblock": Act.UNBLOCK,
        "team": Act.TEAM,
        "invite": Act.INVITE,
        "freeze": Act.FREEZE,
        "unfreeze": Act.UNFREEZE,
    }
)
"""What each command of the team does, in the order of the menu and of /help."""


def judge(role: Role | None, act: Act, *, frozen: bool = False, in_group: bool = False) -> Verdict:
    """Say whether somebody of this role (None: of none) may do this, here and now, and why not."""
    permission = PERMITTED[act]
    if role is None:
        return Verdict.STRANGER
    if role not in permission.roles:
        return Verdict.NOT_THIS_ROLE
    if in_group and not permission.in_group:
        return Verdict.ONLY_IN_PRIVATE
    if frozen and not permission.while_frozen:
        return Verdict.FROZEN
    return Verdict.YES


def may(role: Role | None, act: Act, *, frozen: bool = False) -> bool:
    """Say whether somebody of this role may do this in private."""
    return judge(role, act, frozen=frozen) is Verdict.YES


def commands_of(role: Role) -> tuple[str, ...]:
    """Return the commands of the team that a role may give, in their order."""
    return tuple(command for command, act in TEAM_COMMANDS.items() if may(role, act))


def group_commands() -> tuple[str, ...]:
    """Return the commands that may be given in the team's group, in their order."""
    return tuple(command for command, act in TEAM_COMMANDS.items() if PERMITTED[act].in_group)
