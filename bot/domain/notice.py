"""Notices in the team's group: which reports came in, and where each stands. No name, and nothing that was said."""

from datetime import timedelta
from enum import StrEnum

MOST_LINES = 20
"""Reports that one notice tells of one by one."""
CALM_EVERY = timedelta(minutes=1)
"""Between two notices; what comes in meanwhile is added to the first. Urgent reports do not wait for that."""
URGENT_EVERY = timedelta(seconds=5)
"""Between two notices where something urgent came in: a group takes 20 messages a minute (Telegram's limit)."""
EDITED_EVERY = timedelta(seconds=3)
"""Between two edits of one notice."""


class NoticeState(StrEnum):
    """Where a report stands, for the group to know. The text for it is `notice.state.<value>`."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    """In somebody's hands. In whose, the group is not told: its messages stand on many phones."""
    ASKED = "asked"
    """Its reporter was asked something."""
    HELD_BACK = "held_back"
    """Its reporter is blocked."""
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
