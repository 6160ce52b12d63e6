"""Named places found by their words and by what is near, and invitations to a post of a body instead of a role."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.columns import BIG

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BYTEWISE = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
BYTEWISE_LINE = sa.String(300).with_variant(sa.String(300, collation="C"), "postgresql")

FILLED = "(role = 'officer') = (body_id IS NOT NULL AND post IS NOT NULL AND community_id IS NULL)"


def upgrade() -> None:
    """To this revision; the way back is a backup."""
    _places()
    _posts()


def _places() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column(
            "named_places",
            "folded",
            existing_type=sa.String(300),
            type_=BYTEWISE_LINE,
            existing_nullable=False,
        )
    op.create_index("ix_named_places_lat_long", "named_places", ["lat", "long"])
    op.create_table(
        "place_words",
        sa.Column("word", BYTEWISE, nullable=False),
        sa.Column("place_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"],
            ["named_places.id"],
            name=op.f("fk_place_words_place_id_named_places"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("word", "place_id", name=op.f("pk_place_words")),
    )
    op.create_index("ix_place_words_place_id", "place_words", ["place_id"])


def _posts() -> None:
    """Nobody could do anything as an officer of a community; officers are a body's from now on."""
    op.execute("DELETE FROM invitations WHERE role = 'officer'")
    op.execute("UPDATE memberships SET role = 'resident' WHERE role = 'officer'")
    with op.batch_alter_table("memberships") as memberships:
        memberships.drop_constraint("role", type_="check")
        memberships.create_check_constraint("role", "role IN ('resident', 'organiser')")
    with op.batch_alter_table("invitations") as invitations:
        invitations.alter_column("community_id", existing_type=BIG, nullable=True)
        invitations.add_column(sa.Column("body_id", BIG, nullable=True))
        invitations.add_column(sa.Column("team_id", BIG, nullable=True))
        invitations.add_column(sa.Column("post", sa.String(16), nullable=True))
        invitations.create_foreign_key(op.f("fk_invitations_body_id_bodies"), "bodies", ["body_id"], ["id"])
        invitations.create_foreign_key(op.f("fk_invitations_team_id_teams"), "teams", ["team_id"], ["id"])
        invitations.create_check_constraint("leads_somewhere", FILLED)
    op.create_index("ix_invitations_body_id", "invitations", ["body_id"])
    op.create_index("ix_invitations_team_id", "invitations", ["team_id"])
