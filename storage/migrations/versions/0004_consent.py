"""What reporters agree to, in finer steps; reports that are taken back; people who were detained together.

Revision: 0004, after 0003. A report that is withdrawn keeps its row, so that its code is still answered; its keys are
gone, and with them all that was said. SQLite cannot change a rule of a table: there the table is copied into a new one.
"""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_SHOWS = "CASE {} WHEN 'with_name' THEN 3 WHEN 'initials' THEN 2 WHEN 'without_name' THEN 1 ELSE 0 END"
CHANGED_RULES: Mapping[str, str] = {
    "known_decision": "decision IN ('approved', 'rejected', 'withdrawn')",
    "known_publishing": "publishing IN ('with_name', 'initials', 'without_name', 'not_at_all')",
    "published_as_agreed_or_less": (
        "(publish_as IS NOT NULL) = (COALESCE(decision, '') = 'approved') AND (publish_as IS NULL"
        " OR publish_as IN ('with_name', 'initials', 'without_name', 'not_at_all')"
        f" AND {_SHOWS.format('publish_as')} <= {_SHOWS.format('publishing')})"
    ),
}
NEW_RULES: Mapping[str, str] = {
    "withdrawn_is_shredded": (
        "(wrapped_key IS NULL) = (COALESCE(decision, '') = 'withdrawn')"
        " AND (wrapped_key IS NULL) = (sealed_receipt IS NULL)"
    ),
}
_INDEXES: Mapping[str, tuple[Sequence[str | sa.TextClause], str]] = {
    "moderation_queue": ([sa.text("urgent DESC"), "id"], "decided_at_ms IS NULL"),
    "reports_in_hand": (["claimed_by"], "claimed_by IS NOT NULL"),
    "reports_to_digest": (
        ["decided_at_ms", "id"],
        "digest_id IS NULL AND publish_as IN ('with_name', 'initials', 'without_name')",
    ),
    "reports_together": (["together_with"], "together_with IS NOT NULL"),
}


def upgrade() -> None:
    for name in ("moderation_queue", "reports_in_hand", "reports_to_digest"):
        op.drop_index(name, "reports")
    with op.batch_alter_table("reports", table_kwargs={"sqlite_autoincrement": True}) as reports:
        reports.add_column(sa.Column("sharing", sa.SmallInteger, nullable=False, server_default="0"))
        reports.add_column(sa.Column("together_with", sa.BigInteger, nullable=True))
        for sealed in ("wrapped_key", "sealed_receipt"):
            reports.alter_column(sealed, existing_type=sa.LargeBinary, nullable=True)
        for name in CHANGED_RULES:
            reports.drop_constraint(name, type_="check")
        for name, rule in {**CHANGED_RULES, **NEW_RULES}.items():
            reports.create_check_constraint(name, sa.text(rule))
    for name, (columns, where) in _INDEXES.items():
        op.create_index(name, "reports", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
