"""`folkmoot chat`: talk with the town in a terminal, or through a pipe."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.errors import Busy, DatabaseTrouble, Refused

if TYPE_CHECKING:
    from bot.channels.terminal import Terminal
    from bot.conversation.dispatch import Dispatcher
    from bot.conversation.turn import Links
    from bot.db import Database
    from bot.postman import Postman
    from bot.settings import Settings

PATIENCE = 10.0  # seconds for answers to arrive
LONGEST_NAME = 40  # characters


def chat(
    name: Annotated[
        str, typer.Option("--as", metavar="NAME", help="Who talks; each name is a person.")
    ] = "me",
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="Speak this language: en, cy, pl, ur …")
    ] = None,
    community: Annotated[str | None, typer.Option(metavar="SLUG", help="Begin at this community.")] = None,
    folder: Annotated[
        Path, typer.Option("--files", metavar="FOLDER", help="Where files that you are given are written.")
    ] = Path(),
) -> None:
    """Talk with the town here, as a resident does elsewhere.

    A number taps a button; /help and the like are commands; 51.55, 0.19 is a place; all else is said.

    Lines may also come through a pipe.
    """
    from bot import logs
    from bot.settings import read

    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise typer.BadParameter(f"A name has 1 to {LONGEST_NAME} letters.", param_hint="--as")
    settings = read()
    logs.configure(settings.model_copy(update={"log_level": "error"}))
    try:
        asyncio.run(_chat(settings, name, language, community, folder))
    except KeyboardInterrupt:
        print()


async def _chat(
    settings: Settings, name: str, language: str | None, community: str | None, folder: Path
) -> None:
    from rich.console import Console

    from bot import i18n
    from bot.channels.terminal import Terminal
    from bot.clock import utc_now
    from bot.commands.town import community_called, links_for, town
    from bot.intake import Intake

    spoken = language or settings.default_language
    if spoken not in i18n.available():
        raise Refused(
            i18n.N_("I do not speak {code} yet. I speak {spoken}."),
            code=spoken,
            spoken=", ".join(i18n.available()),
        )
    console = Console(highlight=False)
    async with town(settings, begin=True) as database:
        drawer = Intake.of(settings.media_dir, database, utc_now).drawer
        terminal = Terminal(name, console, language=spoken, drawer=drawer, folder=folder)
        async with database.reading() as session:
            begin = f"/start {(await community_called(session, community)).slug}" if community else "/start"
            links = await links_for(session, settings)
        if language:
            await _speak(database, terminal, language)
        async with _line(settings, database, terminal, links) as dispatcher:
            if console.is_terminal:
                how = i18n.tongue(spoken)._(
                    "Type a number to tap a button, or words to say something. Ctrl-D leaves."
                )
                console.print(how.unescape(), style="dim", markup=False)
                console.print()
            await _turn(database, dispatcher, terminal, begin)
            await _converse(database, dispatcher, terminal, console.is_terminal)


async def _speak(database: Database, terminal: Terminal, language: str) -> None:
    """Whoever was here before, in another language, is spoken to in this one from now on."""
    from sqlalchemy import select

    from bot.models import Address, Resident
    from bot.services.people import residents

    async with database.writing() as session:
        here = select(Resident).join(Address, Address.resident_id == Resident.id)
        known = await session.scalar(
            here.where(Address.channel == terminal.name, Address.chat == terminal.person)
        )
        if known is not None:
            residents.set_language(known, language)


@asynccontextmanager
async def _line(
    settings: Settings, database: Database, terminal: Terminal, links: Links
) -> AsyncIterator[Dispatcher]:
    """A dispatcher and a postman of our own; a service may run beside us."""
    from bot.channels.telegram.limits import limits
    from bot.clock import utc_now
    from bot.conversation.dispatch import Dispatcher
    from bot.conversation.router import Router
    from bot.pace import Limits
    from bot.postman import Postman
    from handlers import ROUTERS

    postman = Postman(database, terminal, Limits(), utc_now)
    telegrams = limits(settings.telegram_messages_per_second).bulk
    dispatcher = Dispatcher(
        database,
        Router.of(ROUTERS),
        clock=utc_now,
        links=links,
        language=settings.default_language,
        postboxes={terminal.name: postman},
        speeds={"telegram": telegrams} if telegrams else {},
    )
    tasks = [asyncio.create_task(postman.run()), asyncio.create_task(dispatcher.run())]
    try:
        await _on_duty(postman, terminal)
        yield dispatcher
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _on_duty(postman: Postman, terminal: Terminal) -> None:
    from bot.i18n import N_

    deadline = time.monotonic() + 2
    while postman.on_duty is None:
        if time.monotonic() > deadline:
            raise Refused(
                N_("Somebody talks as {name} in another terminal. Choose another name with --as."),
                name=terminal.person,
            )
        await asyncio.sleep(0.01)


async def _converse(
    database: Database, dispatcher: Dispatcher, terminal: Terminal, with_a_person: bool
) -> None:
    """Answer line after line until there are no more. What comes through a pipe is shown again, for the reader."""
    _prompt(with_a_person)
    async for line in _lines():
        if line.strip():
            if not with_a_person:
                print(f"> {line.strip()}")
            await _turn(database, dispatcher, terminal, line.strip())
        _prompt(with_a_person)


def _prompt(with_a_person: bool) -> None:
    if with_a_person:
        print("> ", end="")
    sys.stdout.flush()


async def _turn(database: Database, dispatcher: Dispatcher, terminal: Terminal, line: str) -> None:
    try:
        await dispatcher.submit(terminal.incoming(line))
    except (Busy, DatabaseTrouble) as error:
        print(str(error) or "Too much is going on just now; please try again in a moment.", file=sys.stderr)
        return
    await _quiet(database, terminal)


async def _quiet(database: Database, terminal: Terminal) -> None:
    """Wait until everything said to us has been printed."""
    from sqlalchemy import select

    from bot.models import Envelope

    # Only what is said to this person: letters to many come when they come.
    coming = (
        select(Envelope.id)
        .where(Envelope.channel == terminal.name, Envelope.done_at.is_(None), Envelope.letter_id.is_(None))
        .limit(1)
    )
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        async with database.reading() as session:
            if await session.scalar(coming) is None:
                return
        await asyncio.sleep(0.01)


async def _lines() -> AsyncIterator[str]:
    """Lines of stdin. Read in a thread that dies with the program, so that leaving does not wait for a last line."""
    loop = asyncio.get_running_loop()
    read: asyncio.Queue[bytes] = asyncio.Queue()

    def fetch() -> None:
        more = True
        while more:
            part = os.read(sys.stdin.fileno(), 65536)
            more = bool(part)
            loop.call_soon_threadsafe(read.put_nowait, part)

    threading.Thread(target=fetch, daemon=True, name="stdin").start()
    begun = b""
    while part := await read.get():
        *whole, begun = (begun + part).split(b"\n")
        for line in whole:
            yield line.decode(errors="replace")
    if begun:
        yield begun.decode(errors="replace")
