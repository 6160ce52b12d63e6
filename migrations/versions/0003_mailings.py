"""Mailings: what was put for many under one subject, how far it has come, and whether it is held."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
MOMENT = sa.DateTime(timezone=True)

COUNTED = """
INSERT INTO mailings (subject, put, sent, failed, created_at, ended_at)
SELECT l.subject, count(e.id), count(CASE WHEN e.state = 'sent' THEN 1 END), '{}', min(l.created_at),
    CASE WHEN count(e.done_at) = count(e.id) THEN max(e.done_at) END
FROM letters l JOIN envelopes e ON e.letter_id = l.id GROUP BY l.subject
"""
FAILED = """
SELECT l.subject, coalesce(e.reason, e.state) AS reason, count(*) AS number
FROM letters l JOIN envelopes e ON e.letter_id = l.id
WHERE e.state IN ('expired', 'refused', 'cancelled') GROUP BY 1, 2
"""


def upgrade() -> None:
    """To this revision; the way back is a backup."""
    op.create_table(
        "mailings",
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("put", BIG, nullable=False),
        sa.Column("sent", BIG, nullable=False),
        sa.Column("failed", JSON, nullable=False),
        sa.Column("held_at", MOMENT, nullable=True),
        sa.Column("stopped_at", MOMENT, nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_mailings")),
    )
    partial("ix_mailings_under_way", "mailings", ["created_at"], "ended_at IS NULL")
    count()
    lean_indexes()


def count() -> None:
    """What is there already."""
    connection = op.get_bind()
    connection.execute(sa.text(COUNTED))
    failed: dict[str, dict[str, int]] = {}
    for subject, reason, number in connection.execute(sa.text(FAILED)):
        failed.setdefault(subject, {})[reason] = number
    mailings = sa.table("mailings", sa.column("subject"), sa.column("failed", JSON))
    for subject, by_reason in failed.items():
        connection.execute(sa.update(mailings).where(mailings.c.subject == subject).values(failed=by_reason))


def lean_indexes() -> None:
    """Fewer entries for each envelope."""
    with op.batch_alter_table("envelopes") as envelopes:
        for name in ("ix_envelopes_due", "ix_envelopes_letter_id", "ix_envelopes_state_done_at"):
            envelopes.drop_index(name)
        envelopes.drop_constraint("fk_envelopes_letter_id_letters", type_="foreignkey")
    partial(
        "ix_envelopes_due",
        "envelopes",
        ["channel", "lane", "not_before", "id"],
        "done_at IS NULL AND letter_id IS NULL",
    )
    partial(
        "ix_envelopes_of_letter",
        "envelopes",
        ["letter_id", "channel", "id"],
        "done_at IS NULL AND letter_id IS NOT NULL",
    )
    partial("ix_envelopes_done_at", "envelopes", ["done_at"], "done_at IS NOT NULL")
    partial("ix_envelopes_given_up", "envelopes", ["done_at"], "state IN ('expired', 'refused')")


def partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
