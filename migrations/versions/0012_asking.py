"""What belongs to asking: how many have to answer so that it counts, askings again, and questions that were changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.columns import BIG

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None

AGAIN = sa.text("series IS NOT NULL")


def upgrade() -> None:
    """To this revision; the way back is a backup."""
    op.add_column("polls", sa.Column("quorum", sa.String(16), nullable=True))
    op.add_column("polls", sa.Column("series", BIG, nullable=True))
    op.create_index("ix_polls_series", "polls", ["series"], sqlite_where=AGAIN, postgresql_where=AGAIN)
    _what_was_changed()


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
