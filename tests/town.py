"""A make-believe town for conversations in tests: "alice taps … alice sees …", through the real dispatcher, services,
database and postman. Only the wire is of paper: what the postman delivers lands on each person's `screen`."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from sqlalchemy import func, select

from bot import i18n, kinds
from bot.app import Folkmoot, build, running
from bot.clock import SetClock
from bot.message import Command, Content, Incoming, Message, Place, Receipt, Tap, Words
from bot.models import Ballot, Community, Envelope, Mailing, Poll, Tally
from bot.pace import Limits
from bot.services.community import communities, invitations
from bot.services.polling import polls
from bot.settings import Settings
from tests.paper import PaperChannel, Screen

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
PATIENCE = 30.0  # seconds a test waits for what must come
_HELD = select(Mailing.id).where(Mailing.held_at.is_not(None))  # is not due until it is released
_DUE = (
    select(Envelope.id)
    .where(Envelope.state.in_(("waiting", "claimed", "retry")))
    .where(Envelope.mailing_id.is_(None) | Envelope.mailing_id.not_in(_HELD))
    .limit(1)
)
GLANCE = 0.003  # seconds between two looks
WAKE = 8  # looks between two times that a postman is woken while something is due


@dataclass
class Person:
    """Somebody with a chat. Each act returns once it was answered and everything said about it has arrived."""

    town: Town
    name: str
    language: str = "en"
    channel: str = "paper"
    group: str | None = None
    administers: bool | None = True

    @property
    def chat(self) -> str:
        return self.group or self.name

    @property
    def screen(self) -> Screen:
        return self.town.paper.screens.setdefault(self.chat, Screen())

    @property
    def text(self) -> str:
        """Everything on the screen, buttons in brackets, without markup."""
        shown = []
        for message in self.screen.messages.values():
            shown.append(str(message.text.striptags() if "<" not in message.text else _plain(message)))
            shown += [" ".join(f"[{button.label}]" for button in row) for row in message.rows]
        return "\n".join(shown)

    @property
    def latest(self) -> str:
        """The newest message, buttons in brackets."""
        message = list(self.screen.messages.values())[-1]
        rows = [" ".join(f"[{button.label}]" for button in row) for row in message.rows]
        return "\n".join([_plain(message), *rows])

    def sees(self, words: str) -> bool:
        """Whether the screen shows these words, or they were the note under a tap."""
        return words in self.text or any(words in toast for toast in self.screen.toasts)

    async def says(self, text: str) -> Receipt:
        """Type something; a slash makes it a command."""
        if text.startswith("/"):
            name, _, rest = (
                text[1:].partition(" ") if "\n" not in text.split(" ")[0] else text[1:].partition("\n")
            )
            return await self.does(Command(name.lower(), rest))
        return await self.does(Words(text))

    async def opens(self, code: str) -> Receipt:
        """Open a link."""
        return await self.does(Command("start", code))

    async def taps(self, label: str) -> Receipt:
        """Tap the newest button whose label holds these words."""
        name, payload = self.button(label)
        return await self.presses(payload, on=name)

    async def presses(self, payload: str, *, on: str) -> Receipt:
        """Press a button of the message `on`, whatever it shows by now."""
        return await self.does(Tap(payload, query=f"q{next(self.town.numbers)}"), message=on)

    async def does_press(self, payload: str) -> Receipt:
        """Press a button that may be shown nowhere."""
        return await self.does(Tap(payload, query=f"q{next(self.town.numbers)}"))

    @property
    def heard(self) -> str:
        """The newest note under a tap."""
        return self.screen.toasts[-1] if self.screen.toasts else ""

    def button(self, label: str) -> tuple[str, str]:
        """The message and payload of the newest button whose label holds these words; exact labels first."""
        exact: list[tuple[str, str]] = []
        near: list[tuple[str, str]] = []
        for name, message in self.screen.messages.items():
            for button in itertools.chain.from_iterable(message.rows):
                if button.payload is not None:
                    if button.label.removeprefix("✔ ") == label or button.label == label:
                        exact.append((name, button.payload))
                    elif label in button.label:
                        near.append((name, button.payload))
        if not exact and not near:
            raise AssertionError(f"{self.name} finds no button {label!r} in:\n{self.text}")
        return (exact or near)[-1]

    async def shares_place(self, lat: float, long: float) -> Receipt:
        """Share a point on the earth."""
        return await self.does(Place(lat, long))

    async def does(
        self,
        what: Content,
        *,
        message: str | None = None,
        key: str | None = None,
        album: str | None = None,
    ) -> Receipt:
        """Submit anything at all."""
        incoming = self.incoming(what, message=message, key=key, album=album)
        receipt = await self.town.folkmoot.dispatcher.submit(incoming)
        await self.town.quiet()
        return receipt

    def incoming(
        self,
        what: Content,
        *,
        message: str | None = None,
        key: str | None = None,
        album: str | None = None,
    ) -> Incoming:
        return Incoming(
            channel=self.channel,
            key=key or f"u{next(self.town.numbers)}",
            chat=self.chat,
            sender=self.name,
            what=what,
            language=self.language,
            message=message,
            group=self.group is not None,
            album=album,
            administers=self.administers if self.group else None,
        )


@dataclass
class Town:
    """A running service with a paper channel, a clock that stands still, and people."""

    waits_for: ClassVar[tuple[str, ...]] = ("paper",)
    """The channels whose letters have arrived when an act is over; others are waited for by their own fakes."""

    folkmoot: Folkmoot
    paper: PaperChannel
    clock: SetClock
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def stranger(self, name: str, language: str = "en") -> Person:
        """Somebody we do not know yet."""
        return Person(self, name, language)

    async def community(self, slug: str = "elm-park", **given: object) -> Community:
        """A community; made once."""
        async with self.folkmoot.database.writing() as session:
            found = await communities.by_slug(session, slug)
            if found is not None:
                return found
            details: dict[str, object] = {
                "zone": "Europe/London",
                "languages": ("en", "cy", "pl", "ur"),
                "areas": ("North", "South"),
                **given,
            }
            name = slug.replace("-", " ").title()
            return await communities.add(session, slug, {"en": name}, now=self.clock(), **details)  # type: ignore[arg-type]

    async def organiser(self, name: str = "Olga", slug: str = "elm-park", language: str = "en") -> Person:
        """An organiser who came by an invitation of the operator."""
        person = self.stranger(name, language)
        await person.opens(await self.invitation("organiser", slug))
        return person

    async def invitation(self, role: str, slug: str = "elm-park") -> str:
        """A code of the operator, with which somebody becomes an organiser."""
        assert role == "organiser", "posts of bodies are given in tests/bodies.py"
        community = await self.community(slug)
        async with self.folkmoot.database.writing() as session:
            offer = await invitations.make(session, community, by=None, now=self.clock())
            return offer.code

    async def member(self, name: str, slug: str = "elm-park", language: str = "en") -> Person:
        """Somebody who has joined, and was asked the three questions already."""
        await self.community(slug)
        person = self.stranger(name, language)
        await person.opens(slug)
        await person.does(Tap(_join(person)))
        await person.says("/cancel")
        return person

    async def poll(self, question: str, *choices: str, by: Person | None = None, closes: str = "") -> Poll:
        """A poll that an organiser sent with the one-line form."""
        organiser = by or await self.organiser()
        parts = [question, *choices, *([f"closes {closes}"] if closes else [])]
        await organiser.says("/poll " + " | ".join(parts))
        await organiser.taps("Send")
        return await self.newest_poll()

    async def newest_poll(self) -> Poll:
        """The poll that was sent last."""
        async with self.folkmoot.database.reading() as session:
            return (await session.scalars(select(Poll).order_by(Poll.id.desc()).limit(1))).one()

    async def result(self, poll: Poll) -> dict[str, float]:
        """Votes by choice, recounted from the ballots and compared with the tally."""
        async with self.folkmoot.database.reading() as session:
            fresh = await session.get_one(Poll, poll.id)
            recounted = await polls.recount(session, fresh)
            tally = await session.get_one(Tally, poll.id)
            assert recounted == tally.counts, "the tally differs from a recount"
            ballots = await session.scalar(
                select(func.count()).select_from(Ballot).where(Ballot.poll_id == poll.id)
            )
            assert tally.took_part == ballots, "people differ from ballots"
            table = kinds.named(fresh.kind).table(fresh.form, recounted, i18n.tongue(i18n.SOURCE))
            return {bar.label: bar.value for bar in table.bars}

    async def passes(self, **span: float) -> None:
        """Let time go by, and the clock tick once."""
        self.clock.pass_by(timedelta(**span))
        await self.tick()

    async def tick(self) -> None:
        """All jobs run once."""
        for entry in self.folkmoot.jobs.entries:
            await self.folkmoot.jobs.run(entry)
        await self.quiet()

    async def quiet(self) -> None:
        """Wait until nothing that is due is unsent."""
        deadline = time.monotonic() + PATIENCE
        for look in itertools.count():
            await asyncio.sleep(GLANCE if look else 0)
            if time.monotonic() > deadline:
                raise AssertionError("the postman did not finish in time")
            seldom = look % WAKE == WAKE - 1
            if not seldom and any(postman.in_hand for postman in self.folkmoot.postmen.values()):
                continue
            async with self.folkmoot.database.reading() as session:
                due = await session.scalar(_DUE.where(Envelope.channel.in_(self.waits_for)))
            if due is None:
                return
            if seldom:  # each time it looks into the tables; a commit has woken it already
                for postman in self.folkmoot.postmen.values():
                    postman.wake()


def _join(person: Person) -> str:
    return person.button("Join")[1] if person.sees("Join") else person.button("Dołącz")[1]


def _plain(message: Message) -> str:
    """A message's words without tags, its line breaks kept."""
    return str("\n".join(str(line.striptags()) for line in message.text.split("\n")))


@asynccontextmanager
async def a_town(url: str, before: Town | None = None, **given: object) -> AsyncIterator[Town]:
    """A running town on that database. One that was there `before` starts again: its people keep their screens."""
    clock = SetClock(before.clock.now if before else MONDAY)
    settings = Settings(_env_file=None, database_url=url, webchat=False, **given)  # type: ignore[call-arg, arg-type]
    folkmoot = build(settings, clock=clock)
    paper = PaperChannel(before.paper if before else None)
    folkmoot.add(paper, Limits())
    folkmoot.jobs.start = lambda: None  # type: ignore[method-assign]  # time passes only when a test says so
    async with running(folkmoot, listen=False):
        town = Town(folkmoot, paper, clock, *([before.numbers] if before else []))
        deadline = time.monotonic() + PATIENCE
        while not folkmoot.postmen["paper"].on_duty and time.monotonic() < deadline:
            await asyncio.sleep(0.005)
        yield town
