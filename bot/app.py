"""The composition root: builds everything, starts it in order, and stops it the other way round."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import web

from bot import db, doors, garbage, logs
from bot.channels.webchat import clearing, tidy
from bot.charts import Artist
from bot.chores import Letting, fetching
from bot.clock import Clock, utc_now
from bot.console import health, pages
from bot.console.server import serving
from bot.console.watching import Watch, Watched
from bot.conversation.dispatch import Dispatcher
from bot.conversation.router import Router
from bot.db import Database
from bot.doors import receiving
from bot.errors import FolkmootError
from bot.intake import Intake
from bot.introduce import introducing
from bot.jobs import CLOCK, Entry, Jobs
from bot.links import links_of
from bot.message import Channel
from bot.metrics import Metrics
from bot.outbox import POST
from bot.pace import Limits
from bot.postman import Postman
from bot.roles import ALL, Role, fits
from bot.settings import Settings
from handlers import ROUTERS

if TYPE_CHECKING:
    from bot.channels.telegram.channel import TelegramChannel

log = structlog.get_logger()


@dataclass
class Folkmoot:
    """A running service, whole or in parts; what tests and commands work with."""

    settings: Settings
    role: Role
    database: Database
    router: Router
    dispatcher: Dispatcher
    jobs: Jobs
    web: web.Application
    clock: Clock
    metrics: Metrics
    intake: Intake
    channels: list[Channel] = field(default_factory=list)
    postmen: dict[str, Postman] = field(default_factory=dict)
    speeds: dict[str, float] = field(default_factory=dict)
    broken: asyncio.Event = field(default_factory=asyncio.Event)
    artist: Artist = field(default_factory=Artist)
    ports: list[int] = field(default_factory=list)
    """Where it listens: the pages, then the metrics if they are on."""
    telegram: TelegramChannel | None = None

    def add(self, channel: Channel, limits: Limits) -> None:
        """Serve one more channel; in a role that delivers, with a postman of its own."""
        self.channels.append(channel)
        if limits.bulk is not None:
            self.speeds[channel.name] = limits.bulk
        if not self.role.post:
            return
        postman = Postman(self.database, channel, limits, self.clock, self.metrics)
        self.postmen[channel.name] = postman
        self.database.news.hear(
            POST, lambda to: None if to not in (None, "", channel.name) else postman.wake()
        )
        if limits.whole:
            self.metrics.pace(channel.name, limits.whole.per_second)

    async def unready(self) -> str | None:
        """Why the service can neither serve just now nor stand by, in one sentence; None when it can."""
        if reason := await db.ready(self.database):
            return reason
        for channel in self.channels:
            if channel.trouble:
                return f"{channel.name}: {channel.trouble}"
        for channel in self.channels:
            postman = self.postmen.get(channel.name)
            if postman and not postman.on_duty and postman.post not in self.database.standing_by:
                return f"The postman for {channel.name} is not on duty yet."
        return None

    def standing_by(self) -> list[str]:
        """What this process would do if another one did not."""
        names = {CLOCK: "the clock"}
        for channel in self.channels:
            names[receiving(channel)] = f"receiving from {channel.name}"
            if channel.name in self.postmen:
                names[self.postmen[channel.name].post] = f"the postman for {channel.name}"
        return sorted(names[lock] for lock in self.database.standing_by if lock in names)


def build(settings: Settings, *, role: Role = ALL, clock: Clock = utc_now) -> Folkmoot:
    """Everything that the role needs, ready to be started; nothing connects yet. Raises SettingWrong."""
    fits(role, settings)
    database = Database(settings.database, settings.database_direct)
    router, metrics, broken, artist = Router.of(ROUTERS), Metrics(role.name), asyncio.Event(), Artist()
    channels: list[Channel] = []
    postmen: dict[str, Postman] = {}
    speeds: dict[str, float] = {}
    dispatcher = Dispatcher(
        database,
        router,
        clock=clock,
        links=links_of(channels),
        language=settings.default_language,
        postboxes=postmen,
        metrics=metrics,
        speeds=speeds,
        site=settings.public_url,
    )
    jobs = Jobs(database, clock, metrics, broken, artist=artist, site=settings.public_url)
    intake = Intake.of(settings.media_dir, database, clock, artist)
    # Addresses are read out, typed and printed; some come with a slash behind them.
    site = web.Application(middlewares=[web.normalize_path_middleware(append_slash=False, remove_slash=True)])
    folkmoot = Folkmoot(
        settings, role, database, router, dispatcher, jobs, site, clock, metrics, intake, channels,
        postmen, speeds, broken, artist,
    )  # fmt: skip
    letting = Letting(intake.store)
    jobs.entries.append(Entry("let go of pictures", letting, 3600, letting.afterwards))
    if role.doors or role.post:
        doors.add_channels(folkmoot)
    if settings.webchat:
        jobs.entries.append(Entry("tidy web chat", tidy, 3600))
        jobs.entries.append(Entry("tidy pictures", clearing(settings.media_dir), 3600))
    health.setup(folkmoot.web, folkmoot.unready, folkmoot.standing_by)
    if role.doors:
        links = links_of(channels)
        pages.setup(folkmoot.web, database, clock, settings, folkmoot.artist, links, intake.drawer)
    return folkmoot


@contextlib.asynccontextmanager
async def running(folkmoot: Folkmoot, *, listen: bool = True) -> AsyncIterator[Folkmoot]:
    """Serve from the database up to the doors; on the way out stop receiving first and let go of the database last."""
    role = folkmoot.role
    async with contextlib.AsyncExitStack() as stack:

        async def at_work(name: str, work: Coroutine[Any, Any, None]) -> None:
            await stack.enter_async_context(_working(folkmoot, name, work))

        stack.push_async_callback(folkmoot.database.close)
        await db.upgrade(folkmoot.database)
        stack.push_async_callback(folkmoot.artist.close)
        if folkmoot.database.dialect != "sqlite":
            await at_work("the line to other processes", folkmoot.database.news.listen())
        for channel in folkmoot.channels:
            stack.push_async_callback(channel.close)
        for name, postman in folkmoot.postmen.items():
            await at_work(f"the postman for {name}", postman.run())
        if role.post:
            bringing = fetching(folkmoot.database, folkmoot.clock, folkmoot.intake)
            await at_work("fetching pictures", bringing)
        if role.doors:
            await at_work("the dispatcher", folkmoot.dispatcher.run())
        if listen:
            await _listen(folkmoot, stack)
        for channel in folkmoot.channels:
            await channel.open()
            stack.push_async_callback(channel.rest)
            if role.doors and folkmoot.telegram is not None and channel is folkmoot.telegram:
                menus = introducing(
                    folkmoot.database,
                    folkmoot.telegram,
                    folkmoot.router,
                    language=folkmoot.settings.default_language,
                    clock=folkmoot.clock,
                )
                await stack.enter_async_context(menus)
        if role.clock:
            folkmoot.jobs.start()
            stack.push_async_callback(folkmoot.jobs.stop)
        yield folkmoot


async def _listen(folkmoot: Folkmoot, stack: contextlib.AsyncExitStack) -> None:
    """Open the pages, and the metrics on a port of their own where they are on."""
    settings, role = folkmoot.settings, folkmoot.role
    folkmoot.ports.append(
        await stack.enter_async_context(serving(folkmoot.web, settings.host, settings.port))
    )
    if settings.metrics_port is None:
        return
    watched = Watched(
        folkmoot.database,
        folkmoot.clock,
        folkmoot.dispatcher if role.doors else None,
        folkmoot.postmen,
        (lambda: folkmoot.jobs.ticking) if role.clock else None,
    )
    app = Watch(folkmoot.metrics, watched).app()
    metrics = serving(app, settings.metrics_host, settings.metrics_port, settings="METRICS_")
    folkmoot.ports.append(await stack.enter_async_context(metrics))


@contextlib.asynccontextmanager
async def _working(folkmoot: Folkmoot, name: str, work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Have something work in the background. If it ends by itself the service cannot go on, and says so."""

    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled():
            log.critical("a part of the service has ended by mistake", part=name, exc_info=task.exception())
            folkmoot.broken.set()

    task = asyncio.create_task(work)
    task.add_done_callback(ended)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def serve(
    settings: Settings, *, role: Role = ALL, started: Callable[[Folkmoot], object] | None = None
) -> None:
    """Run until asked to stop by SIGINT or SIGTERM. FolkmootError when a part broke: whoever started us may again."""
    logs.configure(settings)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with running(build(settings, role=role)) as folkmoot:
        if started is not None:
            result = started(folkmoot)
            if isinstance(result, Awaitable):
                await result
        garbage.look_less()
        log.info("folkmoot is open", role=role.name, site=settings.site)
        ends = [asyncio.create_task(event.wait()) for event in (stop, folkmoot.broken)]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()
        if folkmoot.broken.is_set():
            raise FolkmootError("A part of the service has ended by mistake; the log says which.")
