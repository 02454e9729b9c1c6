"""What a reporter agrees to: being heard at all, who may read the report, and what may be made public.

Whoever uses a report asks here first (`Consent.allows`), and nowhere decides for themselves.
"""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

CONSENT_VERSION = 3
"""Of the texts `screen.consent`, `screen.sharing` and `screen.publishing`. A report keeps the version its reporter saw;
change the number with the meaning."""


class Publishing(StrEnum):
    """How a digest may speak of a report; the most open first. The text for it is `publishing.<value>`."""

    WITH_NAME = "with_name"
    INITIALS = "initials"
    WITHOUT_NAME = "without_name"
    """One more in a number, and nothing else."""
    NOT_AT_ALL = "not_at_all"

    @property
    def openness(self) -> int:
        """How much is shown: more is a greater number, nothing is 0."""
        return len(Publishing) - 1 - list(Publishing).index(self)

    def at_most(self, limit: "Publishing") -> "Publishing":
        """Return the one of both that shows less."""
        return min(self, limit, key=lambda each: each.openness)


class Use(StrEnum):
    """What somebody may want to do with a report."""

    CHECK = "check"
    """Coordinators keep it, read it, and check it. Without that there is no report."""
    PASSING_ON = "passing_on"
    """Lawyers and bodies of the UN are given it."""
    PUBLISH_NAME = "publish_name"
    PUBLISH_INITIALS = "publish_initials"
    """City, date and charge are shown, and no more of the name than its first letters."""
    COUNT = "count"
    """A digest counts it."""


_OPENNESS_OF = {
    Use.PUBLISH_NAME: Publishing.WITH_NAME.openness,
    Use.PUBLISH_INITIALS: Publishing.INITIALS.openness,
    Use.COUNT: Publishing.WITHOUT_NAME.openness,
}


class Consent(BaseModel):
    """What one reporter agreed to, and in which version of the words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int
    sharing: bool
    """Whether it may be passed on to lawyers and to bodies of the UN."""
    publishing: Publishing

    def allows(self, use: Use, *, limit: Publishing = Publishing.WITH_NAME) -> bool:
        """Say whether a report may be used so. `limit`: what a coordinator decided to show at most."""
        match use:
            case Use.CHECK:
                return True
            case Use.PASSING_ON:
                return self.sharing
            case _:
                return self.publishing.at_most(limit).openness >= _OPENNESS_OF[use]
