"""Sessions that many turns share: they tell who has written, keep what was loaded, and write together what may wait.

Has this turn written? Statements and changed objects are counted as they happen, not as they are flushed: what one
turn has changed may be flushed in the middle of the next, so a flush does not tell who wrote; the change itself does.

`later` puts a row aside: all rows for a table go out in one statement before the next one that could miss them, at
the latest with the commit.
"""

from __future__ import annotations

from typing import Any, NewType, TypeVar
from weakref import WeakSet

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import ORMExecuteState, Session, registry
from sqlalchemy.orm.attributes import QueryableAttribute, instance_state

from bot.db.inserts import upsert_into

Mark = NewType("Mark", int)
"""How much a session had written at some moment."""

Row = TypeVar("Row")

_watched: WeakSet[registry] = WeakSet()


class SharedSession(Session):
    """A session that keeps in `info["writes"]` how many statements and changes wrote something.

    It also keeps what it has loaded until it is closed: what one turn has loaded the next finds loaded.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.info["writes"] = 0
        self.loaded: list[object] = []
        self.put_aside: dict[_Shelf, list[dict[str, Any]]] = {}

    def close(self) -> None:
        """Let go of everything."""
        self.loaded.clear()
        self.put_aside.clear()
        super().close()

    def delete(self, instance: object) -> None:
        """Delete at the next flush."""
        super().delete(instance)
        self.info["writes"] += 1

    def catch_up(self) -> None:
        """Write what was put aside: for each table one statement, its rows in the order of their keys, so that two
        processes never wait for each other."""
        self.flush()  # what was put aside may point to it
        aside, self.put_aside = self.put_aside, {}
        for (table, key, change), rows in aside.items():
            statement = upsert_into(self, table, key, change)
            self.connection().execute(statement, sorted(rows, key=lambda row: [row[name] for name in key]))


_Shelf = tuple[Any, tuple[str, ...], tuple[str, ...]]
"""Table, its key's columns, and the columns that a row which is there already gets anew."""


def loaded(session: AsyncSession, kind: type[Row], key: object) -> Row | None:
    """The row of that class and key as this session has read it already; None where it has not, or it may be out of
    date."""
    shared = session.sync_session
    row: Row | None = shared.identity_map.get(shared.identity_key(kind, key))
    return None if row is None or instance_state(row).expired_attributes else row


def later(
    session: AsyncSession, table: Any, row: dict[str, Any], *, key: tuple[str, ...], change: tuple[str, ...]
) -> None:
    """Insert `row` into the mapped class `table` together with others like it. A row with that `key` that is there
    already gets the new one's `change` columns; the last of several rows with the same key holds."""
    shared = session.sync_session
    assert isinstance(shared, SharedSession)  # noqa: S101 - `Database` opens no others
    shared.put_aside.setdefault((table.__table__, key, change), []).append(row)
    shared.info["writes"] += 1


def mark(session: AsyncSession) -> Mark:
    """Remember how much has been written so far."""
    return Mark(session.info["writes"])


def written_since(session: AsyncSession, before: Mark) -> bool:
    """Whether anything was written, or changed and will be, since `before`."""
    return bool(session.info["writes"] > before)


def has_written(session: AsyncSession) -> bool:
    """Whether anything was written, or changed and will be, in this session."""
    return written_since(session, Mark(0))


@event.listens_for(SharedSession, "loaded_as_persistent")
def _on_load(session: SharedSession, instance: object) -> None:
    session.loaded.append(instance)


@event.listens_for(SharedSession, "do_orm_execute")
def _on_statement(state: ORMExecuteState) -> None:
    session = state.session
    assert isinstance(session, SharedSession)  # noqa: S101 - this is said of no others
    if session.put_aside:
        session.catch_up()
    if state.bind_mapper is not None and state.bind_mapper.registry not in _watched:
        _watch(state.bind_mapper.registry)
    if not state.is_select:
        session.info["writes"] += 1


@event.listens_for(SharedSession, "before_commit")
def _on_commit(session: SharedSession) -> None:
    session.catch_up()


@event.listens_for(SharedSession, "transient_to_pending")
@event.listens_for(SharedSession, "detached_to_persistent")
def _on_object(session: SharedSession, instance: Any) -> None:
    if instance.__mapper__.registry not in _watched:
        _watch(instance.__mapper__.registry)
    session.info["writes"] += 1


def _watch(tables: registry) -> None:
    """Listen to every attribute of these tables' classes, once."""
    _watched.add(tables)
    for mapper in tables.mappers:
        for attribute in mapper.attrs:
            seen: QueryableAttribute[Any] = getattr(mapper.class_, attribute.key)
            event.listen(seen, "set", _on_change)
            for happening in ("append", "remove", "modified"):
                event.listen(seen, happening, _on_touch)


def _on_change(instance: Any, value: object, old: object, _initiator: object) -> None:
    if value is not old and value != old:
        _count(instance)


def _on_touch(instance: Any, *_: object) -> None:
    _count(instance)


def _count(instance: Any) -> None:
    session = Session.object_session(instance)
    if session is not None and "writes" in session.info:
        session.info["writes"] += 1
