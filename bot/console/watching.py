"""`/metrics` for Prometheus, on a port of its own: what was counted, and how things stand at this moment."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from sqlalchemy import select

from bot import mailings, outbox
from bot.clock import Clock
from bot.conversation.dispatch import Dispatcher, Postbox
from bot.db import Database, trouble
from bot.metrics import CHORE, LANES, Metrics
from bot.models import Tick

LOOK_AGAIN = 5.0  # seconds for which what the tables said is good, however many ask

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Watched:
    """The parts of a process that are looked at; those that it does not have are None or empty."""

    database: Database
    clock: Clock
    dispatcher: Dispatcher | None
    postmen: Mapping[str, Postbox]
    ticking: Callable[[], bool] | None


class Watch:
    """Looks when it is asked."""

    def __init__(self, metrics: Metrics, watched: Watched) -> None:
        self._registry = metrics.registry
        self._watched = watched
        self.forget()
        self._looking = asyncio.Lock()
        self._now: list[Callable[[], None]] = []
        self._of_this_process()
        self._depth = self._gauge(
            "letters_unsent", "Letters to one address that are not sent yet", "channel", "lane"
        )
        self._oldest = self._gauge("oldest_unsent_seconds", "Age of the oldest of them", "channel", "lane")
        self._many = self._gauge("mailings_unsent", "Letters of mailings that are not sent yet")
        self._since = self._gauge("oldest_mailing_seconds", "Age of the oldest mailing that is under way")
        self._ticks = self._gauge("tick_age_seconds", "Time since a job last ran to its end", CHORE)
        self._up = self._gauge("database_up", "Whether the database answers")

    def app(self) -> web.Application:
        """The page."""
        app = web.Application()

        async def metrics(request: web.Request) -> web.Response:
            return await self.page()

        app.add_routes([web.get("/metrics", metrics)])
        return app

    def forget(self) -> None:
        """Look into the tables anew the next time, however short ago the last look was."""
        self._looked = float("-inf")

    async def page(self) -> web.Response:
        """All numbers, in Prometheus's own text format."""
        for look in self._now:
            look()
        async with self._looking:
            if time.monotonic() - self._looked > LOOK_AGAIN:
                await self._look()
                self._looked = time.monotonic()
        return web.Response(
            body=generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )

    def _of_this_process(self) -> None:
        """Gauges that are set from memory each time somebody asks."""
        it = self._watched
        used, most = "database_connections", "database_connections_allowed"
        self._each_time(used, "Connections of the pool in use", lambda: it.database.connections[0])
        self._each_time(most, "How many there may be", lambda: it.database.connections[1])
        listening = "Whether news of other processes are heard (PostgreSQL)"
        self._each_time("listening", listening, lambda: it.database.news.listening)
        if it.dispatcher is not None:
            waiting = it.dispatcher
            self._each_time(
                "turns_waiting", "Turns that have arrived and are not begun", lambda: waiting.waiting
            )
        if it.ticking is not None:
            self._each_time("clock_ticks_here", "Whether this process holds the clock", it.ticking)
        if it.postmen:
            duty = self._gauge("postman_on_duty", "Whether this process delivers for the channel", "channel")

            def on_duty() -> None:
                for name, postman in it.postmen.items():
                    duty.labels(name).set(bool(postman.on_duty))

            self._now.append(on_duty)

    async def _look(self) -> None:
        """What the tables say. Nothing that is merely stored is read, nor each of a million envelopes."""
        it = self._watched
        try:
            async with it.database.reading() as session:
                depths = await outbox.depths(session, alone=True) if it.postmen else []
                many, since = await mailings.unsent(session) if it.postmen else (0, None)
                ticks = (await session.scalars(select(Tick))).all() if it.ticking is not None else []
        except Exception as error:
            if trouble(error) is None:
                raise
            self._up.set(0)
            for gauge in (self._depth, self._oldest, self._ticks):
                gauge.clear()
            return
        now = it.clock()
        self._up.set(1)
        for gauge in (self._depth, self._oldest):
            gauge.clear()
            for channel in it.postmen:
                for lane in LANES:
                    gauge.labels(channel, lane).set(0)
        for depth in depths:
            labels = depth.channel, depth.lane.name.lower()
            self._depth.labels(*labels).set(depth.waiting)
            self._oldest.labels(*labels).set(max(0.0, (now - depth.oldest).total_seconds()))
        self._many.set(many)
        self._since.set(0 if since is None else max(0.0, (now - since).total_seconds()))
        for tick in ticks:
            self._ticks.labels(tick.job).set(max(0.0, (now - tick.at).total_seconds()))

    def _each_time(self, name: str, about: str, value: Callable[[], Any]) -> None:
        gauge = self._gauge(name, about)
        self._now.append(lambda: gauge.set(value()))

    def _gauge(self, name: str, about: str, *labels: str) -> Gauge:
        return Gauge(f"folkmoot_{name}", about, labels, registry=self._registry)
