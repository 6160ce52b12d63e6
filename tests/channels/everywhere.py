"""One person in any channel: the same few acts, on each channel's own wire, against one running service."""

from __future__ import annotations

import asyncio
import io
import re
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from pydantic import SecretStr
from rich.console import Console

from bot.app import Folkmoot, build, running
from bot.channels.terminal import Terminal
from bot.clock import SetClock
from bot.pace import Limits
from bot.postman import Postman
from bot.settings import Settings
from tests.channels.webchat_town import Visitor
from tests.fake_telegram import FakeTelegram
from tests.fake_telegram.people import Person as TelegramUser
from tests.paper import PaperChannel
from tests.town import MONDAY, PATIENCE, Town

CHANNELS = ("telegram polling", "telegram webhook", "web", "terminal", "paper")
SECRET = "a-secret-of-the-webhook"


class Reader(Protocol):
    """Somebody who sees what a channel brings them."""

    async def screen(self) -> str:
        """Everything that can be seen now, one space between words."""


class Guest(Reader, Protocol):
    """Somebody in some channel."""

    async def opens(self, code: str) -> None:
        """Open a link with this code."""

    async def says(self, text: str) -> None:
        """Type something."""

    async def taps(self, label: str) -> None:
        """Tap the newest button with this label."""


async def sees(guest: Reader, words: str) -> None:
    """Wait until these words can be seen."""
    deadline = time.monotonic() + PATIENCE
    while words not in (screen := await guest.screen()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{words!r} is not on:\n{screen}")
        await asyncio.sleep(0.02)


@dataclass
class InTelegram:
    """Through the fake Bot API."""

    user: TelegramUser

    async def opens(self, code: str) -> None:
        await self.user.sends(f"/start {code}")

    async def says(self, text: str) -> None:
        await self.user.sends(text)

    async def taps(self, label: str) -> None:
        await self.user.taps(label)

    async def screen(self) -> str:
        shown = [
            " ".join([seen.text, *(f"[{label}]" for row in seen.buttons for label in _row(row))])
            for seen in self.user.screen()
        ]
        return _flat(" ".join([*shown, *(toast.text for toast in self.user.all_toasts)]))


def _row(row: object) -> list[str]:
    return [row] if isinstance(row, str) else [str(label) for label in row]  # type: ignore[attr-defined]


@dataclass
class OnTheWeb:
    """Through pages and forms, without a script."""

    visitor: Visitor
    community: str = "elm-park"

    async def opens(self, code: str) -> None:
        await self.visitor.opens(f"/w/{self.community}/{code}")
        if any(label == "Start" for form in self.visitor.page.forms for label, _, _ in form.buttons):
            await self.visitor.presses("Start")

    async def says(self, text: str) -> None:
        if not self.visitor.path:
            await self.visitor.opens(f"/w/{self.community}")
        await self.visitor.says(text)

    async def taps(self, label: str) -> None:
        await self.visitor.presses(label)

    async def screen(self) -> str:
        await self.visitor.opens(self.visitor.path)
        return _flat(self.visitor.page.text)


@dataclass
class AtATerminal:
    """Through a terminal that is a string."""

    terminal: Terminal
    folkmoot: Folkmoot
    paper: io.StringIO

    async def opens(self, code: str) -> None:
        await self.says(f"/start {code}")

    async def says(self, text: str) -> None:
        await self.folkmoot.dispatcher.submit(self.terminal.incoming(text))

    async def taps(self, label: str) -> None:
        numbered = re.compile(rf"^ *(\d+) (?:✔ )?{re.escape(label)}$", re.MULTILINE)
        await _until(lambda: numbered.search(self.paper.getvalue()), f"a button {label}")
        await self.says(numbered.findall(self.paper.getvalue())[-1])

    async def screen(self) -> str:
        return _flat(self.paper.getvalue())


@dataclass
class OnPaper:
    """Through the paper channel of the other tests."""

    town: Town
    name: str

    def __post_init__(self) -> None:
        self.person = self.town.stranger(self.name)

    async def opens(self, code: str) -> None:
        await self.person.opens(code)

    async def says(self, text: str) -> None:
        await self.person.says(text)

    async def taps(self, label: str) -> None:
        await self.person.taps(label)

    async def screen(self) -> str:
        return _flat(self.person.text + " " + " ".join(self.person.screen.toasts))


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


async def _until(holds: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain for {what}")
        await asyncio.sleep(0.01)


@dataclass
class Everywhere(Town):
    """A town that people reach through the channel under test; organisers and builders use paper."""

    channel: str = "paper"
    telegram: FakeTelegram | None = None
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def guest(self, name: str) -> Guest:
        """Somebody new in the channel under test."""
        if self.channel.startswith("telegram"):
            assert self.telegram is not None
            return InTelegram(self.telegram.user(name))
        if self.channel == "web":
            from aiohttp import ClientSession, CookieJar

            session = await self.stack.enter_async_context(
                ClientSession(
                    self.folkmoot.settings.site.replace("localhost", "127.0.0.1"),
                    cookie_jar=CookieJar(unsafe=True),
                    headers={"Accept": "text/html"},
                )
            )
            return OnTheWeb(Visitor(session))
        if self.channel == "terminal":
            paper = io.StringIO()
            terminal = Terminal(name, Console(file=paper, width=200, highlight=False))
            postman = Postman(self.folkmoot.database, terminal, Limits(), self.clock)
            self.folkmoot.postmen[terminal.name] = postman
            work = asyncio.create_task(postman.run())
            self.stack.callback(work.cancel)
            await _until(lambda: postman.on_duty, "the terminal's postman")
            return AtATerminal(terminal, self.folkmoot, paper)
        return OnPaper(self, name)


@asynccontextmanager
async def everywhere(url: str, channel: str, **more: object) -> AsyncIterator[Everywhere]:
    """A running service with the channel under test and the paper channel; `more` settings if need be."""
    async with AsyncExitStack() as stack:
        given: dict[str, object] = {"webchat": channel == "web", "port": _free_port()}
        telegram = None
        if channel.startswith("telegram"):
            telegram = await stack.enter_async_context(FakeTelegram())
            given |= {
                "telegram_token": SecretStr(telegram.token),
                "telegram_api_url": telegram.url,
                "telegram_mode": channel.split()[1],
                "telegram_webhook_secret": SecretStr(SECRET),
                # What is said, not how fast: a chat's and a group's pace have tests of their own.
                "telegram_chat_messages_per_second": 20,
                "telegram_group_messages_per_minute": 600,
                "public_url": f"http://127.0.0.1:{given['port']}",
            }
        given |= more
        clock = SetClock(MONDAY)
        settings = Settings(_env_file=None, database_url=url, **given)  # type: ignore[call-arg, arg-type]
        folkmoot = build(settings, clock=clock)
        paper = PaperChannel()
        folkmoot.add(paper, Limits())
        folkmoot.jobs.start = lambda: None  # type: ignore[method-assign]  # time passes only when a test says so
        await stack.enter_async_context(running(folkmoot))
        await _until(lambda: all(postman.on_duty for postman in folkmoot.postmen.values()), "the postmen")
        town = Everywhere(folkmoot, paper, clock, channel=channel, telegram=telegram)
        stack.push_async_callback(town.stack.aclose)
        yield town
        if telegram is not None:
            telegram.assert_proper()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
