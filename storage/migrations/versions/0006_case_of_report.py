"""Throw-away: the column of a report's case. The queue's own migration takes this file's place.

Revision: 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reports", sa.Column("case_id", sa.BigInteger, nullable=True))
