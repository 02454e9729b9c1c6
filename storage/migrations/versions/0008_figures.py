"""Figures of moderation: what was submitted and decided in a span of days.

Revision: 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    decided = sa.text("decision IS NOT NULL")
    columns = ["decided_at_ms", "decision", "decided_by", "submitted_at_ms"]
    op.create_index("reports_submitted", "reports", ["submitted_at_ms"])
    op.create_index("reports_decided", "reports", columns, sqlite_where=decided, postgresql_where=decided)
