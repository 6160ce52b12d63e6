"""Has this turn written? Counts statements and changed objects as they happen, not as they are flushed.

Turns share a session. What one has changed may be flushed in the middle of the next, so a flush does not
tell who wrote; the change itself does.
"""

from __future__ import annotations

from typing import Any, NewType
from weakref import WeakSet

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import ORMExecuteState, Session, registry
from sqlalchemy.orm.attributes import QueryableAttribute

Mark = NewType("Mark", int)
"""How much a session had written at some moment."""

_watched: WeakSet[registry] = WeakSet()


class CountingSession(Session):
    """A session that keeps in `info["writes"]` how many statements and changes wrote something.

    It also keeps what it has loaded until it is closed: what one turn has loaded the next finds loaded.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.info["writes"] = 0
        self._loaded: list[object] = []
        event.listen(self, "loaded_as_persistent", lambda _, instance: self._loaded.append(instance))
        event.listen(self, "do_orm_execute", _on_statement)
        event.listen(self, "transient_to_pending", _on_object)
        event.listen(self, "detached_to_persistent", _on_object)

    def close(self) -> None:
        """Let go of everything."""
        self._loaded.clear()
        super().close()

    def delete(self, instance: object) -> None:
        """Delete at the next flush."""
        super().delete(instance)
        self.info["writes"] += 1


def mark(session: AsyncSession) -> Mark:
    """Remember how much has been written so far."""
    return Mark(session.info["writes"])


def written_since(session: AsyncSession, before: Mark) -> bool:
    """Whether anything was written, or changed and will be, since `before`."""
    return bool(session.info["writes"] > before)


def has_written(session: AsyncSession) -> bool:
    """Whether anything was written, or changed and will be, in this session."""
    return written_since(session, Mark(0))


def _on_statement(state: ORMExecuteState) -> None:
    if state.bind_mapper is not None and state.bind_mapper.registry not in _watched:
        _watch(state.bind_mapper.registry)
    if not state.is_select:
        state.session.info["writes"] += 1


def _on_object(session: Session, instance: Any) -> None:
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
