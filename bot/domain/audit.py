"""The audit: what is written down of every act on a report, a case, or the team. Never what people said or are called.

Who acted is a chat's key, and what it was about are numbers: nobody who reads the audit alone learns a name from it.
"""

import json
import re
from collections.abc import Mapping
from enum import StrEnum

LARGEST_NUMBER = 9_999_999
"""Telegram's ids and telephone numbers are larger, but for a few of the oldest accounts."""
_WORD = re.compile(r"(?!.*\d{8})[a-z0-9_:./-]{1,64}")
"""A word of ours, such as "too_little" or "member:viewer". Eight digits in a row may be somebody's number."""


class Actor(StrEnum):
    """Who can act."""

    PERSON = "person"
    """Somebody of the team, known by the key of the private chat."""
    OPERATOR = "operator"
    """Whoever runs commands on the server."""
    BOT = "bot"
    """The bot itself, such as when a claim's time is over."""


class AuditAct(StrEnum):
    """What was done. The text for it is `audit.<value>`."""

    READ_REPORT = "read_report"
    READ_CASE = "read_case"
    READ_CANDIDATES = "read_candidates"
    READ_EVIDENCE = "read_evidence"
    READ_HISTORY = "read_history"
    READ_DIGEST = "read_digest"
    """The next digest was looked at before it is posted."""
    FOUND = "found"
    """A search was made; the details may hold how many it found, and not what for."""
    CLAIMED = "claimed"
    CLAIM_LAPSED = "claim_lapsed"
    CLAIM_BROKEN = "claim_broken"
    RELEASED = "released"
    APPROVED = "approved"
    ATTACHED = "attached"
    REJECTED = "rejected"
    ASKED = "asked"
    ANSWERED = "answered"
    """The reporter answered what was asked. Noted as the bot's act: reporters are not named here."""
    ASK_EXPIRED = "ask_expired"
    SEEN = "seen"
    """What was new of a decided report."""
    UNDONE = "undone"
    CORRECTED = "corrected"
    PICKED = "picked"
    STATUS_ADDED = "status_added"
    STATUS_REMOVED = "status_removed"
    NOTE_ADDED = "note_added"
    TAG_ADDED = "tag_added"
    TAG_REMOVED = "tag_removed"
    MERGED = "merged"
    UNMERGED = "unmerged"
    DISTINGUISHED = "distinguished"
    """A candidate was found to be another person."""
    INVITED = "invited"
    INVITE_ACCEPTED = "invite_accepted"
    INVITE_REVOKED = "invite_revoked"
    ROLE_CHANGED = "role_changed"
    REVOKED = "revoked"
    FROZEN = "frozen"
    UNFREEZE_ALLOWED = "unfreeze_allowed"
    UNFROZEN = "unfrozen"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    EXPORTED = "exported"
    AUDIT_SHOWN = "audit_shown"


def canonical(details: Mapping[str, str | int]) -> str:
    """Return details as JSON in the one form that is stored, its keys in order.

    Raises:
        ValueError: a value could be somebody's words or number. It is named by its key and not repeated.
    """
    for name, value in details.items():
        if not (_is_number(value) if isinstance(value, int) else _WORD.fullmatch(value)):
            raise ValueError(f"the audit takes words of ours and small numbers: {name}")
    return json.dumps(dict(details), sort_keys=True, separators=(",", ":"))


def _is_number(value: int) -> bool:
    return not isinstance(value, bool) and 0 <= value <= LARGEST_NUMBER
