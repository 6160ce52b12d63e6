"""The desk: ready answers, for how long clocks stood still, and ways to what has ended or is hidden."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.columns import BIG, JSON, MOMENT

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

HIDDEN = sa.text("hidden_because IS NOT NULL")


def upgrade() -> None:
    """To this revision; the way back is a backup."""
    op.create_table(
        "answer_templates",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("body_id", BIG, nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("texts", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["bodies.id"], name=op.f("fk_answer_templates_body_id_bodies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_templates")),
    )
    op.create_index("ix_answer_templates_body_id", "answer_templates", ["body_id"])
    op.create_table(
        "report_figures",
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("figures", JSON, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_report_figures")),
    )
    op.add_column("service_requests", sa.Column("waited", BIG, server_default=sa.text("0"), nullable=False))
    op.create_index("ix_service_requests_team_id_resolved_at", "service_requests", ["team_id", "resolved_at"])
    op.create_index(
        "ix_service_requests_hidden",
        "service_requests",
        ["community_id", "id"],
        sqlite_where=HIDDEN,
        postgresql_where=HIDDEN,
    )
    op.create_index(
        "ix_photos_hidden",
        "photos",
        ["service_request_id"],
        sqlite_where=HIDDEN,
        postgresql_where=HIDDEN,
    )
