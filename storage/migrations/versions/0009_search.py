"""Finding reports: fingerprints of what a report says, and what a coordinator is searching for.

Revision: 0009, after 0008. `search_keys` holds nothing but HMACs. `reports.indexed` is 0 where a report's keys are to
be written, or written anew: those of every report that is there already are written by the running bot.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "search_keys",
        sa.Column("key", sa.String(32), primary_key=True),
        sa.Column("report_id", _ID, sa.ForeignKey("reports.id"), primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    op.create_index("search_keys_of_report", "search_keys", ["report_id", "key"])
    op.add_column("reports", sa.Column("case_id", sa.BigInteger, nullable=True))
    op.add_column("reports", sa.Column("indexed", sa.SmallInteger, nullable=False, server_default="0"))
    unindexed = sa.text("indexed = 0")
    op.create_index("reports_to_index", "reports", ["id"], sqlite_where=unindexed, postgresql_where=unindexed)
    op.create_table(
        "searches",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("chat_key", sa.String(32), sa.ForeignKey("chats.chat_key"), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("created_at_ms", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("searches_by_age", "searches", ["created_at_ms"])
