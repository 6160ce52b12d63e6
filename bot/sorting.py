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
    """What waits for one chat: answers before the rest, each lane in the order of arrival.

    `until` is when a lane may go on: an answer does not wait for a letter that failed. `entry` is the number of the
    one entry in the lists that is valid.
    """

    lanes: tuple[deque[Parcel], ...] = field(default_factory=lambda: tuple(deque() for _ in Lane))
    until: list[float] = field(default_factory=lambda: [0.0] * len(Lane))
    busy: bool = False
    entry: int = 0

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
        self._ready: tuple[list[_Entry], ...] = tuple([] for _ in Lane)  # a heap for each lane
        self._later: list[tuple[float, int, str]] = []  # chats that must wait, by when they may go
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

    def pick(self, pace: Pace, now: float, *, bulk: bool = True) -> Picked | float:
        """What goes now, or the seconds until something may. Times are seconds of a monotonic clock.

        Without `bulk` what many get is left lying.
        """
        if (pause := pace.paused(now)) > 0:
            return min(pause, IDLE)
        if self._toasts and self._toasts[0][0] <= now:
            return Picked(heapq.heappop(self._toasts)[2])
        while self._later and self._later[0][0] <= now:
            _, number, chat = heapq.heappop(self._later)
            if self._is_valid(number, chat):
                self._list(chat, self._boxes[chat])
        waits = [IDLE]
        for lane in Lane if bulk else (Lane.REPLY, Lane.PERSONAL):
            if self._ready[lane] and (wait := pace.wait_whole(now, bulk=lane == Lane.BULK)) > 0:
                waits.append(wait)
            elif picked := self._first(lane, pace, now):
                return picked
        waits += [heap[0][0] - now for heap in (self._toasts, self._later) if heap]
        return min(waits)

    def _first(self, lane: Lane, pace: Pace, now: float) -> Picked | None:
        """The first of that lane whose chat may be written to; chats that may not are set aside."""
        ready = self._ready[lane]
        while ready:
            _, number, chat = heapq.heappop(ready)
            if not self._is_valid(number, chat):
                continue
            box = self._boxes[chat]
            due = max(box.until[lane], now + pace.wait_chat(chat, now))
            if due > now:
                heapq.heappush(self._later, (due, number, chat))
                continue
            pace.take(chat, now, bulk=lane == Lane.BULK)
            box.busy, box.entry = True, 0
            return self._noted(_newest_edit(box.lanes[lane]))
        return None

    def delivered(self, parcel: Parcel) -> None:
        """The hand that carried this one is back."""
        if parcel.action != "toast":  # a note never held the chat; another hand may
            self._freed(parcel.chat)

    def put_back(self, parcel: Parcel, not_before: float) -> None:
        """It goes again, first in its lane; what waits behind it there waits with it."""
        if parcel.action == "toast":
            self._put_toast(parcel, not_before)
            return
        box = self._boxes[parcel.chat]
        box.lanes[parcel.lane].appendleft(parcel)
        box.until[parcel.lane] = not_before
        self._freed(parcel.chat)

    def take_back(self, envelopes: Collection[int]) -> set[int]:
        """Remove these from the table; returns those that were still there."""
        found: set[int] = set()
        for chat, box in list(self._boxes.items()) if envelopes else ():
            gone = [(lane, parcel) for lane in box.lanes for parcel in lane if parcel.envelope in envelopes]
            for lane, parcel in gone:
                lane.remove(parcel)
                found.add(parcel.envelope)
            if gone and not box.busy:
                self._freed(chat)
        return found

    def clear(self) -> None:
        """Let go of everything."""
        self._boxes.clear()
        self._toasts.clear()
        self._later.clear()
        for heap in self._ready:
            heap.clear()

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

    def _freed(self, chat: str) -> None:
        box = self._boxes.get(chat)
        if box is None:
            return
        box.busy = False
        if box.best() is None:
            del self._boxes[chat]
        else:
            self._list(chat, box)

    def _list(self, chat: str, box: _Box) -> None:
        """Put a chat in its place in the list of its best lane; an older entry of its is void from then on."""
        lane = box.best()
        if lane is None or box.busy:
            return
        self._turn += 1
        box.entry = self._turn
        first, depth = box.lanes[lane][0], len(box.lanes[lane])
        # Edits first: they put the ✔ under somebody's thumb, and other answers can wait. Of the rest those for whom
        # most is waiting: a chat has a pace of its own, and would else be the last one left.
        urgency = (first.action != "edit") if lane == Lane.REPLY else -depth
        heapq.heappush(self._ready[lane], ((int(urgency), first.envelope), self._turn, chat))

    def _is_valid(self, entry: int, chat: str) -> bool:
        box = self._boxes.get(chat)
        return box is not None and box.entry == entry and not box.busy


_Entry = tuple[tuple[int, int], int, str]
"""Urgency and the oldest envelope, a running number, and the chat."""

IDLE = 1.0  # seconds after which the table is looked at again in any case
_REMEMBERED = 5_000  # messages of which the newest edit is known


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
