"""A case: one detained person, as the team understands it."""

from enum import StrEnum


class CaseStatus(StrEnum):
    """What became of the person. The text for it is `case.status.<value>`."""

    DETAINED = "detained"
    MOVED = "moved"
    CHARGED = "charged"
    SENTENCED = "sentenced"
    RELEASED = "released"
    DIED = "died"
