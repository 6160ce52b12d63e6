"""Kinds of polls, polls in which organisers see who chose what, and ballots that are sealed after the close."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.columns import BIG, JSON, MOMENT

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NAMED = sa.text("resident_id IS NOT NULL")
REMINDS = sa.text("remind_at IS NOT NULL")
UNSEALED = sa.text("closed_at IS NOT NULL AND sealed_at IS NULL")


def upgrade() -> None:
    """To this revision; the way back is a backup."""
    with op.batch_alter_table("polls") as polls:
        polls.add_column(sa.Column("options", JSON, nullable=False, server_default="{}"))
        polls.add_column(sa.Column("named", sa.Boolean(), nullable=False, server_default=sa.false()))
        polls.add_column(sa.Column("listed", sa.Boolean(), nullable=False, server_default=sa.false()))
        polls.add_column(sa.Column("whom", sa.String(length=80), nullable=False, server_default="everyone"))
        polls.add_column(sa.Column("remind_at", MOMENT, nullable=True))
        polls.add_column(sa.Column("sealed_at", MOMENT, nullable=True))
        polls.drop_constraint("results", type_="check")
        polls.create_check_constraint("results", "results IN ('voted', 'closed', 'never')")
    with op.batch_alter_table("polls") as polls:  # what is new says it itself
        polls.alter_column("options", existing_type=JSON, existing_nullable=False, server_default=None)
        for name in ("named", "listed"):
            polls.alter_column(name, existing_type=sa.Boolean(), existing_nullable=False, server_default=None)
        polls.alter_column(
            "whom", existing_type=sa.String(length=80), existing_nullable=False, server_default=None
        )
    op.create_index(
        "ix_polls_remind_at", "polls", ["remind_at"], sqlite_where=REMINDS, postgresql_where=REMINDS
    )
    op.create_index("ix_polls_unsealed", "polls", ["id"], sqlite_where=UNSEALED, postgresql_where=UNSEALED)
    with op.batch_alter_table("ballots") as ballots:
        ballots.add_column(sa.Column("resident_id", BIG, nullable=True))
        ballots.add_column(sa.Column("shown", sa.Boolean(), nullable=True))
        ballots.add_column(sa.Column("themes", JSON, nullable=True))
        ballots.create_foreign_key(
            op.f("fk_ballots_resident_id_residents"),
            "residents",
            ["resident_id"],
            ["id"],
            ondelete="SET NULL",
        )
    op.create_index(
        "ix_ballots_resident_id", "ballots", ["resident_id"], sqlite_where=NAMED, postgresql_where=NAMED
    )
