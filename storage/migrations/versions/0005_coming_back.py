"""What a person can do after a report is sent, or half-way: files, additions, being reminded, taking it all back.

Revision: 0005, after 0004.

`evidence` holds what was sent besides words; its content lies sealed in a file of a random name. `additions` holds what
is said about a report once it is submitted. `expires_at_ms` is when a draft will be deleted, as its person was told.
Which messages a person wrote is known for as long as Telegram lets them be deleted (48 hours), and nothing of what is
in them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_CHAT_KEY = sa.String(32)

_STATES = "state IN ('waiting', 'kept', 'refused', 'shredded')"
_SHREDDED = "(wrapped_key IS NULL) = (state = 'shredded') AND (wrapped_key IS NULL) = (sealed IS NULL)"
_INDEXES = {
    "evidence_waiting": (["not_before_ms", "id"], "state = 'waiting'"),
    "evidence_of_report": (["report_id", "id"], "report_id IS NOT NULL"),
    "evidence_of_person": (["chat_key", "id"], None),
    "evidence_leased": (["leased_by"], "leased_by IS NOT NULL"),
    "evidence_of_draft": (["chat_key", "id"], "report_id IS NULL AND wrapped_key IS NOT NULL"),
    "evidence_to_remove": (["id"], "wrapped_key IS NULL AND file IS NOT NULL"),
}


def upgrade() -> None:
    _evidence()
    op.create_table(
        "additions",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("origin", sa.Text, nullable=False, unique=True),
        sa.Column("report_id", _ID, sa.ForeignKey("reports.id"), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("received_at_ms", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("additions_of_report", "additions", ["report_id", "id"])
    op.create_index("reports_of_person", "reports", ["chat_key", "id"])
    op.add_column("conversations", sa.Column("reminded_at_ms", sa.BigInteger, nullable=True))
    op.add_column("conversations", sa.Column("expires_at_ms", sa.BigInteger, nullable=True))
    op.add_column("seen_updates", sa.Column("chat_key", _CHAT_KEY, nullable=True))
    op.add_column("seen_updates", sa.Column("message_id", sa.BigInteger, nullable=True))
    op.add_column("chats", sa.Column("wiped_at_ms", sa.BigInteger, nullable=True))
    op.add_column("digests", sa.Column("outdated", sa.SmallInteger, nullable=False, server_default="0"))
    _index("reports_of_digest", "reports", ["digest_id"], "digest_id IS NOT NULL")
    _index("digests_outdated", "digests", ["id"], "outdated = 1")


def _evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("origin", sa.Text, nullable=False, unique=True),
        sa.Column("chat_key", _CHAT_KEY, sa.ForeignKey("chats.chat_key"), nullable=False),
        sa.Column("report_id", _ID, sa.ForeignKey("reports.id"), nullable=True),
        sa.Column("question", sa.String(16), nullable=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=True),
        sa.Column("sealed", sa.LargeBinary, nullable=True),
        sa.Column("file", sa.String(64), nullable=True, unique=True),
        sa.Column("received_at_ms", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("not_before_ms", sa.BigInteger, nullable=False),
        sa.Column("leased_by", sa.String(16), nullable=True),
        sa.Column("settled_at_ms", sa.BigInteger, nullable=True),
        sa.CheckConstraint(_STATES, name="known_state"),
        sa.CheckConstraint(_SHREDDED, name="shredded_has_no_key"),
        sqlite_autoincrement=True,
    )
    for name, (columns, where) in _INDEXES.items():
        _index(name, "evidence", columns, where)


def _index(name: str, table: str, columns: list[str], where: str | None = None) -> None:
    condition = None if where is None else sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)
