"""PostgreSQL through asyncpg: addresses as operators write them, connections through poolers."""

from __future__ import annotations

from typing import Any

import asyncpg
from sqlalchemy import event
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import await_

from bot.db.jsons import as_json, from_json
from bot.db.trouble import unreachable

CONNECTIONS = 5  # a pool of 20 was never better
PATIENCE = 60.0  # seconds for one statement; the longest of ours takes less than two
KEPT = 200  # statements that a connection keeps prepared
REACH = 10.0  # seconds to connect

# Words of libpq that asyncpg would hand to the server as settings, which would then refuse them.
STRANGE = {"channel_binding", "gssencmode", "keepalives", "keepalives_idle", "keepalives_interval"}
OURS = {"prepared_statement_cache_size", "connect_timeout"}


def engine(url: URL, *, patience: float | None = PATIENCE, kept: int | None = None) -> AsyncEngine:
    """An engine with a small pool.

    A connection that leads to the server itself keeps its statements prepared. A pooler may give every transaction
    another connection of the server, so through one they are prepared without a name and anew each time. The first
    connection shows which it is, unless `kept`, or before it `?prepared_statement_cache_size=`, says how many are to
    be kept.
    """
    if (wished := url.query.get("prepared_statement_cache_size")) is not None:
        kept = int(str(wished))

    async def creator(*_: object, **__: object) -> asyncpg.Connection:
        return await connect(url, patience=patience, kept=kept or 0)

    def before_connecting(_dialect: object, _record: object, _args: object, how: dict[str, Any]) -> None:
        nonlocal kept
        if kept is None:
            kept = KEPT if await_(_leads_to_the_server(url)) else 0
        how["prepared_statement_cache_size"] = kept

    made = create_async_engine(
        url.set(query={}),
        pool_size=CONNECTIONS,
        max_overflow=CONNECTIONS,
        pool_pre_ping=True,
        json_serializer=as_json,
        json_deserializer=from_json,
        hide_parameters=True,  # an error goes into the log; what somebody wrote does not
        connect_args={"async_creator_fn": creator},
    )
    event.listen(made.sync_engine, "do_connect", before_connecting)
    event.listen(made.sync_engine, "handle_error", _on_error)
    return made


async def connect(url: URL, *, patience: float | None = PATIENCE, kept: int = 0) -> asyncpg.Connection:
    """One connection of its own. Raises DatabaseTrouble when the server cannot be reached."""
    query = {name: value for name, value in url.query.items() if name not in STRANGE | OURS}
    address = url.set(drivername="postgresql", query=query).render_as_string(hide_password=False)
    options: dict[str, Any] = (
        {"server_settings": {"application_name": "folkmoot"}} if "application_name" not in query else {}
    )
    try:
        return await asyncpg.connect(
            address,
            timeout=float(str(url.query.get("connect_timeout", REACH))),
            command_timeout=patience,
            statement_cache_size=kept,
            **options,
        )
    except (OSError, TimeoutError, asyncpg.InterfaceError) as error:
        raise unreachable(error) from error


async def _leads_to_the_server(url: URL) -> bool:
    connection = await connect(url)
    try:
        return await straight(connection)
    finally:
        await hang_up(connection)


async def straight(connection: asyncpg.Connection) -> bool:
    """Whether it leads to the server and not to a pooler, which makes up the number of the server process."""
    return bool(connection.get_server_pid() == await connection.fetchval("SELECT pg_backend_pid()"))


async def hang_up(connection: asyncpg.Connection) -> None:
    """Close a connection, or drop it when it does not answer any more."""
    try:
        await connection.close(timeout=2)
    except (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.PostgresError):
        connection.terminate()


def _on_error(context: ExceptionContext) -> None:
    """A wire that breaks or stays silent raises what no database layer knows; say whose trouble it is."""
    error = context.original_exception
    _forget_rows(error, context.sqlalchemy_exception, error.__cause__)
    if isinstance(error, (OSError, TimeoutError)):
        raise unreachable(error) from error


def _forget_rows(*errors: BaseException | None) -> None:
    """The server quotes the whole row that it refuses; that is nobody's business in a log."""
    for error in errors:
        if error is not None and error.args:
            error.args = (str(error.args[0]).partition("\nDETAIL:")[0], *error.args[1:])
        if isinstance(error, asyncpg.PostgresError):
            error.detail = None
