"""Mailings: what was put for many under one subject, how far it has come, and whether it is held."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.columns import BIG, JSON, MOMENT

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

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
BELONG = """
UPDATE envelopes SET once_key = NULL, mailing_id =
    (SELECT m.id FROM mailings m JOIN letters l ON l.subject = m.subject WHERE l.id = envelopes.letter_id)
WHERE letter_id IS NOT NULL
"""


def upgrade() -> None:
    """To this revision; the way back is a backup."""
    op.create_table(
        "mailings",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("put", BIG, nullable=False),
        sa.Column("sent", BIG, nullable=False),
        sa.Column("failed", JSON, nullable=False),
        sa.Column("held_at", MOMENT, nullable=True),
        sa.Column("stopped_at", MOMENT, nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailings")),
        sa.UniqueConstraint("subject", name=op.f("uq_mailings_subject")),
    )
    partial("ix_mailings_under_way", "mailings", ["created_at"], "ended_at IS NULL")
    count()
    lean_envelopes()
    take_envelopes_along()


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


def lean_envelopes() -> None:
    """Few entries and no checks for each envelope of a letter to many; it is there once for each address."""
    with op.batch_alter_table("envelopes") as envelopes:
        for name in ("due", "letter_id", "state_done_at", "address_id"):
            envelopes.drop_index(f"ix_envelopes_{name}")
        envelopes.drop_constraint("fk_envelopes_letter_id_letters", type_="foreignkey")
        envelopes.drop_constraint("fk_envelopes_address_id_addresses", type_="foreignkey")
        envelopes.drop_constraint("uq_envelopes_once_key", type_="unique")
        envelopes.alter_column("once_key", existing_type=sa.String(length=160), nullable=True)
        envelopes.add_column(sa.Column("mailing_id", BIG, nullable=True))
    op.execute(BELONG)
    with op.batch_alter_table("envelopes") as envelopes:
        envelopes.create_check_constraint("once", "(once_key IS NULL) <> (mailing_id IS NULL)")
    op.create_index("uq_envelopes_address_id", "envelopes", ["address_id", "mailing_id"], unique=True)
    partial("uq_envelopes_once_key", "envelopes", ["once_key"], "once_key IS NOT NULL", unique=True)
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


def take_envelopes_along() -> None:
    """When an address goes, so do its envelopes."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER envelopes_leave AFTER DELETE ON addresses BEGIN"
            " DELETE FROM envelopes WHERE address_id = OLD.id; END"
        )
        return
    op.execute(
        "CREATE FUNCTION envelopes_leave() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " DELETE FROM envelopes WHERE address_id = OLD.id; RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER envelopes_leave AFTER DELETE ON addresses"
        " FOR EACH ROW EXECUTE FUNCTION envelopes_leave()"
    )


def partial(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(
        name, table, columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )
