"""What a reporter agrees to: being heard at all, and what may be made public."""

from enum import StrEnum

CONSENT_VERSION = 1
"""Of the text `screen.consent`. A report keeps the version its reporter saw; change the number with the meaning."""


class Publishing(StrEnum):
    """What the digest may say of a report. The text for it is `publishing.<value>`."""

    WITH_NAME = "with_name"
    WITHOUT_NAME = "without_name"
    NOT_AT_ALL = "not_at_all"
