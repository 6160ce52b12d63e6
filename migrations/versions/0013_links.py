"""Links whose source is counted, posters, how many took part by when and from where, and communities' pictures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.columns import BIG, JSON, MOMENT

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision; the way back is a backup."""
    _links()
    _posters()
    op.create_table(
        "turnouts",
        sa.Column("poll_id", BIG, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("took_part", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["polls.id"], name=op.f("fk_turnouts_poll_id_polls"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("poll_id", "day", name=op.f("pk_turnouts")),
    )
    op.create_table(
        "reckonings",
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("looked", BIG, nullable=False),
        sa.Column("ways", JSON, nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_reckonings")),
    )
    _portraits()


def _portraits() -> None:
    op.create_table(
        "portraits",
        sa.Column("community_id", BIG, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("edition", sa.String(16), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_portraits_community_id_communities")
        ),
        sa.PrimaryKeyConstraint("community_id", name=op.f("pk_portraits")),
    )
    op.create_table(
        "sent_portraits",
        sa.Column("community_id", BIG, nullable=False),
        sa.Column("resident_id", BIG, nullable=False),
        sa.Column("address_id", BIG, nullable=False),
        sa.Column("media", JSON, nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_sent_portraits_community_id_communities")
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents.id"],
            name=op.f("fk_sent_portraits_resident_id_residents"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["address_id"],
            ["addresses.id"],
            name=op.f("fk_sent_portraits_address_id_addresses"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("community_id", name=op.f("pk_sent_portraits")),
    )
    op.create_index("ix_sent_portraits_resident_id", "sent_portraits", ["resident_id"])
    op.create_index("ix_sent_portraits_address_id", "sent_portraits", ["address_id"])


def _links() -> None:
    op.create_table(
        "links",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("community_id", BIG, nullable=False),
        sa.Column("poll_id", BIG, nullable=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.String(30), nullable=False),
        sa.Column("made_by", BIG, nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "kind IN ('poster', 'newsletter', 'library', 'school', 'own')", name=op.f("ck_links_kind")
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_links_community_id_communities")
        ),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["polls.id"], name=op.f("fk_links_poll_id_polls"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["residents.id"], name=op.f("fk_links_made_by_residents"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
        sa.UniqueConstraint("code", name=op.f("uq_links_code")),
    )
    op.create_index("ix_links_community_id_poll_id", "links", ["community_id", "poll_id"])
    op.create_index("ix_links_poll_id", "links", ["poll_id"])
    op.create_index("ix_links_made_by", "links", ["made_by"])


def _posters() -> None:
    op.create_table(
        "posters",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("link_id", BIG, nullable=False),
        sa.Column("resident_id", BIG, nullable=False),
        sa.Column("address_id", BIG, nullable=False),
        sa.Column("languages", JSON, nullable=False),
        sa.Column("leads_to", sa.String(300), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("wished_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["link_id"], ["links.id"], name=op.f("fk_posters_link_id_links"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents.id"],
            name=op.f("fk_posters_resident_id_residents"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["address_id"], ["addresses.id"], name=op.f("fk_posters_address_id_addresses"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posters")),
    )
    op.create_index("ix_posters_link_id", "posters", ["link_id"])
    op.create_index("ix_posters_resident_id", "posters", ["resident_id"])
    op.create_index("ix_posters_address_id", "posters", ["address_id"])
