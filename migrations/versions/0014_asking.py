"""What belongs to asking: how many have to answer so that it counts, askings again, changes,
and suggestions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.columns import BIG

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

AGAIN = sa.text("series IS NOT NULL")


def upgrade() -> None:
    """To this revision; the way back is a backup."""
    op.add_column("polls", sa.Column("quorum", sa.String(16), nullable=True))
    op.add_column("polls", sa.Column("series", BIG, nullable=True))
    op.create_index("ix_polls_series", "polls", ["series"], sqlite_where=AGAIN, postgresql_where=AGAIN)
    with op.batch_alter_table("polls") as polls:
        polls.add_column(sa.Column("grows", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("polls") as polls:  # what is new says it itself
        polls.alter_column("grows", existing_type=sa.Boolean(), existing_nullable=False, server_default=None)
    _what_was_changed()
    _what_is_suggested()


def _what_was_changed() -> None:
    op.create_table(
        "rewritten",
        sa.Column("poll_id", BIG, autoincrement=False, nullable=False),
        sa.Column("became", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["became"], ["polls.id"], name=op.f("fk_rewritten_became_polls"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("poll_id", name=op.f("pk_rewritten")),
    )
    op.create_index("ix_rewritten_became", "rewritten", ["became"])


def _what_is_suggested() -> None:
    op.create_table(
        "suggestions",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("poll_id", BIG, nullable=False),
        sa.Column("resident_id", BIG, nullable=False),
        sa.Column("choice", sa.String(300), nullable=False),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["polls.id"], name=op.f("fk_suggestions_poll_id_polls"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents.id"],
            name=op.f("fk_suggestions_resident_id_residents"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestions")),
        sa.UniqueConstraint("poll_id", "resident_id", name=op.f("uq_suggestions_poll_id_resident_id")),
    )
    op.create_index("ix_suggestions_resident_id", "suggestions", ["resident_id"])
