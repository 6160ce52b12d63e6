"""The composition root: builds everything, starts it in order, and stops it the other way round."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from bot import db, logs
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram.limits import limits
from bot.channels.webchat import WebChat, prune
from bot.clock import Clock, utc_now
from bot.console import front
from bot.conversation.dispatch import Dispatcher
from bot.conversation.router import Router
from bot.conversation.turn import Links
from bot.db import Database
from bot.errors import FolkmootError, SettingWrong
from bot.introduce import introduce
from bot.jobs import Entry, Jobs
from bot.message import Channel
from bot.pace import Limits
from bot.postman import Postman
from bot.settings import Settings
from handlers import ROUTERS

log = structlog.get_logger()


@dataclass
class Folkmoot:
    """A running service, whole or in parts; what tests and commands work with."""

    settings: Settings
    database: Database
    router: Router
    dispatcher: Dispatcher
    jobs: Jobs
    web: web.Application
    clock: Clock
    channels: list[Channel] = field(default_factory=list)
    postmen: dict[str, Postman] = field(default_factory=dict)
    speeds: dict[str, float] = field(default_factory=dict)
    broken: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, channel: Channel, limits: Limits) -> None:
        """Serve one more channel, with a postman of its own."""
        self.channels.append(channel)
        self.postmen[channel.name] = Postman(self.database, channel, limits, self.clock)
        if limits.bulk is not None:
            self.speeds[channel.name] = limits.bulk

    async def unready(self) -> str | None:
        """Why the service cannot serve just now, in one sentence; None when it can."""
        if reason := await db.ready(self.database):
            return reason
        for channel in self.channels:
            if channel.trouble:
                return f"{channel.name}: {channel.trouble}"
        for name, postman in self.postmen.items():
            if not postman.on_duty:
                return f"The postman for {name} is not on duty: perhaps another process is."
        return None


def build(settings: Settings, *, clock: Clock = utc_now) -> Folkmoot:
    """Everything, ready to be started; nothing connects yet."""
    database = Database(settings.database)
    router = Router.of(ROUTERS)
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
        speeds=speeds,
    )
    jobs = Jobs(database, clock, posted=lambda: wake(postmen.values()))
    folkmoot = Folkmoot(
        settings, database, router, dispatcher, jobs, web.Application(), clock, channels, postmen, speeds
    )
    if settings.telegram_token is not None:
        telegram = TelegramChannel(
            settings.telegram_token,
            dispatcher.submit,
            api_url=settings.telegram_api_url,
            mode=settings.telegram_mode,
            webhook_secret=settings.telegram_webhook_secret,
            public_url=settings.public_url,
        )
        folkmoot.add(telegram, limits(settings.telegram_messages_per_second))
        folkmoot.web.add_routes(telegram.routes())
    if settings.webchat:
        chat = WebChat(
            database,
            dispatcher.submit,
            dispatcher.rehearse,
            settings.site,
            settings.default_language,
            clock,
            settings.webchat_frames,
        )
        folkmoot.add(chat, Limits())
        chat.setup(folkmoot.web)
        jobs.entries.append(Entry("tidy web chat", _tidy_webchat, 3600))
    front.setup(folkmoot.web, database, folkmoot.unready, language=settings.default_language)
    return folkmoot


async def _tidy_webchat(session: AsyncSession, now: datetime) -> None:
    await prune(session, now - KEEP_TRANSCRIPTS)


KEEP_TRANSCRIPTS = timedelta(days=30)  # what stands in the web chat


def wake(postmen: Iterable[Postman]) -> None:
    """Something was put that no postman has in hand."""
    for postman in postmen:
        postman.wake()


def links_of(channels: Iterable[Channel]) -> Links:
    """Where a code can be opened, in each of the channels that people come to by a link."""

    def links(code: str, community: str) -> Mapping[str, str | None]:
        known: dict[str, str | None] = {"telegram": None, "web": None}
        return known | {channel.name: channel.link(code, community) for channel in channels}

    return links


@contextlib.asynccontextmanager
async def running(folkmoot: Folkmoot, *, listen: bool = True) -> AsyncIterator[Folkmoot]:
    """Serve from the database up to the doors; on the way out stop receiving first and let go of the database last."""
    async with contextlib.AsyncExitStack() as stack:
        await db.upgrade(folkmoot.database)
        stack.push_async_callback(folkmoot.database.close)
        for channel in folkmoot.channels:
            stack.push_async_callback(channel.close)
        for name, postman in folkmoot.postmen.items():
            await stack.enter_async_context(_working(folkmoot, f"the postman for {name}", postman.run()))
        await stack.enter_async_context(_working(folkmoot, "the dispatcher", folkmoot.dispatcher.run()))
        if listen:
            await stack.enter_async_context(_listening(folkmoot))
        for channel in folkmoot.channels:
            await channel.open()
            stack.push_async_callback(channel.rest)
            if isinstance(channel, TelegramChannel):
                await stack.enter_async_context(_introducing(folkmoot, channel))
        folkmoot.jobs.start()
        stack.callback(folkmoot.jobs.stop)
        yield folkmoot


@contextlib.asynccontextmanager
async def _introducing(folkmoot: Folkmoot, channel: TelegramChannel) -> AsyncIterator[None]:
    """Note the bot's name and set its menus: at once where Telegram answers, else as soon as it does."""

    async def soon() -> None:
        while channel.username is None:  # noqa: ASYNC110 - it connects whenever Telegram answers
            await asyncio.sleep(1)
        await introduce(
            folkmoot.database,
            channel,
            folkmoot.router,
            language=folkmoot.settings.default_language,
            clock=folkmoot.clock,
        )

    task = asyncio.create_task(soon())
    try:
        if channel.username is not None:
            await asyncio.wait([task])
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


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


@contextlib.asynccontextmanager
async def _listening(folkmoot: Folkmoot) -> AsyncIterator[None]:
    runner = web.AppRunner(folkmoot.web, access_log=None, shutdown_timeout=2)
    await runner.setup()
    host, port = folkmoot.settings.host, folkmoot.settings.port
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        await runner.cleanup()
        raise SettingWrong(_not_ours(host, port, error)) from None
    try:
        yield
    finally:
        await runner.cleanup()


def _not_ours(host: str, port: int, error: OSError) -> str:
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"The address {host} is not one of this machine. Set HOST to 127.0.0.1, or to 0.0.0.0 for all."
    return (
        f"The address {host}:{port} cannot be used ({os.strerror(error.errno or 0).lower()}). "
        "Set PORT to another number, or stop what uses this one."
    )


async def serve(settings: Settings, *, started: Callable[[Folkmoot], object] | None = None) -> None:
    """Run until asked to stop by SIGINT or SIGTERM. FolkmootError when a part broke: whoever started us may again."""
    logs.configure(settings)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with running(build(settings)) as folkmoot:
        if started is not None:
            result = started(folkmoot)
            if isinstance(result, Awaitable):
                await result
        log.info("folkmoot is open", site=settings.site)
        ends = [asyncio.create_task(event.wait()) for event in (stop, folkmoot.broken)]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()
        if folkmoot.broken.is_set():
            raise FolkmootError("A part of the service has ended by mistake; the log says which.")
