"""The terminal channel: prints what the postman brings, and reads what one person types."""

from __future__ import annotations

import asyncio
import itertools
import os
import re
from hashlib import blake2s
from pathlib import Path
from uuid import uuid4

from rich.console import Console
from rich.text import Text

from bot.channels.terminal.paint import harmless, painted
from bot.drawer import Drawer
from bot.message import ISOLATES, Button, Command, Content, Incoming, Media, Parcel, Place, Tap, Words
from bot.services.files import Made

ANYBODY = "me"
"""Who talks when no name was given."""

_COMMAND = re.compile(r"/([A-Za-z_]+)\s*(.*)", re.DOTALL)
_PLACE = re.compile(r"(-?\d{1,2}\.\d+)\s*,\s*(-?\d{1,3}\.\d+)")


class Terminal:
    """One person's terminal; implements `Channel`. A button keeps its number until newer buttons are shown. Files that
    we made, from the `drawer`, are written into `folder`."""

    trouble: str | None = None

    def __init__(
        self,
        person: str,
        console: Console,
        *,
        language: str | None = None,
        drawer: Drawer | None = None,
        folder: Path = Path(),
    ) -> None:
        self.person = person
        # A channel has one postman at a time, and what it carries must come out here, not in a neighbour's terminal.
        self.name = (
            "terminal"
            if person == ANYBODY
            else f"terminal:{blake2s(person.encode(), digest_size=8).hexdigest()[:7]}"
        )
        self._console = console
        self._language = language
        self._drawer, self._folder = drawer, folder
        self._buttons: list[tuple[str, str]] = []  # payload and message
        self._answered = False

    @property
    def credential(self) -> str:
        """Nobody else has this terminal."""
        return self.name

    async def deliver(self, parcel: Parcel) -> str | None:
        """Print it. What is printed cannot be changed, so a changed message is printed again."""
        if parcel.action == "toast":
            self._note(parcel)
            return None
        if parcel.message.only_place:
            return None  # nobody can share one here
        reference = parcel.target if parcel.action == "edit" and parcel.target else str(parcel.envelope)
        if parcel.message.media is not None:
            self._console.print(await self._lying_with(parcel.message.media), soft_wrap=True)
        self._console.print(painted(parcel.message.text), soft_wrap=not self._console.is_terminal)
        for row in parcel.message.rows:
            for button in row:
                self._console.print(self._shown(button, reference), soft_wrap=True)
        self._console.print()
        return reference

    def link(self, code: str, community: str) -> str | None:
        """Nobody can be sent here by a link."""
        return None

    async def open(self) -> None:
        """Nothing to connect."""

    async def rest(self) -> None:
        """Whoever reads the terminal stops reading."""

    async def close(self) -> None:
        """Nothing to let go of."""

    def incoming(self, line: str) -> Incoming:
        """What a typed line means: a button's number, `/command`, a place such as `51.55, 0.19`, or words."""
        key = uuid4().hex
        number = int(line) if line.isdecimal() and len(line) < 4 else 0
        self._answered = True
        if 0 < number <= len(self._buttons):
            payload, message = self._buttons[number - 1]
            return self._by_me(key, Tap(payload, query=key), message)
        return self._by_me(key, _typed(line))

    def _by_me(self, key: str, what: Content, message: str | None = None) -> Incoming:
        return Incoming(self.name, key, self.person, self.person, what, self._language, message)

    async def _lying_with(self, media: Media) -> Text:
        """What lies with a message; what we made is written to a file, and its path told."""
        made = await self._drawer.take(media.key) if self._drawer and media.key else None
        if made is None:
            return _shown_as(media)
        path = await asyncio.to_thread(_written, self._folder, made)
        return Text.assemble(_shown_as(media), " → ", (str(path), "underline"))

    def _note(self, parcel: Parcel) -> None:
        if parcel.message.text:
            self._console.print(Text("» ", "dim") + painted(parcel.message.text), soft_wrap=True)

    def _shown(self, button: Button, message: str) -> Text:
        label = harmless(button.label)
        if button.payload is None:
            return Text.assemble("    ", label, ": ", (button.url or "", "underline"))
        if self._answered:
            self._buttons.clear()
            self._answered = False
        self._buttons.append((button.payload, message))
        return Text.assemble((f"{len(self._buttons):>3} ", "bold cyan"), label)


def _shown_as(media: Media) -> Text:
    """What lies with a message, as a terminal can tell it: without words, which are the reader's."""
    told = harmless(media.about or media.name or "")
    return Text(f"{MARKS[media.kind]} {told}".rstrip(), "cyan")


MARKS = {"photo": "🖼", "document": "📄"}


def _written(folder: Path, made: Made) -> Path:
    """Write a file under its own name, with a number where that is taken; it is for nobody else on this machine."""
    folder.mkdir(parents=True, exist_ok=True)
    stem, _, ending = made.name.rpartition(".")
    for number in itertools.count(1):
        path = folder / (made.name if number == 1 else f"{stem} {number}.{ending}")
        try:
            place = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(place, "wb") as file:
            file.write(made.content)
        return path
    raise AssertionError  # numbers do not end


def _typed(line: str) -> Content:
    line = line.translate(ISOLATES)
    if found := _COMMAND.fullmatch(line):
        return Command(found[1].lower(), found[2])
    if found := _PLACE.fullmatch(line):
        return Place(float(found[1]), float(found[2]))
    return Words(line)
