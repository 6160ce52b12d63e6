"""The postman's sorting table: which parcel in hand goes next, so that each chat gets its own in order."""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, field

from bot.message import Parcel
from bot.outbox import Lane
from bot.pace import Pace


@dataclass(slots=True)
class _Box:
    """What waits for one chat: answers before the rest, each lane in the order of arrival."""

    lanes: tuple[deque[Parcel], ...] = field(default_factory=lambda: tuple(deque() for _ in Lane))
    busy: bool = False
    not_before: float = 0.0

    def best(self) -> int | None:
        """The first lane that has something."""
        return next((number for number, lane in enumerate(self.lanes) if lane), None)


@dataclass(frozen=True, slots=True)
class Picked:
    """The parcel that goes now, and older edits of the same message that it makes pointless."""

    parcel: Parcel
    superseded: tuple[Parcel, ...] = ()


class Sorting:
    """Boxes by chat. A chat is served by one hand at a time; notes under a tap (toasts) overtake everything."""

    def __init__(self) -> None:
        self._boxes: dict[str, _Box] = {}
        self._toasts: deque[Parcel] = deque()
        self._ready: list[tuple[int, int, str]] = []
        self._turn = 0

    def put(self, parcel: Parcel) -> None:
        """Lay a parcel on the table."""
        if parcel.action == "toast":
            self._toasts.append(parcel)
            return
        box = self._boxes.setdefault(parcel.chat, _Box())
        box.lanes[parcel.lane].append(parcel)
        self._list(parcel.chat, box)

    def pick(self, pace: Pace, now: float) -> Picked | float:
        """What goes now, or the seconds until something may. Times are seconds of a monotonic clock."""
        if self._toasts:
            return Picked(self._toasts.popleft())
        soonest = IDLE
        passed_over: list[tuple[int, int, str]] = []
        try:
            while self._ready and len(passed_over) < _LOOK_AHEAD:
                entry = heapq.heappop(self._ready)
                box = self._boxes.get(entry[2])
                lane = None if box is None or box.busy else box.best()
                if box is None or lane is None:
                    continue  # served in the meantime under another entry
                wait = max(box.not_before - now, pace.wait(entry[2], now, bulk=lane == Lane.BULK))
                if wait > 0:
                    soonest = min(soonest, wait)
                    passed_over.append(entry)
                    continue
                pace.take(entry[2], now, bulk=lane == Lane.BULK)
                box.busy = True
                return _newest_edit(box.lanes[lane])
        finally:
            for entry in passed_over:
                heapq.heappush(self._ready, entry)
        return soonest

    def delivered(self, parcel: Parcel) -> None:
        """The hand that carried this one is back."""
        self._freed(parcel.chat, 0.0)

    def put_back(self, parcel: Parcel, not_before: float) -> None:
        """It goes again, first in its chat; what waits behind it waits with it."""
        if parcel.action == "toast":
            self._toasts.append(parcel)
            return
        self._boxes[parcel.chat].lanes[parcel.lane].appendleft(parcel)
        self._freed(parcel.chat, not_before)

    def clear(self) -> None:
        """Let go of everything."""
        self._boxes.clear()
        self._toasts.clear()
        self._ready.clear()

    def _freed(self, chat: str, not_before: float) -> None:
        box = self._boxes.get(chat)
        if box is None:
            return
        box.busy, box.not_before = False, not_before
        if box.best() is None:
            del self._boxes[chat]
        else:
            self._list(chat, box)

    def _list(self, chat: str, box: _Box) -> None:
        """A chat may stand in the list twice, once for each lane; the later entry then finds nothing to do."""
        lane = box.best()
        if lane is not None and not box.busy:
            self._turn += 1
            heapq.heappush(self._ready, (lane, self._turn, chat))


IDLE = 1.0  # seconds after which the table is looked at again in any case
_LOOK_AHEAD = 64  # chats that must wait, looked past before giving up on finding one that need not


def _newest_edit(lane: deque[Parcel]) -> Picked:
    """The first parcel; where it is an edit and a later edit of the same message waits, that one instead."""
    first = lane.popleft()
    same = [p for p in lane if first.action == "edit" and p.action == "edit" and p.target == first.target]
    if not same:
        return Picked(first)
    for parcel in same:
        lane.remove(parcel)
    return Picked(same[-1], (first, *same[:-1]))
