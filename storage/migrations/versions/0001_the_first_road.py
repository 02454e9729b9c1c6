"""The tables of the first road: updates, chats, conversations, outbox, reports, digests.

Revision: 0001, after nothing. Moments are milliseconds since 1970 UTC (`..._ms`); `sealed...` is AES-GCM.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite makes a rowid only of INTEGER; elsewhere ids are 64 bits wide.
ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
CHAT_KEY = sa.String(32)


def _ms(name: str, *, nullable: bool = False, default: str | None = None) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=nullable, server_default=default)


def upgrade() -> None:
    op.create_table(
        "secrets",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
    )
    _updates()
    _chats()
    _outbox()
    _digests()
    _reports()


def _updates() -> None:
    op.create_table(
        "seen_updates",
        sa.Column("update_id", ID, primary_key=True, autoincrement=False),
        _ms("seen_at_ms"),
    )
    op.create_index("seen_updates_by_age", "seen_updates", ["seen_at_ms"])
    op.create_table(
        "deferred_updates",
        sa.Column("update_id", ID, primary_key=True, autoincrement=False),
        sa.Column("chat_key", CHAT_KEY, nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        _ms("not_before_ms"),
        _ms("deferred_at_ms"),
        _ms("dead_at_ms", nullable=True),
    )
    op.create_index(
        "deferred_updates_alive",
        "deferred_updates",
        ["chat_key", "update_id"],
        sqlite_where=sa.text("dead_at_ms IS NULL"),
        postgresql_where=sa.text("dead_at_ms IS NULL"),
    )


def _chats() -> None:
    op.create_table(
        "chats",
        sa.Column("chat_key", CHAT_KEY, primary_key=True),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
        sa.Column("sealed_telegram_id", sa.LargeBinary, nullable=False),
        sa.Column("sealed_name", sa.LargeBinary, nullable=True),
        sa.Column("language", sa.String(8), nullable=False),
        _ms("created_at_ms"),
        _ms("gone_at_ms", nullable=True),
    )
    op.create_table(
        "conversations",
        sa.Column("chat_key", CHAT_KEY, sa.ForeignKey("chats.chat_key"), primary_key=True),
        sa.Column("screen", sa.Integer, nullable=False),
        sa.Column("step", sa.String(24), nullable=True),
        sa.Column("sealed_draft", sa.LargeBinary, nullable=True),
        sa.Column("shown_outbox_id", ID, nullable=True),
        _ms("changed_at_ms"),
        sa.CheckConstraint("(step IS NULL) = (sealed_draft IS NULL)", name="draft_while_in_progress"),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("chat_key", CHAT_KEY, sa.ForeignKey("chats.chat_key"), nullable=False),
        sa.Column("priority", sa.SmallInteger, nullable=False),
        sa.Column("dedupe_key", sa.Text, nullable=True, unique=True),
        sa.Column("about", sa.Text, nullable=True),
        sa.Column("sealed", sa.LargeBinary, nullable=True),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("outcome", sa.String(16), nullable=True),
        sa.Column("message_id", sa.BigInteger, nullable=True),
        _ms("created_at_ms"),
        _ms("not_before_ms"),
        _ms("leased_until_ms", default="0"),
        _ms("first_attempt_at_ms", nullable=True),
        _ms("settled_at_ms", nullable=True),
        sa.CheckConstraint("(settled_at_ms IS NULL) = (outcome IS NULL)", name="settled_with_an_outcome"),
        sqlite_autoincrement=True,
    )
    unsettled = sa.text("settled_at_ms IS NULL")
    op.create_index(
        "outbox_unsettled",
        "outbox",
        ["chat_key", "id"],
        sqlite_where=unsettled,
        postgresql_where=unsettled,
    )
    op.create_index("outbox_of_chat", "outbox", ["chat_key", "id"])
    op.create_index(
        "outbox_by_message",
        "outbox",
        ["chat_key", "message_id"],
        sqlite_where=sa.text("about IS NOT NULL"),
        postgresql_where=sa.text("about IS NOT NULL"),
    )
    settled = sa.text("settled_at_ms IS NOT NULL")
    op.create_index("outbox_settled", "outbox", ["settled_at_ms"], sqlite_where=settled, postgresql_where=settled)
    about = sa.text("about IS NOT NULL")
    op.create_index("outbox_about", "outbox", ["chat_key", "about", "id"], sqlite_where=about, postgresql_where=about)


def _digests() -> None:
    op.create_table(
        "digests",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(16), nullable=False),
        _ms("period_start_ms"),
        _ms("period_end_ms"),
        sa.Column("reports", sa.Integer, nullable=False),
        _ms("made_at_ms"),
        sa.UniqueConstraint("kind", "period_start_ms", name="one_digest_a_period"),
        sa.CheckConstraint("period_start_ms < period_end_ms", name="periods_run_forward"),
    )


def _reports() -> None:
    op.create_table(
        "reports",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("origin", sa.Text, nullable=False, unique=True),
        sa.Column("receipt_key", sa.String(32), nullable=False, unique=True),
        sa.Column("sealed_receipt", sa.LargeBinary, nullable=False),
        sa.Column("chat_key", CHAT_KEY, sa.ForeignKey("chats.chat_key"), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
        sa.Column("questionnaire_version", sa.Integer, nullable=False),
        sa.Column("consent_version", sa.Integer, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("publishing", sa.String(16), nullable=False),
        sa.Column("publish_as", sa.String(16), nullable=True),
        sa.Column("urgent", sa.SmallInteger, nullable=False),
        _ms("submitted_at_ms"),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("claimed_by", CHAT_KEY, nullable=True),
        _ms("claim_expires_at_ms", default="0"),
        sa.Column("released_by", CHAT_KEY, nullable=True),
        _ms("released_until_ms", default="0"),
        sa.Column("decision", sa.String(16), nullable=True),
        sa.Column("reason", sa.String(24), nullable=True),
        sa.Column("sealed_reason", sa.LargeBinary, nullable=True),
        sa.Column("decided_by", CHAT_KEY, nullable=True),
        _ms("decided_at_ms", nullable=True),
        sa.Column("digest_id", ID, sa.ForeignKey("digests.id"), nullable=True),
        sa.CheckConstraint("decision IN ('approved', 'rejected')", name="known_decision"),
        sa.CheckConstraint(
            "(publish_as IS NOT NULL) = (COALESCE(decision, '') = 'approved') AND (publish_as IS NULL"
            " OR publish_as = publishing OR publish_as = 'without_name' AND publishing = 'with_name')",
            name="published_as_agreed_or_less",
        ),
        sa.CheckConstraint("publishing IN ('with_name', 'without_name', 'not_at_all')", name="known_publishing"),
        sa.CheckConstraint(
            "(decided_at_ms IS NULL) = (decision IS NULL) AND (decided_at_ms IS NULL) = (decided_by IS NULL)",
            name="decided_by_someone_at_some_time",
        ),
        sa.CheckConstraint("decided_at_ms IS NULL OR claimed_by IS NULL", name="decided_is_not_claimed"),
        sqlite_autoincrement=True,
    )
    waiting = sa.text("decided_at_ms IS NULL")
    op.create_index(
        "moderation_queue",
        "reports",
        [sa.text("urgent DESC"), "id"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    claimed = sa.text("claimed_by IS NOT NULL")
    op.create_index("reports_in_hand", "reports", ["claimed_by"], sqlite_where=claimed, postgresql_where=claimed)
    to_digest = sa.text("digest_id IS NULL AND publish_as IN ('with_name', 'without_name')")
    op.create_index(
        "reports_to_digest",
        "reports",
        ["decided_at_ms", "id"],
        sqlite_where=to_digest,
        postgresql_where=to_digest,
    )
    op.create_table(
        "report_answers",
        sa.Column("report_id", ID, sa.ForeignKey("reports.id"), primary_key=True),
        sa.Column("question", sa.String(16), primary_key=True),
        sa.Column("position", sa.SmallInteger, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "report_events",
        sa.Column("report_id", ID, sa.ForeignKey("reports.id"), primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("event", sa.String(16), nullable=False),
        sa.Column("actor_key", CHAT_KEY, nullable=False),
        _ms("at_ms"),
    )
