"""Questions that are asked in one group chat, and whether members may ask there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.columns import BIG

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

IN_A_GROUP = sa.text("asked_in IS NOT NULL")


def upgrade() -> None:
    """To this revision; the way back is a backup."""
    with op.batch_alter_table("polls") as polls:
        polls.add_column(sa.Column("asked_in", BIG, nullable=True))
        polls.add_column(sa.Column("by_member", sa.Boolean(), nullable=False, server_default=sa.false()))
        polls.create_foreign_key(
            op.f("fk_polls_asked_in_addresses"), "addresses", ["asked_in"], ["id"], ondelete="SET NULL"
        )
    with op.batch_alter_table("communities") as communities:
        communities.add_column(
            sa.Column("members_ask", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    for table, column in (("polls", "by_member"), ("communities", "members_ask")):
        with op.batch_alter_table(table) as what_is_new_says_it_itself:
            what_is_new_says_it_itself.alter_column(
                column, existing_type=sa.Boolean(), existing_nullable=False, server_default=None
            )
    op.create_index(
        "ix_polls_asked_in", "polls", ["asked_in"], sqlite_where=IN_A_GROUP, postgresql_where=IN_A_GROUP
    )
