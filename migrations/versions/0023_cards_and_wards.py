"""Which messages show a report to those in charge; pictures that are withheld; councillors of a ward."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.columns import BIG, MOMENT

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BEHIND = sa.text("news > seen")


def upgrade() -> None:
    """To this revision; the way back is a backup."""
    op.create_table(
        "desk_cards",
        sa.Column("service_request_id", BIG, nullable=False),
        sa.Column("address_id", BIG, nullable=False),
        sa.Column("sent_as", sa.String(length=160), nullable=True),
        sa.Column("envelope_id", BIG, nullable=True),
        sa.Column("seen", BIG, nullable=False),
        sa.Column("news", BIG, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["service_request_id"],
            ["service_requests.id"],
            name=op.f("fk_desk_cards_service_request_id_service_requests"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["address_id"],
            ["addresses.id"],
            name=op.f("fk_desk_cards_address_id_addresses"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("service_request_id", "address_id", name=op.f("pk_desk_cards")),
    )
    op.create_index("ix_desk_cards_address_id", "desk_cards", ["address_id"])
    op.create_index("ix_desk_cards_at", "desk_cards", ["at"])
    op.create_index(
        "ix_desk_cards_behind", "desk_cards", ["at"], sqlite_where=BEHIND, postgresql_where=BEHIND
    )
    op.add_column("files", sa.Column("withheld", sa.Boolean(), server_default=sa.false(), nullable=False))
    for table in ("officers", "invitations"):
        with op.batch_alter_table(table) as changed:
            changed.add_column(sa.Column("area_id", BIG, nullable=True))
            changed.create_foreign_key(op.f(f"fk_{table}_area_id_areas"), "areas", ["area_id"], ["id"])
            if table == "officers":
                changed.create_check_constraint(
                    op.f("ck_officers_councillors_have_wards"), "area_id IS NULL OR post = 'councillor'"
                )
        op.create_index(f"ix_{table}_area_id", table, ["area_id"])
