"""The database: sessions, transactions, conflicts, the schema's age, and locks that die with their holder."""

from bot.db.database import Database
from bot.db.holding import Hold, hold
from bot.db.inserts import insert_new, take_numbers, upsert
from bot.db.schema import ready, upgrade
from bot.db.trouble import BUSY, is_passing, trouble
from bot.db.writes import Mark, has_written, later, mark, written_since

__all__ = [
    "BUSY",
    "Database",
    "Hold",
    "Mark",
    "has_written",
    "hold",
    "insert_new",
    "is_passing",
    "later",
    "mark",
    "ready",
    "take_numbers",
    "trouble",
    "upgrade",
    "upsert",
    "written_since",
]
