"""The postman's sorting table: which parcel in hand goes next, so that each chat gets its own in order."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Collection
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
        self._toasts: list[tuple[float, int, Parcel]] = []  # by when they may go
        self._ready: list[tuple[int, int, str]] = []
        self._turn = 0
        self._shown: dict[str, int] = {}  # message → the envelope of the newest edit that was picked for it

    def put(self, parcel: Parcel) -> bool:
        """Lay a parcel on the table; False when a newer edit of the same message has overtaken it."""
        if parcel.action == "toast":
            self._put_toast(parcel, 0.0)
            return True
        if parcel.action == "edit" and parcel.envelope < self._shown.get(parcel.target or "", 0):
            return False
        box = self._boxes.setdefault(parcel.chat, _Box())
        box.lanes[parcel.lane].append(parcel)
        self._list(parcel.chat, box)
        return True

    def pick(self, pace: Pace, now: float) -> Picked | float:
        """What goes now, or the seconds until something may. Times are seconds of a monotonic clock."""
        soonest = IDLE
        if self._toasts:
            if self._toasts[0][0] <= now:
                return Picked(heapq.heappop(self._toasts)[2])
            soonest = min(soonest, self._toasts[0][0] - now)
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
                return self._noted(_newest_edit(box.lanes[lane]))
        finally:
            for entry in passed_over:
                heapq.heappush(self._ready, entry)
        return soonest

    def delivered(self, parcel: Parcel) -> None:
        """The hand that carried this one is back."""
        if parcel.action != "toast":  # a note never held the chat; another hand may
            self._freed(parcel.chat, 0.0)

    def put_back(self, parcel: Parcel, not_before: float) -> None:
        """It goes again, first in its chat; what waits behind it waits with it."""
        if parcel.action == "toast":
            self._put_toast(parcel, not_before)
            return
        self._boxes[parcel.chat].lanes[parcel.lane].appendleft(parcel)
        self._freed(parcel.chat, not_before)

    def take_back(self, envelopes: Collection[int]) -> set[int]:
        """Remove these from the table; returns those that were still there."""
        found: set[int] = set()
        for chat, box in list(self._boxes.items()):
            for lane in box.lanes:
                gone = [parcel for parcel in lane if parcel.envelope in envelopes]
                for parcel in gone:
                    lane.remove(parcel)
                    found.add(parcel.envelope)
            if not box.busy and box.best() is None:
                del self._boxes[chat]
        return found

    def clear(self) -> None:
        """Let go of everything."""
        self._boxes.clear()
        self._toasts.clear()
        self._ready.clear()

    def _noted(self, picked: Picked) -> Picked:
        parcel = picked.parcel
        if parcel.action == "edit" and parcel.target:
            self._shown.pop(parcel.target, None)
            self._shown[parcel.target] = parcel.envelope
            if len(self._shown) > _REMEMBERED:
                del self._shown[next(iter(self._shown))]
        return picked

    def _put_toast(self, parcel: Parcel, not_before: float) -> None:
        self._turn += 1
        heapq.heappush(self._toasts, (not_before, self._turn, parcel))

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
            # Within a lane edits go first: they put the ✔ under somebody's thumb, and what follows it can wait.
            urgency = 2 * lane + (box.lanes[lane][0].action != "edit")
            heapq.heappush(self._ready, (urgency, self._turn, chat))


IDLE = 1.0  # seconds after which the table is looked at again in any case
_REMEMBERED = 5_000  # messages of which the newest edit is known
_LOOK_AHEAD = 64  # chats that must wait, looked past before giving up on finding one that need not


def _newest_edit(lane: deque[Parcel]) -> Picked:
    """The first parcel; where it is an edit and a later edit of the same message waits, that one instead."""
    first = lane.popleft()
    same = [p for p in lane if first.action == "edit" and p.action == "edit" and p.target == first.target]
    if not same:
        return Picked(first)
    for parcel in same:
        lane.remove(parcel)
    *older, newest = sorted((first, *same), key=lambda parcel: parcel.envelope)
    return Picked(newest, tuple(older))
