"""What a database error means: may the same be tried again, and what does the operator need to know?"""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from bot.errors import DatabaseTrouble

LOCKED = "The database is locked by another program."
GONE = "The database server does not answer."
FULL = "The disk of the database is full."
BUSY = "The database is busy."
READ_ONLY = "The database cannot be written to."

# Primary result codes of SQLite, https://www.sqlite.org/rescode.html
SQLITE = {
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: "The database file cannot be opened.",
    sqlite3.SQLITE_PERM: "The database file cannot be opened.",
    sqlite3.SQLITE_IOERR: "The disk of the database cannot be read or written.",
    sqlite3.SQLITE_CORRUPT: "The database file is damaged; restore it from a backup.",
    sqlite3.SQLITE_NOTADB: "The database file is not a database.",
}

# Codes and classes of codes, https://www.postgresql.org/docs/current/errcodes-appendix.html
POSTGRESQL = {
    "08": GONE,
    "25006": READ_ONLY,
    "28": "The database server does not accept the user's name or password.",
    "3D000": "The database server has no database of that name.",
    "40001": BUSY,
    "40P01": BUSY,
    "42501": "The database user may not do this; give it rights on the database.",
    "53100": FULL,
    "53200": "The database server has no memory left.",
    "53300": "The database server has no connection free.",
    "55P03": LOCKED,
    "57014": BUSY,
    "57P": GONE,
    "58": "The disk of the database cannot be read or written.",
}
PASSING = {LOCKED, GONE, BUSY, POSTGRESQL["53300"]}


def trouble(error: BaseException) -> str | None:
    """What is wrong with the database in one sentence without secrets; None when it is not the database."""
    if isinstance(error, DatabaseTrouble):
        return str(error)
    if isinstance(error, NoConnectionFree):
        return BUSY
    if isinstance(error, DBAPIError):
        return _cause(error.orig) or (GONE if error.connection_invalidated else None)
    return _cause(error)


def is_passing(error: BaseException) -> bool:
    """Whether running the same transaction again may help: a lock, a deadlock, a lost connection."""
    return trouble(error) in PASSING


def unreachable(error: BaseException) -> DatabaseTrouble:
    """The error for a server that cannot be reached or has stopped to answer."""
    return DatabaseTrouble(trouble(error) or GONE)


def _cause(error: BaseException | None) -> str | None:
    if isinstance(error, sqlite3.Error):
        return SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    code = getattr(error, "sqlstate", None)
    if isinstance(code, str):
        return next((POSTGRESQL[code[:size]] for size in (5, 3, 2) if code[:size] in POSTGRESQL), None)
    if error is not None and "connection is closed" in str(error):
        return GONE
    return None
