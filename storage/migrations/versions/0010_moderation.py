"""The moderation queue: what waits and since when, decisions that can be undone, cases, questions, corrections.

Revision: 0010, after 0009.

A report waits while `queued_at_ms` says since when: a new one, one whose question is answered, or a decided one of
which its reporter told something new. A decision is a row that stays when it is undone. A case is one detained person;
cases that are joined keep their rows and their reports, so that parting them again is exact. What the team writes about
a case is sealed under a key of the case.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_KEY = sa.String(32)

NEW_RULES = {
    "undecided_is_not_forgotten": "decision IS NOT NULL OR queued_at_ms IS NOT NULL OR asked_until_ms IS NOT NULL",
    "asked_is_not_queued": "asked_until_ms IS NULL OR queued_at_ms IS NULL",
    "claimed_is_queued": "claimed_by IS NULL OR queued_at_ms IS NOT NULL",
    "claimed_at_some_time": "(claimed_by IS NULL) = (claimed_at_ms IS NULL)",
}
_INDEXES: dict[str, tuple[list[str | sa.TextClause], str | None]] = {
    "moderation_queue": (
        [sa.text("urgent DESC"), "queued_at_ms", "id", "city_key"],
        "queued_at_ms IS NOT NULL AND held_back = 0",
    ),
    "queue_by_city": (["city_key", "urgent", "queued_at_ms"], "queued_at_ms > 0 AND held_back = 0"),
    "reports_held_back": (["queued_at_ms", "id"], "queued_at_ms IS NOT NULL AND held_back = 1"),
    "reports_in_hand": (["claimed_by"], "claimed_by IS NOT NULL"),
    "reports_asked": (["asked_until_ms"], "asked_until_ms IS NOT NULL"),
    "reports_to_tell": (["tell_at_ms"], "tell_at_ms IS NOT NULL"),
    "reports_by_decision": (["decision", "id"], "questionnaire_version > 0"),
    "reports_unnoticed": (["id"], "notice_due = 1"),
    "reports_of_notice": (["notice_id"], "notice_id IS NOT NULL"),
    "reports_of_case": (["case_id", "id"], "case_id IS NOT NULL"),
    "reports_to_digest": (
        ["decided_at_ms", "id"],
        "digest_id IS NULL AND publish_as IN ('with_name', 'initials', 'without_name')",
    ),
    "reports_together": (["together_with"], "together_with IS NOT NULL"),
    "reports_of_digest": (["digest_id"], "digest_id IS NOT NULL"),
    "reports_of_person": (["chat_key", "id"], None),
}


def _ms(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def upgrade() -> None:
    _cases()
    op.create_table(
        "notices",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        _ms("made_at_ms"),
        _ms("edited_at_ms"),
        sa.Column("outdated", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("unlisted", sa.Integer, nullable=False, server_default="0"),
        sqlite_autoincrement=True,
    )
    _index("notices_outdated", "notices", ["id"], "outdated = 1")
    _reports()
    _decisions()
    _questions()
    _cases_of_approved()
    op.add_column("report_answers", sa.Column("sealed_correction", sa.LargeBinary, nullable=True))
    op.add_column("chats", _ms("blocked_at_ms", nullable=True))
    op.add_column("additions", _ms("seen_at_ms", nullable=True))
    op.add_column("searches", sa.Column("about", sa.String(64), nullable=True))
    op.execute("UPDATE additions SET seen_at_ms = received_at_ms")  # until now each stood on its report's card
    _blocks()


def _reports() -> None:
    for name in ("moderation_queue", "reports_in_hand", "reports_to_digest", "reports_together"):
        op.drop_index(name, "reports")
    for name in ("reports_of_digest", "reports_of_person"):
        op.drop_index(name, "reports")
    for column in (
        _ms("queued_at_ms", nullable=True),
        _ms("claimed_at_ms", nullable=True),
        _ms("asked_until_ms", nullable=True),
        _ms("tell_at_ms", nullable=True),
        sa.Column("held_back", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("city_key", _KEY, nullable=True),
        sa.Column("notice_id", _ID, nullable=True),
        sa.Column("notice_due", sa.SmallInteger, nullable=False, server_default="0"),
    ):
        op.add_column("reports", column)
    op.execute("UPDATE reports SET queued_at_ms = submitted_at_ms WHERE decided_at_ms IS NULL")
    op.execute("UPDATE reports SET indexed = 0 WHERE decided_at_ms IS NULL")  # the running bot then notes their cities
    op.execute("UPDATE reports SET claimed_at_ms = claim_expires_at_ms - 1800000 WHERE claimed_by IS NOT NULL")
    with op.batch_alter_table("reports", table_kwargs={"sqlite_autoincrement": True}) as reports:
        reports.drop_constraint("decided_is_not_claimed", type_="check")
        for name, rule in NEW_RULES.items():
            reports.create_check_constraint(name, sa.text(rule))
        reports.create_foreign_key("case_of_report", "cases", ["case_id"], ["id"])
        reports.create_foreign_key("notice_of_report", "notices", ["notice_id"], ["id"])
    for name, (columns, where) in _INDEXES.items():
        _index(name, "reports", columns, where)


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("opened_by", _KEY, nullable=False),
        _ms("opened_at_ms"),
        sa.Column("claimed_by", _KEY, nullable=True),
        _ms("claimed_at_ms", nullable=True),
        sa.Column("claim_expires_at_ms", sa.BigInteger, nullable=False, server_default="0"),
        # Checked at the commit: a copy of the database writes the rows in order, and one may point to a later one.
        sa.Column("merged_into", _ID, sa.ForeignKey("cases.id", deferrable=True, initially="DEFERRED"), nullable=True),
        sa.Column("merged_by", _KEY, nullable=True),
        _ms("merged_at_ms", nullable=True),
        sa.CheckConstraint("merged_into <> id", name="not_merged_into_itself"),
        sa.CheckConstraint(
            "(merged_into IS NULL) = (merged_by IS NULL) AND (merged_into IS NULL) = (merged_at_ms IS NULL)",
            name="merged_by_someone_at_some_time",
        ),
        sa.CheckConstraint("(claimed_by IS NULL) = (claimed_at_ms IS NULL)", name="claimed_at_some_time"),
        sqlite_autoincrement=True,
    )
    _index("cases_in_hand", "cases", ["claimed_by"], "claimed_by IS NOT NULL")
    _index("cases_merged", "cases", ["merged_into"], "merged_into IS NOT NULL")
    _index("cases_by_status", "cases", ["status", "id"])
    op.create_table(
        "case_statuses",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("case_id", _ID, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("report_id", _ID, nullable=True),
        sa.Column("added_by", _KEY, nullable=False),
        _ms("added_at_ms"),
        sa.Column("removed_by", _KEY, nullable=True),
        _ms("removed_at_ms", nullable=True),
        sa.CheckConstraint("(removed_by IS NULL) = (removed_at_ms IS NULL)", name="removed_by_someone_at_some_time"),
        sqlite_autoincrement=True,
    )
    op.create_index("statuses_of_case", "case_statuses", ["case_id", "id"])
    op.create_table(
        "case_notes",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("case_id", _ID, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("written_by", _KEY, nullable=False),
        _ms("written_at_ms"),
        sqlite_autoincrement=True,
    )
    op.create_index("notes_of_case", "case_notes", ["case_id", "id"])
    op.create_table(
        "case_tags",
        sa.Column("case_id", _ID, sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("tag_key", _KEY, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("added_by", _KEY, nullable=False),
        _ms("added_at_ms"),
    )
    op.create_table(
        "case_picks",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("case_id", _ID, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("question", sa.String(16), nullable=False),
        sa.Column("report_id", _ID, nullable=False),
        sa.Column("picked_by", _KEY, nullable=False),
        _ms("picked_at_ms"),
        sqlite_autoincrement=True,
    )
    op.create_index("picks_of_case", "case_picks", ["case_id", "id"])


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("report_id", _ID, sa.ForeignKey("reports.id"), nullable=False),
        sa.Column("decision", sa.String(16), nullable=False),
        sa.Column("case_id", _ID, sa.ForeignKey("cases.id"), nullable=True),
        sa.Column("decided_by", _KEY, nullable=False),
        _ms("decided_at_ms"),
        sa.Column("undone_by", _KEY, nullable=True),
        _ms("undone_at_ms", nullable=True),
        sa.CheckConstraint("decision IN ('approved', 'rejected')", name="known_decision"),
        sa.CheckConstraint("(case_id IS NULL) = (decision = 'rejected')", name="approved_into_a_case"),
        sa.CheckConstraint("(undone_by IS NULL) = (undone_at_ms IS NULL)", name="undone_by_someone_at_some_time"),
        sqlite_autoincrement=True,
    )
    standing = "undone_at_ms IS NULL"
    op.create_index(
        "one_decision_a_report",
        "decisions",
        ["report_id"],
        unique=True,
        sqlite_where=sa.text(standing),
        postgresql_where=sa.text(standing),
    )
    op.create_index("decisions_of_report", "decisions", ["report_id", "id"])


def _cases_of_approved() -> None:
    """Give what was approved its case, under the report's number, and what was decided its row."""
    op.execute(
        "INSERT INTO cases (id, revision, status, opened_by, opened_at_ms)"
        " SELECT id, 1, 'detained', decided_by, decided_at_ms FROM reports WHERE decision = 'approved'"
    )
    op.execute("UPDATE reports SET case_id = id WHERE decision = 'approved'")
    op.execute(
        "INSERT INTO decisions (report_id, decision, case_id, decided_by, decided_at_ms)"
        " SELECT id, decision, case_id, decided_by, decided_at_ms FROM reports"
        " WHERE decision IN ('approved', 'rejected') ORDER BY decided_at_ms, id"
    )
    if op.get_bind().dialect.name == "postgresql":  # SQLite goes on after the highest id by itself
        op.execute(
            "SELECT setval(pg_get_serial_sequence('cases', 'id'), (SELECT max(id) FROM cases))"
            " WHERE EXISTS (SELECT 1 FROM cases)"
        )


