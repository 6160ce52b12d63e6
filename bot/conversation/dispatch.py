"""The dispatcher: turns in batches, one session and one commit a batch, each turn all or nothing by itself.

What arrived during the last commit is the next batch; there is no timer, so an idle bot has batches of one. In a
batch the turns run one after the other. A turn refused before it wrote needs no undo. If a turn fails after it has
written, the whole batch is rolled back and its turns run again alone: nothing has left the building yet, so running
twice is harmless.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import structlog
from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import AsyncSession

from bot import outbox
from bot.clock import Clock
from bot.conversation import arrivals
from bot.conversation.drafts import drafts, note
from bot.conversation.router import Router
from bot.conversation.talk import respond
from bot.conversation.turn import Links, Outcome, Speeds, Turn
from bot.db import BUSY, Database, is_passing, mark, trouble, written_since
from bot.errors import Busy, DatabaseTrouble, Refused
from bot.message import Incoming, Message, Parcel, Receipt
from bot.metrics import Metrics

log = structlog.get_logger()

BATCH = 50  # turns; a longer one gains little, and keeps the first, and the notes of what was sent, waiting
QUEUE = 5_000  # turns; about three seconds of work, after which channels are asked to wait
PAUSES = (0.05, 0.2, 0.0)
"""Seconds after each try of a batch that met a deadlock, a lock or a lost connection; the last is not waited for."""


class Postbox(Protocol):
    """A postman in this process that takes parcels over in memory."""

    @property
    def on_duty(self) -> str | None:
        """The name under which it claims, while it is the one at work for its channel."""

    def take(self, parcels: Sequence[Parcel]) -> None:
        """Deliver these; they are committed and claimed in its name."""


@dataclass(slots=True)
class _Job:
    incoming: Incoming
    done: asyncio.Future[Receipt]


class _Spoiled(Exception):
    """A turn failed after it had written, or in a way nobody foresaw, or lost its resident to a neighbour."""


class Dispatcher:
    """Takes in what channels receive; see the head of this file."""

    def __init__(
        self,
        database: Database,
        router: Router,
        *,
        clock: Clock,
        links: Links,
        language: str,
        postboxes: Mapping[str, Postbox] | None = None,
        metrics: Metrics | None = None,
        speeds: Speeds | None = None,
        site: str | None = None,
    ) -> None:
        self._database = database
        self._router = router
        self._clock = clock
        self._links = links
        self._site = site
        self._language = language
        self._metrics = metrics or Metrics()
        # Not copied: channels, and their postmen, are added after the dispatcher that they submit to.
        self._postboxes = postboxes if postboxes is not None else {}
        self._speeds = speeds if speeds is not None else {}
        self._waiting: deque[_Job] = deque()
        self._arrived = asyncio.Event()

    @property
    def waiting(self) -> int:
        """How many turns have arrived and are not begun."""
        return len(self._waiting)

    @property
    def full(self) -> bool:
        """Whether channels should hold back."""
        return len(self._waiting) >= QUEUE

    async def submit(self, incoming: Incoming) -> Receipt:
        """Have one turn answered; returns after its commit.

        Raises Busy when the queue is full and DatabaseTrouble when nothing could be kept: either way nothing has
        happened, and the same update may be submitted again.
        """
        if self.full:
            raise Busy
        done: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Job(replace(incoming, at=self._clock()), done))
        self._arrived.set()
        return await done

    async def rehearse(self, incoming: Incoming) -> tuple[Message, ...]:
        """What would be answered. Nothing is kept, nobody becomes known."""
        async with self._database.rehearsing() as session:
            turns = await self._turns(session, [incoming], rehearsal=True)
            try:
                outcome, _ = await respond(self._router, turns[0])
            except Refused as no:
                outcome = turns[0].refusal(no)
        return tuple(message for action, message in outcome.parts if action != "toast")

    async def run(self) -> None:
        """Answer turns until cancelled."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
                await self._answer(batch)

    async def _answer(self, batch: Sequence[_Job]) -> None:
        """Answer a batch together; if that fails through one of its turns, each alone."""
        cause: BaseException | None = None
        for pause in PAUSES:
            try:
                receipts = await self._together([job.incoming for job in batch])
            except Exception as error:  # noqa: BLE001 - told apart below
                cause = error.__cause__ if isinstance(error, _Spoiled) else error
                if cause is None or not is_passing(cause):
                    break
                await asyncio.sleep(pause)
            else:
                self._metrics.answered(batch, receipts, self._clock())
                for job, receipt in zip(batch, receipts, strict=True):
                    kind = type(job.incoming.what).__name__
                    log.debug("turn", channel=job.incoming.channel, kind=kind, outcome=receipt.outcome)
                    _settle(job, receipt)
                return
        reason = None if cause is None else trouble(cause)
        # BUSY may be the doing of one turn among them, which must not hold up its neighbours.
        if reason is not None and (reason != BUSY or len(batch) == 1):
            log.error("the database refused turns", turns=len(batch), reason=reason)
            for job in batch:
                _fail(job, DatabaseTrouble(reason))
        elif len(batch) > 1:
            for job in batch:
                await self._answer([job])
        else:
            await self._excuse(batch[0], cause)

    async def _excuse(self, job: _Job, cause: BaseException | None) -> None:
        """The turn was undone; say why, in a transaction of its own."""
        refused = cause if isinstance(cause, Refused) else None
        if refused is None:
            # The update's words are nobody's business in a log; its kind and key find it again.
            log.error(
                "a turn failed", kind=type(job.incoming.what).__name__, key=job.incoming.key, exc_info=cause
            )
        try:
            receipt = await self._say_so(job.incoming, refused)
            self._metrics.answered([job], [receipt], self._clock())
            _settle(job, receipt)
        except Exception as failure:
            log.error("an apology could not be kept", key=job.incoming.key, exc_info=failure)
            if reason := trouble(failure):
                _fail(job, DatabaseTrouble(reason))
            else:  # a channel would bring it again and again, and nothing after it
                _settle(job, Receipt("broken"))

    async def _together(self, incomings: Sequence[Incoming]) -> list[Receipt]:
        """Answer these in one transaction; raises _Spoiled when it must be undone."""
        async with self._database.writing() as session:
            turns, receipts = await self._fresh(session, incomings)
            await self._router.look_ahead(turn for _, turn in turns)
            answered = [(turn, await self._one(turn, receipts, number)) for number, turn in turns]
            parcels = await self._put(session, answered)
        self._hand_over(parcels)
        return receipts

    async def _fresh(
        self, session: AsyncSession, incomings: Sequence[Incoming]
    ) -> tuple[list[tuple[int, Turn]], list[Receipt]]:
        """Turns for what is new, with their places in the batch, and receipts that say "seen" for the rest."""
        new = await arrivals.unseen(session, incomings, now=self._clock())
        fresh: list[tuple[int, Incoming]] = []
        further: list[bool] = []
        for number, incoming in enumerate(incomings):
            if (incoming.channel, incoming.key) in new:
                new.discard((incoming.channel, incoming.key))
                fresh.append((number, incoming))
                album = incoming.album and (incoming.channel, incoming.album)
                further.append(bool(album) and album not in new)
                new -= {album} if album else set()
        turns = await self._turns(session, [incoming for _, incoming in fresh])
        for turn, more in zip(turns, further, strict=True):
            turn.further = more
        numbered = [(number, turn) for (number, _), turn in zip(fresh, turns, strict=True)]
        return numbered, [Receipt("seen") for _ in incomings]

    async def _turns(
        self, session: AsyncSession, incomings: Sequence[Incoming], *, rehearsal: bool = False
    ) -> list[Turn]:
        if not incomings:
            return []
        now = self._clock()
        known = await arrivals.addresses(session, incomings, now=now, language=self._language)
        turns = []
        for incoming in incomings:
            private = known[arrivals.person(incoming)]
            address = known[incoming.channel, incoming.chat] if incoming.group else private
            arrivals.reopen(address, incoming)
            assert private.resident is not None  # noqa: S101 - private addresses are made with their resident
            commands, links, speeds = self._router.commands, self._links, self._speeds
            turns.append(
                Turn(
                    session,
                    now,
                    incoming,
                    address,
                    private.resident,
                    links,
                    commands,
                    rehearsal,
                    speeds,
                    site=self._site,
                )
            )
        return turns

    async def _one(self, turn: Turn, receipts: list[Receipt], number: int) -> Outcome:
        if not inspect(turn.resident).persistent:
            raise _Spoiled  # a neighbour in this batch erased or merged them; alone, they are who they are now
        before = mark(turn.session)
        try:
            outcome, talk = await respond(self._router, turn)
        except Refused as no:
            if written_since(turn.session, before):
                raise _Spoiled from no
            refusal = turn.refusal(no)
            receipts[number] = Receipt("refused", note(turn, refusal))
            return refusal
        except Exception as error:
            raise _Spoiled from error
        if not turn.incoming.group and talk != turn.address.talk:
            turn.address.talk = talk
        receipts[number] = Receipt("done", note(turn, outcome), outcome.hush)
        return outcome

    async def _say_so(self, incoming: Incoming, no: Refused | None) -> Receipt:
        """In a transaction of its own: the update was seen, and this is why nothing came of it."""
        async with self._database.writing() as session:
            turns, receipts = await self._fresh(session, [incoming])
            answers = [(turn, turn.refusal(no) if no else turn.apology()) for _, turn in turns]
            parcels = await self._put(session, answers)
        self._hand_over(parcels)
        if not answers:
            return receipts[0]
        return Receipt("refused" if no else "broken", note(*answers[0]))

    async def _put(
        self, session: AsyncSession, answered: Sequence[tuple[Turn, Outcome]]
    ) -> dict[str, list[Parcel]]:
        put = [draft for turn, outcome in answered for draft in drafts(turn, outcome)]
        postmen = {channel: name for channel, box in self._postboxes.items() if (name := box.on_duty)}
        now = self._clock()
        parcels = await outbox.put(session, put, now=now, claimed_by=postmen)
        handed: dict[str, list[Parcel]] = {}
        for draft, parcel in zip(put, parcels, strict=True):
            if draft.address.channel in postmen:
                handed.setdefault(draft.address.channel, []).append(parcel)
        return handed

    def _hand_over(self, parcels: Mapping[str, Sequence[Parcel]]) -> None:
        for channel, taken in parcels.items():
            self._postboxes[channel].take(taken)


def _settle(job: _Job, receipt: Receipt) -> None:
    if not job.done.done():
        job.done.set_result(receipt)


def _fail(job: _Job, error: Exception) -> None:
    if not job.done.done():
        job.done.set_exception(error)
