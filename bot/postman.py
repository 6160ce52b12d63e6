"""The postman: claims what is due, delivers at the channel's pace, and writes down what became of it.

One postman works for a credential at a time; another process takes over when it dies. It claims with a lease and
marks after delivery, so a letter goes out at least once; after a take-over all that the last one held is due at once.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import time
from collections.abc import Sequence
from dataclasses import replace

import structlog

from bot import mailbag
from bot.claims import Claims
from bot.clock import Clock
from bot.db import Database, hold, trouble
from bot.errors import DeliveryFailed
from bot.lanes import Lane
from bot.mailbag import Fate
from bot.message import Channel, Parcel
from bot.metrics import Metrics
from bot.pace import Limits, Pace, bulk_rate
from bot.sorting import Picked, Sorting
from bot.waiting import database_may_be_away, first_of, stop, wait

log = structlog.get_logger()

HANDS = 128  # deliveries in flight
BULK_HANDS = 96  # of them for what many get, until it is written down: so many may come again after a kill
IN_HAND = 1000  # parcels in memory, beyond which no more are claimed
FEW = 8  # that is always allowed
A_CLAIM = 400  # parcels claimed at a time
AHEAD = 4.0  # seconds of its pace that bulk may lie in memory, so that holding it, or a newer letter, takes effect
GRACE = 3.0  # seconds that deliveries under way get to arrive when the postman goes off duty
GATHER = 0.02  # seconds in which more may end before it is written down, when there is much to do
LOOK_AGAIN = 1.0  # seconds between looks into the outbox when nothing wakes the postman


class Postman:
    """Delivers for one channel; implements the dispatcher's `Postbox`."""

    def __init__(
        self,
        database: Database,
        channel: Channel,
        limits: Limits,
        clock: Clock,
        metrics: Metrics | None = None,
    ) -> None:
        self._database = database
        self._channel = channel
        self._pace = Pace(limits)
        bulk = bulk_rate(limits, limits.whole).per_second if limits.whole else IN_HAND
        self._bulk_at_most = min(IN_HAND, max(FEW, round(bulk * AHEAD)))
        self._bulk_hands = min(BULK_HANDS, max(FEW, round(bulk)))
        self._clock = clock
        self._metrics = metrics or Metrics()
        self._name = f"{socket.gethostname()[:32]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._claims = Claims(database, channel.name, self._name)
        self._holds_post = False
        self._table = Sorting()
        self._held: dict[int, Parcel] = {}
        self._fates: list[Fate] = []
        self._put = asyncio.Event()  # something may be due in the outbox
        self._room = asyncio.Event()  # few are in hand
        self._laid = asyncio.Event()  # something changed on the table
        self._ended = asyncio.Event()  # a delivery ended
        self._hands = asyncio.Semaphore(HANDS)
        self._bulk_out: set[int] = set()  # called for, and not written down yet
        self._carriers: set[asyncio.Task[None]] = set()
        self._stumbled = asyncio.Event()  # a carrier failed through a fault of ours

    @property
    def post(self) -> str:
        """The lock that it holds while on duty; of all processes one postman does for this credential."""
        return f"postman:{self._channel.credential}"

    @property
    def on_duty(self) -> str | None:
        """The name under which it claims, while it holds the post."""
        return self._name if self._holds_post else None

    @property
    def in_hand(self) -> int:
        """How many parcels it has claimed and not written down."""
        return len(self._held)

    def take(self, parcels: Sequence[Parcel]) -> None:
        """Deliver these; they are committed and claimed already."""
        if self._holds_post:  # else whoever holds it now finds them in the outbox
            self._lay(parcels)

    def _lay(self, parcels: Sequence[Parcel]) -> None:
        for parcel in parcels:
            if parcel.envelope not in self._held:
                self._held[parcel.envelope] = parcel
                if not self._table.put(parcel):
                    self._fates.append(mailbag.overtaken(parcel))
                    self._ended.set()
        self._laid.set()

    def wake(self) -> None:
        """Look into the outbox soon."""
        self._put.set()

    async def run(self) -> None:
        """Hold the post for as long as it lasts; take it up again when it was lost."""
        while True:
            try:
                async with hold(self._database, self.post) as post:
                    await self._begin()
                    await self._serve(post.lost)
            except Exception as error:
                if trouble(error) is None:
                    raise
                log.warning("the postman waits for the database", reason=trouble(error))
                await asyncio.sleep(LOOK_AGAIN)

    async def _begin(self) -> None:
        """Take up what was left, answers first and all of them: no newer one shall overtake them."""
        fates, self._fates = self._fates, []
        self._held.clear()
        self._table.clear()
        self._hands = asyncio.Semaphore(HANDS)  # those that were stopped in the middle never came back
        self._bulk_out.clear()
        self._stumbled.clear()
        try:
            await mailbag.write_down(self._database, fates, now=self._clock())
        except BaseException:
            self._fates = fates
            raise
        await self._claims.take_over()
        while found := await self._claims.claim(200, now=self._clock(), lanes=(Lane.REPLY,)):
            self._lay(found)

    async def _serve(self, lost: asyncio.Event) -> None:
        self._holds_post = True
        log.debug("the postman is on duty", channel=self._channel.name)
        delivering = asyncio.create_task(self._deliver())
        parts = (self._fetch(), self._write_down(), lost.wait(), self._stumbled.wait())
        tasks = [delivering, *map(asyncio.create_task, parts)]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._holds_post = False
            delivering.cancel()
            if self._carriers and not lost.is_set():
                # What is on its way arrives and is noted, so that nobody gets it again from the next postman.
                await asyncio.wait(self._carriers, timeout=GRACE)
            await stop([*tasks, *self._carriers])
            await self._hand_back()

    async def _fetch(self) -> None:
        """Claim what is due, whenever something was put or there is room again, and now and then."""
        looked, swept = -LOOK_AGAIN, 0
        while True:
            look = swept or self._put.is_set() or time.monotonic() - looked >= LOOK_AGAIN
            self._put.clear()
            self._room.clear()
            swept = found = 0
            with database_may_be_away("claimed"):
                found = await self._claim_some()  # first: an answer need not wait for the rest
                if look:
                    looked = time.monotonic()
                    await self._drop_what_was_taken_back()
                    swept = await self._claims.sweep(self._clock())
            if not (swept or found):
                await wait(self._put, LOOK_AGAIN)
            elif not swept and self._is_full:
                await first_of((self._put, self._room), LOOK_AGAIN)

    async def _claim_some(self) -> int:
        bulk = self._bulk_at_most - sum(parcel.lane == Lane.BULK for parcel in self._held.values())
        room = min(IN_HAND - len(self._held), A_CLAIM)
        if room <= 0:
            return 0
        found = await self._claims.claim(room, bulk=max(0, bulk), now=self._clock())
        self._lay(found)
        return len(found)

    @property
    def _is_full(self) -> bool:
        return len(self._held) > min(IN_HAND, self._bulk_at_most) / 2

    async def _drop_what_was_taken_back(self) -> None:
        many = {number: parcel for number, parcel in self._held.items() if parcel.lane == Lane.BULK}
        ended, resting = await self._claims.taken_back(many)
        back = self._table.take_back(ended | resting)
        for number in back:
            del self._held[number]
        await mailbag.let_go(self._database, [many[number] for number in back & resting])

    async def _deliver(self) -> None:
        """Start deliveries, as many at once as there are hands and the pace allows."""
        while True:
            await self._hands.acquire()
            while not isinstance(picked := self._pick(), Picked):
                self._laid.clear()
                await wait(self._laid, picked)
            if picked.parcel.lane == Lane.BULK:
                self._bulk_out.add(picked.parcel.envelope)
            carrier = asyncio.create_task(self._carry(picked))
            self._carriers.add(carrier)
            carrier.add_done_callback(self._back)

    def _pick(self) -> Picked | float:
        return self._table.pick(self._pace, time.monotonic(), bulk=len(self._bulk_out) < self._bulk_hands)

    def _back(self, carrier: asyncio.Task[None]) -> None:
        self._carriers.discard(carrier)
        if not carrier.cancelled() and (error := carrier.exception()):
            log.error("a carrier stumbled", channel=self._channel.name, exc_info=error)
            self._stumbled.set()

    async def _carry(self, picked: Picked) -> None:
        parcel = picked.parcel
        self._fates += map(mailbag.overtaken, picked.superseded)
        fate = await self._attempt(parcel)
        self._fates.append(fate)
        self._metrics.delivered(self._channel.name, parcel, fate.state, fate.reason, self._clock())
        if fate.state == "retry":
            now = time.monotonic()
            if fate.whole_channel:
                self._pace.pause(now, fate.after)
            elif fate.whole_chat:
                self._pace.pause_chat(parcel.chat, now, fate.after)
            again = replace(parcel, attempts=fate.attempts, chat=fate.moved_to or parcel.chat)
            self._held[parcel.envelope] = again
            if again.chat == parcel.chat:
                self._table.put_back(again, now + fate.after)
            else:
                self._table.delivered(parcel)
                if not self._table.put(again):
                    self._fates.append(mailbag.overtaken(again))
        else:
            self._table.delivered(parcel)
        self._hands.release()
        self._laid.set()
        self._ended.set()

    async def _attempt(self, parcel: Parcel) -> Fate:
        if parcel.expires_at is not None and parcel.expires_at <= self._clock():
            return Fate(parcel, "expired")
        try:
            return Fate(parcel, "sent", reference=await self._channel.deliver(parcel))
        except DeliveryFailed as failure:
            return mailbag.fate_of(parcel, failure)
        except Exception as error:
            log.error("a delivery failed in an unforeseen way", channel=self._channel.name, exc_info=error)
            return Fate(parcel, "refused", f"a fault of ours: {type(error).__name__}")

    async def _write_down(self) -> None:
        """Write fates down, all that came up during the last commit in one go."""
        while True:
            if not self._fates:
                self._ended.clear()
                await self._ended.wait()
                continue
            fates, self._fates = self._fates, []
            try:
                await mailbag.write_down(self._database, fates, now=self._clock())
            except BaseException as error:
                self._fates = fates + self._fates
                if not isinstance(error, Exception) or trouble(error) is None:
                    raise
                log.warning("what was delivered could not be written down yet", reason=trouble(error))
                await asyncio.sleep(LOOK_AGAIN)
                continue
            self._put_away(fates)
            if len(fates) > FEW:
                await asyncio.sleep(GATHER)

    def _put_away(self, fates: Sequence[Fate]) -> None:
        """What became of these is written down."""
        for fate in fates:
            if fate.state != "retry":
                self._held.pop(fate.parcel.envelope, None)
            self._bulk_out.discard(fate.parcel.envelope)
        self._laid.set()
        if not self._is_full:
            self._room.set()

    async def _hand_back(self) -> None:
        """Write down what is known, and let go of what was not delivered."""
        fates, self._fates = self._fates, []
        self._put_away(fates)
        undone = list(self._held.values())
        self._held.clear()
        self._table.clear()
        with database_may_be_away("handed back"):
            self._fates = fates  # kept until they are written down: what has been sent is not sent again
            await mailbag.write_down(self._database, fates, now=self._clock())
            self._fates = []
            await mailbag.let_go(self._database, undone)
