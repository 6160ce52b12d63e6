"""People, communities and polls."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.columns import BIG, JSON, MOMENT

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision; the way back is a backup."""
    communities()
    residents()
    addresses()
    audit()
    consents()
    invitations()
    link_codes()
    memberships()
    polls()
    ballots()
    participations()
    tallies()


def communities() -> None:
    op.create_table(
        "communities",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("names", JSON, nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("languages", JSON, nullable=False),
        sa.Column("areas", JSON, nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("long", sa.Float(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_communities")),
        sa.UniqueConstraint("slug", name=op.f("uq_communities_slug")),
    )


def residents() -> None:
    op.create_table(
        "residents",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=True),
        sa.Column("interests", JSON, nullable=False),
        sa.Column("greeted_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_residents")),
    )


def addresses() -> None:
    op.create_table(
        "addresses",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("chat", sa.String(length=64), nullable=False),
        sa.Column("resident_id", BIG, nullable=True),
        sa.Column("preferred", sa.Boolean(), nullable=False),
        sa.Column("talk", JSON, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "resident_id IS NOT NULL OR NOT preferred", name=op.f("ck_addresses_groups_not_preferred")
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents.id"],
            name=op.f("fk_addresses_resident_id_residents"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addresses")),
        sa.UniqueConstraint("channel", "chat", name=op.f("uq_addresses_channel_chat")),
    )
    op.create_index("ix_addresses_resident_id", "addresses", ["resident_id"], unique=False)
    op.create_index(
        "uq_addresses_preferred",
        "addresses",
        ["resident_id"],
        unique=True,
        sqlite_where=sa.text("preferred"),
        postgresql_where=sa.text("preferred"),
    )


def audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_id", BIG, nullable=True),
        sa.Column("community_id", BIG, nullable=True),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=True),
        sa.Column("details", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["residents.id"], name=op.f("fk_audit_actor_id_residents"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_audit_community_id_communities")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_actor_id", "audit", ["actor_id"], unique=False)
    op.create_index("ix_audit_community_id_at", "audit", ["community_id", "at"], unique=False)


def consents() -> None:
    op.create_table(
        "consents",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("resident_id", BIG, nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("agreed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents.id"],
            name=op.f("fk_consents_resident_id_residents"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index("ix_consents_resident_id", "consents", ["resident_id"], unique=False)


def invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("community_id", BIG, nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("made_by", BIG, nullable=True),
        sa.Column("used_by", BIG, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.CheckConstraint("role IN ('organiser', 'officer')", name=op.f("ck_invitations_role")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_invitations_community_id_communities")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["residents.id"], name=op.f("fk_invitations_made_by_residents"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["used_by"], ["residents.id"], name=op.f("fk_invitations_used_by_residents"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_invitations_code_hash")),
    )
    op.create_index("ix_invitations_community_id", "invitations", ["community_id"], unique=False)


def link_codes() -> None:
    op.create_table(
        "link_codes",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("resident_id", BIG, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents.id"],
            name=op.f("fk_link_codes_resident_id_residents"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_link_codes")),
    )
    op.create_index("ix_link_codes_resident_id", "link_codes", ["resident_id"], unique=False)


def memberships() -> None:
    op.create_table(
        "memberships",
        sa.Column("community_id", BIG, nullable=False),
        sa.Column("resident_id", BIG, nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("area", sa.String(length=64), nullable=True),
        sa.Column("source", sa.String(length=64), nullable=True),
        sa.Column("joined_at", MOMENT, nullable=False),
        sa.CheckConstraint("role IN ('resident', 'organiser', 'officer')", name=op.f("ck_memberships_role")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_memberships_community_id_communities")
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents.id"],
            name=op.f("fk_memberships_resident_id_residents"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("community_id", "resident_id", name=op.f("pk_memberships")),
    )
    op.create_index("ix_memberships_community_id_role", "memberships", ["community_id", "role"], unique=False)
    op.create_index("ix_memberships_resident_id", "memberships", ["resident_id"], unique=False)


def polls() -> None:
    op.create_table(
        "polls",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("community_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("question", sa.String(length=300), nullable=False),
        sa.Column("choices", JSON, nullable=False),
        sa.Column("results", sa.String(length=16), nullable=False),
        sa.Column("asked_by", BIG, nullable=True),
        sa.Column("key", sa.LargeBinary(), nullable=True),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("closes_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("outcome_at", MOMENT, nullable=True),
        sa.CheckConstraint("results IN ('voted', 'closed')", name=op.f("ck_polls_results")),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (key IS NOT NULL)", name=op.f("ck_polls_key_destroyed_at_close")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["residents.id"], name=op.f("fk_polls_asked_by_residents"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_polls_community_id_communities")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_polls")),
        sa.UniqueConstraint("code", name=op.f("uq_polls_code")),
    )
    op.create_index("ix_polls_asked_by", "polls", ["asked_by"], unique=False)
    op.create_index("ix_polls_closed_at_closes_at", "polls", ["closed_at", "closes_at"], unique=False)
    op.create_index("ix_polls_community_id_closed_at", "polls", ["community_id", "closed_at"], unique=False)


def ballots() -> None:
    op.create_table(
        "ballots",
        sa.Column("poll_id", BIG, nullable=False),
        sa.Column("voter", sa.LargeBinary(), nullable=False),
        sa.Column("answer", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["polls.id"], name=op.f("fk_ballots_poll_id_polls"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("poll_id", "voter", name=op.f("pk_ballots")),
    )


def participations() -> None:
    op.create_table(
        "participations",
        sa.Column("poll_id", BIG, nullable=False),
        sa.Column("resident_id", BIG, nullable=False),
        sa.Column("took_part", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["polls.id"], name=op.f("fk_participations_poll_id_polls"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents.id"],
            name=op.f("fk_participations_resident_id_residents"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("poll_id", "resident_id", name=op.f("pk_participations")),
    )
    op.create_index("ix_participations_resident_id", "participations", ["resident_id"], unique=False)


def tallies() -> None:
    op.create_table(
        "tallies",
        sa.Column("poll_id", BIG, nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.Column("asked", BIG, nullable=False),
        sa.Column("took_part", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["polls.id"], name=op.f("fk_tallies_poll_id_polls"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("poll_id", name=op.f("pk_tallies")),
    )
