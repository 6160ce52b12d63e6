"""Promises: who decided, until when it will be done, what was said of it later, and which reminders went out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.columns import BIG, MOMENT

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OWED = sa.text("done_by IS NOT NULL AND settled IS NULL")


def upgrade() -> None:
    """To this revision; the way back is a backup."""
    _what_is_promised()
    _what_was_said_of_it()
    _what_was_reminded_of()


def _what_is_promised() -> None:
    with op.batch_alter_table("polls") as polls:
        polls.add_column(sa.Column("decided_by", sa.String(100), nullable=True))
        polls.add_column(sa.Column("done_by", sa.Date(), nullable=True))
        polls.add_column(sa.Column("settled", sa.String(16), nullable=True))
        polls.add_column(sa.Column("settled_at", MOMENT, nullable=True))
        polls.add_column(sa.Column("told", BIG, nullable=True))
        polls.add_column(sa.Column("followed_up", sa.SmallInteger(), nullable=False, server_default="0"))
        polls.create_check_constraint(
            "settled", "settled IS NULL OR (settled IN ('done', 'dropped') AND done_by IS NOT NULL)"
        )
    with op.batch_alter_table("polls") as polls:  # what is new says it itself
        polls.alter_column(
            "followed_up", existing_type=sa.SmallInteger(), existing_nullable=False, server_default=None
        )
    op.create_index("ix_polls_done_by", "polls", ["done_by"], sqlite_where=OWED, postgresql_where=OWED)
    # An outcome that was told before was sent to everyone who had taken part and could be reached; how many is unknown.
    op.execute(
        "UPDATE polls SET told = (SELECT took_part FROM tallies WHERE tallies.poll_id = polls.id) "
        "WHERE outcome_at IS NOT NULL"
    )


def _what_was_said_of_it() -> None:
    op.create_table(
        "follow_ups",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("poll_id", BIG, nullable=False),
        sa.Column("said", sa.String(16), nullable=False),
        sa.Column("because", sa.Text(), nullable=True),
        sa.Column("was", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("said IN ('done', 'late', 'dropped')", name=op.f("ck_follow_ups_said")),
        sa.CheckConstraint(
            "(said = 'late') = (until IS NOT NULL)", name=op.f("ck_follow_ups_late_names_a_day")
        ),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["polls.id"], name=op.f("fk_follow_ups_poll_id_polls"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
    )
    op.create_index("ix_follow_ups_poll_id", "follow_ups", ["poll_id"])


def _what_was_reminded_of() -> None:
    op.create_table(
        "reminders",
        sa.Column("poll_id", BIG, nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("step", sa.SmallInteger(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["polls.id"], name=op.f("fk_reminders_poll_id_polls"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("poll_id", "round", "step", name=op.f("pk_reminders")),
    )
