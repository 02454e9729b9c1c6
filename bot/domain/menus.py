"""Which commands are offered to whom. The text for each is `command.<command>`."""

from collections.abc import Mapping

EVERYONES_COMMANDS = ("start", "my", "status", "steps", "language", "cancel", "wipe", "help")
COORDINATORS_COMMANDS = ("next", "queue", "digest", "stats")
GROUP_COMMANDS = ("queue",)
"""In the coordinators' group."""

COMMANDS_OF: Mapping[str, tuple[str, ...]] = {
    "coordinator": (*COORDINATORS_COMMANDS, *EVERYONES_COMMANDS),
}
"""What the private chat of each role is offered. Whoever has none is offered what everybody is."""
