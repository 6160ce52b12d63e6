"""`folkmoot run`, `folkmoot demo` and `folkmoot migrate`: the service itself, and its database brought up to date."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Coroutine
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.saying import say
from bot.errors import SettingWrong

if TYPE_CHECKING:
    from bot.app import Folkmoot
    from bot.demo import Town
    from bot.settings import Settings


class Part(StrEnum):
    """What `--role` may say; `bot/roles.py` says what each does."""

    ALL, WEB, POST, JOBS = "all", "web", "post", "jobs"


def run(
    role: Annotated[
        Part,
        typer.Option(
            help="What this process does: all of it, or one part where several share a PostgreSQL database. "
            "web receives, answers and shows pages; post delivers; jobs keeps the clock."
        ),
    ] = Part.ALL,
) -> None:
    """Run the service until it is stopped with Ctrl-C or SIGTERM. Brings the database up to date first."""
    from bot import app
    from bot.roles import ROLES

    _serve(app.serve(_settings(), role=ROLES[role], started=_token_works))


def demo() -> None:
    """Run the service with a make-believe town, and say where to go. The town is made once."""
    from bot import app

    _serve(app.serve(_settings(), started=_welcome))


def migrate() -> None:
    """Bring the database up to date, or make it. Does nothing when it is."""
    from bot.db import upgrade
    from bot.settings import read

    asyncio.run(upgrade(read().database))
    say("The database is up to date.")


def _serve(service: Coroutine[Any, Any, None]) -> None:
    """On uvloop: sockets and callbacks cost half of what they cost on asyncio's own loop."""
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(service)


def _settings() -> Settings:
    from bot import i18n
    from bot.settings import read

    settings = read()
    if settings.default_language not in i18n.available():
        raise SettingWrong(
            f"The setting DEFAULT_LANGUAGE is wrong: it is one of {', '.join(i18n.available())}."
        )
    return settings


def _token_works(folkmoot: Folkmoot) -> None:
    """Telegram not being there is a matter of time; a wrong token is not."""
    if folkmoot.telegram is None:
        return
    from bot.channels.telegram.fates import TOKEN_NOT_VALID

    if folkmoot.telegram.trouble == TOKEN_NOT_VALID:
        raise SettingWrong("The setting TELEGRAM_TOKEN is wrong: Telegram does not know this token.")


async def _welcome(folkmoot: Folkmoot) -> None:
    from bot import demo
    from bot.services.community import communities, invitations

    _token_works(folkmoot)
    town = await demo.seed(folkmoot.database, now=folkmoot.clock())
    async with folkmoot.database.writing() as session:
        community = await communities.by_slug(session, town.slug)
        assert community is not None  # noqa: S101 - it was seeded a line above
        offer = await invitations.make(session, community, by=None, now=folkmoot.clock())
    _show(folkmoot, town, offer.code)


def _show(folkmoot: Folkmoot, town: Town, invitation: str) -> None:
    from rich.console import Console
    from rich.text import Text

    from bot.links import links_of

    links = links_of(folkmoot.channels)
    console = Console(highlight=False)

    def tell(what: str, *addresses: str | None) -> None:
        console.print(Text(what, "bold"), soft_wrap=True)
        for address in addresses:
            if address:
                console.print(Text("  " + address, "cyan"), soft_wrap=True)
        console.print()

    console.print()
    console.print(Text(f"{town.name} is open. It is make-believe; look around.", "bold green"))
    console.print()
    tell("Say hello as a stranger:", links("", town.slug)["web"], links(town.slug, town.slug)["telegram"])
    if town.poll:
        tell(
            f"Answer the open question, as from a poster: {town.question}",
            *links(town.poll, town.slug).values(),
        )
    tell("Become an organiser; this link works once, for seven days:", *links(invitation, town.slug).values())
    tell("The same in this terminal:", f"{called()} chat --community {town.slug}")
    if folkmoot.settings.telegram_token is None:
        tell(
            "Connect a Telegram bot:",
            "1. In Telegram, write /newbot to @BotFather; it gives you a token.",
            "2. Put TELEGRAM_TOKEN=… with that token into a file named .env here, and start again.",
        )
    console.print(Text("Stop with Ctrl-C. Everything is kept.", "dim"))


def called() -> str:
    """How this very command is typed here: by its path where the shell would not find it by its name."""
    path = Path(sys.argv[0])
    if path.name != "folkmoot" or shutil.which("folkmoot"):
        return "folkmoot"
    return os.path.relpath(path)
