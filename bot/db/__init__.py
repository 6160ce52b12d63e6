"""The database: sessions, transactions, conflicts, the schema's age, news, and locks that die with their holder."""

from bot.db.database import Database
from bot.db.deletes import forget_some
from bot.db.holding import Hold, Work, hold, in_turn
from bot.db.inserts import insert_new, take_numbers, upsert
from bot.db.news import News, tell
from bot.db.schema import ready, upgrade
from bot.db.trouble import BUSY, is_passing, trouble
from bot.db.wiping import wipe
from bot.db.writes import Mark, has_written, later, loaded, mark, written_since

__all__ = [
    "BUSY",
    "Database",
    "Hold",
    "Mark",
    "News",
    "Work",
    "forget_some",
    "has_written",
    "hold",
    "in_turn",
    "insert_new",
    "is_passing",
    "later",
    "loaded",
    "mark",
    "ready",
    "take_numbers",
    "tell",
    "trouble",
    "upgrade",
    "upsert",
    "wipe",
    "written_since",
]
