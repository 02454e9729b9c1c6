"""The audit: who did what, when. A chain of entries to which one can only be added.

Revision: 0007, after 0006.

No entry refers to another table by a foreign key. It outlives what it is about. And on PostgreSQL a foreign key would
lock the report's row while the head of the chain is held, which could end in a deadlock with somebody who holds the
row and waits for the head.

The triggers keep code of ours from changing an entry by mistake. They stop nobody who may change the tables; such a
one is found out by the links, which cannot be made without the audit's key.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_CHAT_KEY = sa.String(32)
_REFUSAL = "the audit is only added to"
_FUNCTION = f"""
CREATE FUNCTION refuse_changed_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", _ID, primary_key=True, autoincrement=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.String(16), nullable=False),
        sa.Column("actor_key", _CHAT_KEY, nullable=True),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("report_id", sa.BigInteger, nullable=True),
        sa.Column("case_id", sa.BigInteger, nullable=True),
        sa.Column("subject_key", _CHAT_KEY, nullable=True),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("link", sa.LargeBinary, nullable=False),
        sa.CheckConstraint("(actor = 'person') = (actor_key IS NOT NULL)", name="a_person_has_a_key"),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", _ID, primary_key=True, autoincrement=False),
        sa.Column("last_id", sa.BigInteger, nullable=False),
        sa.Column("link", sa.LargeBinary, nullable=False),
        sa.CheckConstraint("id = 1", name="one_head"),
    )
    _index("audit_of_report", "report_id")
    _index("audit_of_case", "case_id")
    _refuse_changes()


def _index(name: str, column: str) -> None:
    condition = sa.text(f"{column} IS NOT NULL")
    op.create_index(name, "audit", [column, "id"], sqlite_where=condition, postgresql_where=condition)


def _refuse_changes() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_refuses_{change.lower()} BEFORE {change} ON audit"
                f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            )
        return
    op.execute(_FUNCTION)
    op.execute(
        "CREATE TRIGGER audit_refuses_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON audit"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_changed_audit()"
    )
