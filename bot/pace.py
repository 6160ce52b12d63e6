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
        whole = limits.whole
        self._whole = _Cell(whole) if whole else None
        self._bulk = _Cell(bulk_rate(limits, whole)) if whole else None
        self._chats: dict[str, _Cell] = {}
        self._stopped: dict[str, float] = {}  # chats that said to stop, and until when
        self._paused_until = 0.0

    def pause(self, now: float, seconds: float) -> None:
        """The channel said to stop for so long."""
        self._paused_until = max(self._paused_until, now + seconds)

    def pause_chat(self, chat: str, now: float, seconds: float) -> None:
        """The channel said to stop for so long, in that chat only."""
        self._stopped = {name: until for name, until in self._stopped.items() if until > now}
        self._stopped[chat] = max(self._stopped.get(chat, 0.0), now + seconds)

    def paused(self, now: float) -> float:
        """Seconds until the channel may be used at all."""
        return max(0.0, self._paused_until - now)

    def wait_whole(self, now: float, *, bulk: bool) -> float:
        """Seconds until something may go to anybody; 0 when it may go now."""
        due = self._paused_until
        if self._whole:
            due = max(due, self._whole.due(now))
        if bulk and self._bulk:
            due = max(due, self._bulk.due(now))
        return max(0.0, due - now)

    def wait_chat(self, chat: str, now: float) -> float:
        """Seconds until that chat can take something, whatever the rest does."""
        due = self._stopped.get(chat, 0.0) if self._stopped else 0.0
        if cell := self._chats.get(chat):
            due = max(due, cell.due(now))
        return max(0.0, due - now)

    def wait(self, chat: str, now: float, *, bulk: bool) -> float:
        """Seconds until the next may go to `chat`; 0 when it may go now."""
        return max(self.wait_whole(now, bulk=bulk), self.wait_chat(chat, now))

    def take(self, chat: str, now: float, *, bulk: bool) -> None:
        """One goes now."""
        if self._whole:
            self._whole.take(now)
        if bulk and self._bulk:
            self._bulk.take(now)
        if rate := self._limits.group if self._limits.is_group(chat) else self._limits.chat:
            self._chats.setdefault(chat, _Cell(rate)).take(now)
            if len(self._chats) > _MANY:
                self._chats = {name: cell for name, cell in self._chats.items() if not cell.idle(now)}


def bulk_rate(limits: Limits, whole: Rate) -> Rate:
    """The rate for what many get. It may catch up what the clock of a busy machine made it miss, and no more."""
    per_second = whole.per_second * limits.bulk_share
    return Rate(per_second, max(1, round(per_second * CATCH_UP)))


CATCH_UP = 0.1  # seconds
_MANY = 5_000  # chats; beyond that the ones with nothing to remember are forgotten
