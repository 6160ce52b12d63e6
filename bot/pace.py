"""How fast a channel may be written to: the generic cell rate algorithm, per channel, per chat and for bulk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """`per_second` in the long run, `burst` at once."""

    per_second: float
    burst: int


@dataclass(frozen=True, slots=True)
class Limits:
    """A channel's published limits; None where it has none.

    `group` is for chats that are groups. `bulk_share` is the part of the whole that bulk may use, so that an answer
    never waits behind a broadcast.
    """

    whole: Rate | None = None
    chat: Rate | None = None
    group: Rate | None = None
    bulk_share: float = 0.8
    is_group: Callable[[str], bool] = lambda chat: False

    @property
    def bulk(self) -> float | None:
        """How many letters to many go out in a second at most."""
        return self.whole.per_second * self.bulk_share if self.whole else None


class _Cell:
    """One GCRA cell: remembers when the next thing is due in theory."""

    __slots__ = ("_gap", "_slack", "_theory")

    def __init__(self, rate: Rate) -> None:
        self._gap = 1 / rate.per_second
        self._slack = (rate.burst - 1) * self._gap
        self._theory = 0.0

    def due(self, now: float) -> float:
        """When the next one may go; not after `now` when it may go at once."""
        return self._theory - self._slack

    def take(self, now: float) -> None:
        self._theory = max(self._theory, now) + self._gap

    def idle(self, now: float) -> bool:
        return self._theory <= now


class Pace:
    """Says how long to wait before writing to a chat. Times are seconds of a monotonic clock."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._whole = _Cell(limits.whole) if limits.whole else None
        bulk = Rate(limits.whole.per_second * limits.bulk_share, 1) if limits.whole else None
        self._bulk = _Cell(bulk) if bulk else None
        self._chats: dict[str, _Cell] = {}
        self._paused_until = 0.0

    def pause(self, now: float, seconds: float) -> None:
        """The channel said to stop for so long."""
        self._paused_until = max(self._paused_until, now + seconds)

    def wait(self, chat: str, now: float, *, bulk: bool) -> float:
        """Seconds until the next may go to `chat`; 0 when it may go now."""
        due = [self._paused_until]
        due += [cell.due(now) for cell in self._cells(chat, bulk=bulk)]
        return max(0.0, max(due) - now)

    def take(self, chat: str, now: float, *, bulk: bool) -> None:
        """One goes now."""
        for cell in self._cells(chat, bulk=bulk):
            cell.take(now)
        if len(self._chats) > _MANY:
            self._chats = {name: cell for name, cell in self._chats.items() if not cell.idle(now)}

    def _cells(self, chat: str, *, bulk: bool) -> list[_Cell]:
        cells = [cell for cell in (self._whole, self._bulk if bulk else None) if cell]
        rate = self._limits.group if self._limits.is_group(chat) else self._limits.chat
        if rate:
            cell = self._chats.get(chat)
            if cell is None:
                cell = self._chats[chat] = _Cell(rate)
            cells.append(cell)
        return cells


_MANY = 5_000  # chats; beyond that the ones with nothing to remember are forgotten