def _questions() -> None:
    op.create_table(
        "questions",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("report_id", _ID, sa.ForeignKey("reports.id"), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("asked_by", _KEY, nullable=False),
        _ms("asked_at_ms"),
        _ms("closed_at_ms", nullable=True),
        sa.Column("outcome", sa.String(16), nullable=True),
        sa.CheckConstraint("(closed_at_ms IS NULL) = (outcome IS NULL)", name="closed_with_an_outcome"),
        sqlite_autoincrement=True,
    )
    op.create_index("questions_of_report", "questions", ["report_id", "id"])
    op.create_table(
        "corrections",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("report_id", _ID, sa.ForeignKey("reports.id"), nullable=False),
        sa.Column("question", sa.String(16), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("corrected_by", _KEY, nullable=False),
        _ms("corrected_at_ms"),
        sqlite_autoincrement=True,
    )
    op.create_index("corrections_of_report", "corrections", ["report_id", "id"])


def _blocks() -> None:
    op.create_table(
        "blocks",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("chat_key", _KEY, sa.ForeignKey("chats.chat_key"), nullable=False),
        sa.Column("blocked_by", _KEY, nullable=False),
        _ms("blocked_at_ms"),
        sa.Column("unblocked_by", _KEY, nullable=True),
        _ms("unblocked_at_ms", nullable=True),
        sa.CheckConstraint(
            "(unblocked_by IS NULL) = (unblocked_at_ms IS NULL)", name="unblocked_by_someone_at_some_time"
        ),
        sqlite_autoincrement=True,
    )
    standing = sa.text("unblocked_at_ms IS NULL")
    op.create_index(
        "one_block_a_chat", "blocks", ["chat_key"], unique=True, sqlite_where=standing, postgresql_where=standing
    )


def _index(name: str, table: str, columns: list[str | sa.TextClause], where: str | None = None) -> None:
    condition = None if where is None else sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)
