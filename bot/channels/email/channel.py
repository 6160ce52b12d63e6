"""E-mail as a channel: letters go out by a mail server; answers come from a mailbox, or to a port of our own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import web

from bot.channels.email import office, pages
from bot.channels.email.collecting import Account, Collector, NoMailbox
from bot.channels.email.drawing import INSIDE, Choice, Heading, Shown, choices_of, draw
from bot.channels.email.intake import Intake
from bot.channels.email.office import NAME, TROUBLES, Office, There
from bot.channels.email.receiving import receiving
from bot.channels.email.sending import NoEntry, Server, connected, hang_up, send
from bot.channels.email.stamps import Link, Stamps, mark, thread
from bot.db import trouble
from bot.errors import AddressClosed, BadPress, Busy, DatabaseTrouble, RetryLater, Undeliverable
from bot.i18n import N_
from bot.lanes import Lane
from bot.message import Message, Parcel
from bot.models import Address
from bot.pace import Limits, Rate
from bot.services import mailboxes

LIMITS = Limits(whole=Rate(per_second=2, burst=10), chat=Rate(per_second=1, burst=10))
"""Modest: large providers take far more, small ones grow suspicious."""
LINES = 4  # to the mail server at once
EVERY = 30.0  # seconds between two looks into the mailbox
AGAIN = 60.0  # seconds after which what is held is looked at once more
PAUSE = 5.0  # seconds after something went wrong while receiving

IN_YOUR_NAME = N_("Whoever has this e-mail can answer in your name. Please do not pass it on.")
CHAT_ONLY = N_(
    "This takes more than one tap, so it cannot be answered in an e-mail. You can answer it on its page."
)
ON_ITS_PAGE = N_("Open the page")

Work = Callable[[], Coroutine[Any, Any, None]]
Alone = Callable[[Work], Coroutine[Any, Any, None]]
"""Does the work in one process at a time."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Ways:
    """How mails go out and come in. `sender` may have a name before it; without `account` and `port` nothing comes
    in."""

    server: Server
    sender: str
    account: Account | None = None
    host: str = "127.0.0.1"
    port: int | None = None


