"""What several processes need to be one bot: who is alive, who polls, how fast all of them together may send.

Revision: 0002, after 0001. An outgoing message is named by its key from here on, so that one can be written, leased
and settled in bulk without asking the database for its id.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TO_SEND = sa.text("settled_at_ms IS NULL AND priority >= 0")
"""What waits to be sent. Every priority is that high; see claim_due in storage/sql/outbox.sql for why it is said."""


def upgrade() -> None:
    _outbox()
    _conversations()
    op.add_column("chats", sa.Column("free_at_us", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("chats", sa.Column("last_about", sa.Text, nullable=True))
    op.execute(
        "UPDATE chats SET last_about ="
        " (SELECT o.about FROM outbox o WHERE o.chat_key = chats.chat_key ORDER BY o.id DESC LIMIT 1)"
    )
    in_progress = sa.text("step IS NOT NULL")
    op.create_index(
        "conversations_in_progress",
        "conversations",
        ["chat_key"],
        sqlite_where=in_progress,
        postgresql_where=in_progress,
    )
    op.create_table(
        "processes",
        sa.Column("process", sa.String(32), primary_key=True),
        sa.Column("beat", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "duties",
        sa.Column("duty", sa.String(16), primary_key=True),
        sa.Column("process", sa.String(32), nullable=False),
    )
    op.create_table(
        "allowances",
        sa.Column("allowance", sa.String(16), primary_key=True),
        sa.Column("free_at_us", sa.BigInteger, nullable=False),
    )


def _outbox() -> None:
    op.execute("UPDATE outbox SET dedupe_key = 'message:' || id WHERE dedupe_key IS NULL")
    with _ids_going_on("outbox"), op.batch_alter_table("outbox", table_kwargs={"sqlite_autoincrement": True}) as outbox:
        outbox.alter_column("dedupe_key", existing_type=sa.Text, nullable=False)
        outbox.add_column(sa.Column("leased_by", sa.String(32), nullable=True))
    # Over all rows of a chat, most of them long sent, these misled the planner and slowed every message down.
    op.drop_index("outbox_of_chat", "outbox")
    op.drop_index("outbox_settled", "outbox")
    op.create_index("outbox_next", "outbox", ["priority", "id"], sqlite_where=TO_SEND, postgresql_where=TO_SEND)


@contextmanager
def _ids_going_on(table: str) -> Iterator[None]:
    """Let the ids of a table go on where they were: SQLite copies it over, and would lend out those of deleted rows."""
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        yield
        return
    last = bind.scalar(sa.text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table})
    yield
    if last is not None:
        bind.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table})
        bind.execute(
            sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)"), {"name": table, "seq": last}
        )


def _conversations() -> None:
    op.add_column("conversations", sa.Column("shown_key", sa.Text, nullable=True))
    op.execute("UPDATE conversations SET shown_key = (SELECT o.dedupe_key FROM outbox o WHERE o.id = shown_outbox_id)")
    with op.batch_alter_table("conversations") as conversations:
        conversations.drop_column("shown_outbox_id")
