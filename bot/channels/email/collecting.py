"""A mailbox that is looked into: new mails are fetched over IMAP, and done with only after the commit."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import imaplib
import re
import ssl
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar

import structlog

from bot.channels.email.intake import Intake
from bot.channels.email.reading import LARGEST
from bot.clock import Clock
from bot.db import Database, trouble, upsert
from bot.errors import Busy, DatabaseTrouble
from bot.models import Fact

PORTS = {"tls": 993, "starttls": 143, "none": 143}
PATIENCE = 30.0  # seconds for each step
A_MOMENT = 2.0  # seconds
A_LOOK = 50  # mails at a time
TRIES = 3  # of a mail that makes us stumble
BACK = timedelta(days=6)
"""How far a first look goes back; less than what was handled is remembered, so that nothing is done twice."""

imaplib._MAXLINE = max(imaplib._MAXLINE, 10_000_000)  # type: ignore[attr-defined] # lists of numbers in full mailboxes

Result = TypeVar("Result")

log = structlog.get_logger()


class NoMailbox(Exception):
    """The mailbox cannot be looked into; the text is one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Account:
    """Where the mailbox is."""

    host: str
    port: int
    tls: Literal["tls", "starttls", "none"]
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    trusted: ssl.SSLContext | None = None

    @property
    def name(self) -> str:
        """Under which we remember how far we have read; holds no address."""
        seed = f"{self.user}@{self.host}/{self.folder}".lower().encode()
        return f"mailbox:{hashlib.sha256(seed).hexdigest()[:16]}"


class Box:
    """An open mailbox. Its methods wait for the network, so they are called in a thread."""

    def __init__(self, account: Account, patience: float = PATIENCE) -> None:
        """Raises NoMailbox."""
        context = account.trusted or ssl.create_default_context()
        try:
            if account.tls == "tls":
                self._line: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                    account.host, account.port, ssl_context=context, timeout=patience
                )
            else:
                self._line = imaplib.IMAP4(account.host, account.port, timeout=patience)
        except (OSError, imaplib.IMAP4.error) as error:
            raise NoMailbox(f"The mailbox cannot be reached just now ({type(error).__name__}).") from None
        try:
            self._enter(account, context)
        except BaseException:
            self.leave()
            raise

    def _enter(self, account: Account, context: ssl.SSLContext) -> None:
        try:
            if account.tls == "starttls":
                self._line.starttls(context)
        except (OSError, imaplib.IMAP4.error):
            raise NoMailbox("The mailbox offers no encryption that we can trust; look at IMAP_URL.") from None
        try:
            self._line.login(account.user, account.password)
        except (OSError, imaplib.IMAP4.error):
            raise NoMailbox("The mailbox does not accept the login in IMAP_URL.") from None
        try:
            done, _ = self._line.select(f'"{account.folder}"')
            if done != "OK":
                raise NoMailbox("The mailbox has no folder of the name in IMAP_URL.")
            self.edition = int(self._line.response("UIDVALIDITY")[1][0] or 0)
        except (OSError, imaplib.IMAP4.error, TypeError, ValueError, IndexError):
            raise NoMailbox("The folder in IMAP_URL cannot be opened.") from None

    def after(self, number: int) -> list[int]:
        """The numbers of mails that came after that one."""
        found = self._numbers("UID", f"{number + 1}:*")  # "*" names the last one, whatever its number
        return [one for one in found if one > number]

    def since(self, day: datetime) -> list[int]:
        """The numbers of mails that came on that day or later."""
        months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
        return self._numbers("SINCE", f"{day.day}-{months[day.month - 1]}-{day.year}")

    def _numbers(self, *asked: str) -> list[int]:
        _, told = self._line.uid("SEARCH", *asked)
        return sorted(int(one) for line in told if line for one in line.split())

    def fetch(self, number: int) -> tuple[bytes, bool] | None:
        """A mail, unchanged; of one that is too large the headers, and that it is. None when it is gone."""
        _, told = self._line.uid("FETCH", str(number), "(RFC822.SIZE)")
        size = re.search(rb"RFC822\.SIZE (\d+)", b" ".join(part for part in told if isinstance(part, bytes)))
        too_large = size is not None and int(size[1]) > LARGEST
        _, told = self._line.uid(
            "FETCH", str(number), "(BODY.PEEK[HEADER])" if too_large else "(BODY.PEEK[])"
        )
        body = next((part[1] for part in told if isinstance(part, tuple) and len(part) > 1), None)
        return None if body is None else (bytes(body), too_large)

    def done(self, number: int) -> None:
        """Mark a mail as read, for whoever looks into the mailbox by hand."""
        self._line.uid("STORE", str(number), "+FLAGS.SILENT", "(\\Seen)")

    def leave(self) -> None:
        """Hang up; a line that is broken is closed all the same."""
        with contextlib.suppress(OSError, ValueError, imaplib.IMAP4.error):
            self._line.logout()
        with contextlib.suppress(OSError):
            self._line.shutdown()


