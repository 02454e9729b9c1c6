"""Which commands are offered to whom. What the team may do, `bot.domain.access` says."""

from bot.domain.access import Role, commands_of

EVERYONES_COMMANDS = ("start", "my", "status", "steps", "language", "cancel", "wipe", "help")
"""In the order of the menu. The text for each is `command.<command>`."""


def commands_offered(role: Role) -> tuple[str, ...]:
    """Return what the private chat of a member is offered: the commands of the role, then everybody's."""
    return (*commands_of(role), *EVERYONES_COMMANDS)
