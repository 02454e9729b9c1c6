"""The team: its members and their roles, the links by which they join, and whether all showing is stopped.

Revision: 0006, after 0005.

`members.id` is the short number by which a button names a member. `cities` are keys of places, as JSON: what a member
cares for, and nothing of any report. `invites` knows a link by an HMAC of its token alone. `freezes` has one row.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_CHAT_KEY = sa.String(32)
_ROLES = "role IN ('lead', 'coordinator', 'viewer')"


def upgrade() -> None:
    op.create_table(
        "members",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("chat_key", _CHAT_KEY, sa.ForeignKey("chats.chat_key"), nullable=False, unique=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("cities", sa.Text, nullable=False, server_default="[]"),
        sa.Column("added_by", _CHAT_KEY, sa.ForeignKey("chats.chat_key"), nullable=True),
        sa.Column("added_at_ms", sa.BigInteger, nullable=False),
        sa.Column("revoked_at_ms", sa.BigInteger, nullable=True),
        sa.Column("revoked_by", _CHAT_KEY, sa.ForeignKey("chats.chat_key"), nullable=True),
        sa.CheckConstraint(_ROLES, name="known_role"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "invites",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("token_key", sa.String(32), nullable=False, unique=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("made_by", _CHAT_KEY, sa.ForeignKey("chats.chat_key"), nullable=False),
        sa.Column("made_at_ms", sa.BigInteger, nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger, nullable=False),
        sa.Column("used_by", _CHAT_KEY, sa.ForeignKey("chats.chat_key"), nullable=True),
        sa.Column("used_at_ms", sa.BigInteger, nullable=True),
        sa.Column("taken_back_at_ms", sa.BigInteger, nullable=True),
        sa.CheckConstraint(_ROLES, name="known_role_offered"),
        sa.CheckConstraint("used_at_ms IS NULL OR taken_back_at_ms IS NULL", name="used_or_taken_back"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "freezes",
        sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("frozen_at_ms", sa.BigInteger, nullable=True),
        sa.Column("frozen_by", _CHAT_KEY, sa.ForeignKey("chats.chat_key"), nullable=True),
        sa.Column("may_thaw_until_ms", sa.BigInteger, nullable=True),
        sa.CheckConstraint("id = 1", name="one_freeze"),
        sa.CheckConstraint("(frozen_at_ms IS NULL) = (frozen_by IS NULL)", name="frozen_by_someone"),
    )