class EmailChannel:
    """Implements `Channel`. It receives only where `setup` was called."""

    name = NAME
    credential = NAME

    def __init__(self, at: Office, ways: Ways, alone: Alone) -> None:
        self._office, self._ways, self._alone = at, ways, alone
        self.intake = Intake(at)
        self.ports: list[int] = []
        self._lines = asyncio.Semaphore(LINES)
        self._troubles: dict[str, str] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._doors = False

    def setup(self, app: web.Application) -> None:
        """Hang the pages behind links into the application, and receive once it is open."""
        self._doors = True
        app.add_routes(pages.routes(self._office, self.intake))

    # --- out ---------------------------------------------------------------------------------

    async def deliver(self, parcel: Parcel) -> str | None:
        """Hand a letter to the mail server. What was sent cannot be changed, so a changed message is a letter anew,
        where somebody waits for it."""
        said = parcel.message
        if parcel.action == "toast" or said.only_place or (parcel.action == "edit" and said.only_in_place):
            return None
        if parcel.lane == Lane.REPLY and not parcel.attempts and not self._office.may_answer(parcel.chat):
            raise Undeliverable("many answers within an hour")
        try:
            stamps = await self._office.stamps()
            async with self._office.database.reading() as session:
                there = await office.at(session, email=parcel.chat)
        except TROUBLES as error:
            raise RetryLater(type(error).__name__, after=1) from None
        if there is None:
            raise Undeliverable("nobody is known there")
        letter, name = await self._drawn(parcel, there, stamps)
        sender = (
            stamps.bounces_to(there.number, _thread(parcel.message)) if self._office.reads else stamps.home
        )
        async with self._lines:
            await self._hand_over(there, sender, letter)
        return name.strip("<>").partition("@")[0]

    async def _drawn(self, parcel: Parcel, there: There, stamps: Stamps) -> tuple[bytes, str]:
        message, about = parcel.message, _thread(parcel.message)
        name = stamps.letter(parcel.envelope, there.number, about)
        heading = Heading(
            sender=self._ways.sender,
            to=there.email,
            name=name,
            thread=about,
            subject=message.subject,
            root=stamps.letter(0, there.number, about) if about else None,
            answers_to=stamps.answers_to(there.number, about) if self._office.reads else None,
            date=parcel.asked_at or self._office.clock(),
        )
        links, note = self._links(message, there, about, stamps)
        choices = choices_of(message, links)
        if (way_in := self._way_in(message)) is not None:
            choices.append(Choice(str(there.tongue._(ON_ITS_PAGE).unescape()), way_in))
            note = CHAT_ONLY
        message = await office.pictured(self._office.drawer, message, parcel.attempts)
        mail = draw(message, heading, choices, await self._shown(message, there, stamps), there.tongue, note)
        return bytes(mail), name

    def _links(
        self, message: Message, there: There, about: str | None, stamps: Stamps
    ) -> tuple[dict[str, str], str | None]:
        """Links for the presses that may be links, by their payload; and what must be said about them, a msgid."""
        found, note = {}, None
        for payload in {button.payload for row in message.rows for button in row if button.payload}:
            with contextlib.suppress(BadPress):
                press = self._office.press_of(payload)
                cover = press.cover() if message.opens is None else None
                if press.says is not None:
                    link, place = Link("press", there.number, about, payload), ""
                elif cover is not None:
                    # What is chosen stands behind the #, which a browser keeps for itself.
                    link, place = Link("choose", there.number, about, cover.pack()), f"#{mark(payload)}"
                    note = IN_YOUR_NAME
                else:
                    continue
                found[payload] = self._url(stamps.link(link, now=self._office.clock())) + place
        return found, note

    def _way_in(self, message: Message) -> str | None:
        """Where somebody can do what only a chat can; the web first, which everybody has."""
        if message.opens is None or not message.rows:
            return None
        ways = self._office.links(*message.opens)
        return ways.get("web") or next((way for way in ways.values() if way), None)

    async def _shown(self, message: Message, there: There, stamps: Stamps) -> Shown | None:
        media = message.media
        if media is None or media.key is None or (made := await self._office.drawer.take(media.key)) is None:
            return None
        about = media.about or str(there.tongue._("Picture").unescape())
        if media.kind == "photo" and made.type in {"image/jpeg", "image/png"} and len(made.content) <= INSIDE:
            return Shown(about, made.content, made.type)
        link = stamps.link(Link("file", there.number, None, media.key), now=self._office.clock())
        return Shown(media.about or media.name or about, url=self._url(link))

    def _url(self, token: str) -> str:
        return f"{self._office.site}/e/{token}"

    async def _hand_over(self, there: There, sender: str, letter: bytes) -> None:
        try:
            line = await connected(self._ways.server)
        except NoEntry as no:
            self._note("smtp", str(no))
            raise RetryLater("no entry to the mail server", after=60, whole_channel=True) from None
        self._note("smtp", None)
        try:
            await send(line, sender, there.email, letter)
        except AddressClosed as closed:
            await self._note_closed(there, closed.reason)
            raise
        finally:
            await hang_up(line)

    async def _note_closed(self, there: There, cause: str) -> None:
        try:
            async with self._office.database.writing() as session:
                address = await session.get_one(Address, there.number)
                await mailboxes.note_trouble(session, address, cause, now=self._office.clock())
        except TROUBLES as error:
            log.warning("why an address was closed could not be kept", reason=type(error).__name__)

    # --- in ----------------------------------------------------------------------------------

    def link(self, code: str, community: str) -> str | None:
        """Nobody can be sent here by a link."""
        return None

    async def open(self) -> None:
        """Begin to receive, in a process that has doors."""
        if not self._doors:
            return
        self._begin(self._pass_on())
        if self._ways.account is not None:
            account = self._ways.account
            self._begin(self._alone(lambda: self._look_again_and_again(account)))
        if self._ways.port is not None:
            opened = asyncio.get_running_loop().create_future()
            self._begin(self._receive(self._ways.port, opened))
            await opened

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(work))

    async def _look_again_and_again(self, account: Account) -> None:
        collector = Collector(account, self.intake, self._office.database, self._office.clock)
        while True:
            try:
                while await collector.look():
                    pass
                self._note("imap", None)
                pause = EVERY
            except NoMailbox as no:
                self._note("imap", str(no))
                pause = EVERY
            except Exception as error:  # noqa: BLE001 - told apart there
                _tell(error, "mails could not be taken in")
                pause = PAUSE
            await asyncio.sleep(pause)

    async def _receive(self, port: int, opened: asyncio.Future[None]) -> None:
        try:
            async with receiving(self.intake, await self._office.stamps(), self._ways.host, port) as number:
                self.ports.append(number)
                opened.set_result(None)
                await asyncio.Event().wait()
        except Exception as error:
            if opened.done():
                raise
            opened.set_exception(error)

    async def _pass_on(self) -> None:
        """What was held and could not be handed on at once, when a database was away."""
        while True:
            try:
                await self.intake.pass_on()
            except Exception as error:  # noqa: BLE001 - told apart there
                _tell(error, "a mail that was held could not be passed on")
            await asyncio.sleep(AGAIN)

    async def rest(self) -> None:
        """Stop receiving. What was not committed stays in the mailbox, or with the server that brought it."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def close(self) -> None:
        """Nothing is left to let go of."""
        await self.rest()

    def _note(self, way: str, sentence: str | None) -> None:
        """Say it when it begins and when it ends."""
        if self._troubles.get(way) == sentence:
            return
        if sentence is None:
            self._troubles.pop(way, None)
            log.info("mails go through again", way=way)
        else:
            self._troubles[way] = sentence
            log.warning("mails do not go through", way=way, reason=sentence)

    @property
    def trouble(self) -> str | None:
        """Why mails do not go out or come in."""
        return next(iter(self._troubles.values()), None)


def _thread(message: Message) -> str | None:
    """The letter's thread, if it can stand in an address; one that cannot is no reason to lose the letter."""
    try:
        return thread(message.thread)
    except ValueError:
        return None


def _tell(error: Exception, what: str) -> None:
    if isinstance(error, Busy | DatabaseTrouble) or trouble(error) is not None:
        log.warning(what, reason=trouble(error) or type(error).__name__)
    else:
        log.error(what, reason=type(error).__name__, exc_info=error)