class Collector:
    """Looks into a mailbox, again and again."""

    def __init__(self, account: Account, intake: Intake, database: Database, clock: Clock) -> None:
        self._account, self._intake = account, intake
        self._database, self._clock = database, clock
        self._stumbles: Counter[int] = Counter()

    async def look(self) -> int:
        """Hand in what is new, in its order, and remember after each how far we are; returns how many there were.

        Raises NoMailbox, and what `Intake.take` raises: the next look then begins with the same mail.
        """
        box = await _step(Box, self._account, otherwise=Box.leave)
        try:
            kept = await self._progress()
            if kept.get("edition") == box.edition:
                return await self._new(box, int(kept["number"]))
            return await self._first(box)
        except (OSError, imaplib.IMAP4.error) as error:
            raise NoMailbox(f"The line to the mailbox broke ({type(error).__name__}).") from None
        finally:
            await asyncio.to_thread(box.leave)

    async def _new(self, box: Box, mark: int) -> int:
        found = (await _step(box.after, mark))[:A_LOOK]
        for number in found:
            await self._take(box, number, quiet=False)
            await self._remember(box.edition, number)
            await _step(box.done, number)
        return len(found)

    async def _first(self, box: Box) -> int:
        """The mailbox is new to us, or has new numbers: of what lies there, what is for us and not handled yet."""
        last = max(await _step(box.after, 0), default=0)
        found = await _step(box.since, self._clock() - BACK)
        for number in found:
            await self._take(box, number, quiet=True)
        await self._remember(box.edition, last)
        return len(found)

    async def _take(self, box: Box, number: int, *, quiet: bool) -> None:
        mail = await _step(box.fetch, number)
        if mail is None:
            return
        try:
            await self._intake.take(mail[0], quiet=quiet, too_large=mail[1])
        except (Busy, DatabaseTrouble, OSError):
            raise
        except Exception as error:
            if trouble(error) is not None:
                raise  # the database's, not the mail's: it waits, however long that takes
            self._stumbles[number] += 1
            if self._stumbles[number] < TRIES:
                raise
            # One mail that we trip over must not keep all others from coming in.
            log.error("a mail is given up", number=number, reason=type(error).__name__)

    async def _progress(self) -> dict[str, Any]:
        async with self._database.reading() as session:
            fact = await session.get(Fact, self._account.name)
            return {} if fact is None else fact.value

    async def _remember(self, edition: int, number: int) -> None:
        value = {"edition": edition, "number": number}
        row = {"name": self._account.name, "value": value, "at": self._clock()}
        async with self._database.writing() as session:
            await session.execute(upsert(session, Fact, key=("name",), change=("value", "at")).values(**row))


async def _step(
    act: Callable[..., Result], *given: Any, otherwise: Callable[[Result], None] | None = None
) -> Result:
    """Wait for the network in a thread. Whoever stops us meanwhile waits a moment until the step is over, for a line is
    used by one at a time; `otherwise` is done with a result that nobody wants any more."""
    step = asyncio.create_task(asyncio.to_thread(act, *given))
    try:
        return await asyncio.shield(step)
    except asyncio.CancelledError:
        await asyncio.wait({step}, timeout=A_MOMENT)
        if step.done() and not step.cancelled() and step.exception() is None and otherwise is not None:
            await asyncio.to_thread(otherwise, step.result())
        raise
