"""The commands that everybody is offered. What the team is offered besides, `bot.domain.access` says."""

EVERYONES_COMMANDS = ("start", "my", "status", "steps", "language", "cancel", "wipe", "help")
"""In the order of the menu. The text for each is `command.<command>`."""
