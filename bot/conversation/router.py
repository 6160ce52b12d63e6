"""Where an incoming thing goes: lookups in dictionaries, never predicates. A duplicate fails at start-up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n
from bot.conversation.offering import Offer, Offers
from bot.conversation.searching import Finder, Findings, Search
from bot.conversation.turn import Outcome, Turn
from bot.errors import BadPress
from bot.message import Attached, Command, Content, Incoming, Tap, Words
from bot.models import Resident
from bot.press import Press, code_of

if TYPE_CHECKING:
    from bot.conversation.flow import Ask

P = TypeVar("P", bound=Press)
C = TypeVar("C", bound=Content)

PressHandler = Callable[[Turn, P], Awaitable[Outcome]]
LookAhead = Callable[[AsyncSession, Sequence[tuple[Resident, P]]], Awaitable[None]]
"""Has ready in the session what the handler will read, for all presses of its kind that arrived together."""

CommandHandler = Callable[[Turn, str], Awaitable[Outcome]]
FlowFunction = Callable[["Ask", Turn], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class CommandEntry:
    """A command: `words` are what may be typed instead, `about` its line in menus and help (both msgids).

    `role` says who finds it in menus and help: "resident" for everyone, "organiser", "officer", several with a space
    between them, or None for nobody.
    `groups` says that it may be answered before everybody in a group; all else moves to the private chat. With
    `encloses` it may stand below a picture or a document, with `several` below an album too; with `places` it wants to
    know where a picture was taken. `administrators`: in a group it asks whether the sender is
    one of its administrators.
    """

    name: str
    handler: CommandHandler
    words: str | None
    about: str | None
    role: str | None
    groups: bool
    encloses: bool = False
    several: bool = False
    places: bool = False
    administrators: bool = False

    def found_by(self, roles: Collection[str]) -> bool:
        """Whether whoever has these roles finds it in menus and help."""
        return self.about is not None and not set((self.role or "").split()).isdisjoint(roles)


@dataclass(frozen=True, slots=True)
class PressEntry:
    """What answers the presses of one kind."""

    kind: type[Press]
    handler: PressHandler[Any]
    look_ahead: LookAhead[Any] | None
    offers: Offers[Any] | None = None


@dataclass(frozen=True, slots=True)
class FlowEntry:
    """A flow; a `casual` one is left without asking when a command comes in the middle. With `places` it wants to know
    where a picture was taken."""

    function: FlowFunction
    casual: bool
    places: bool = False


class Router:
    """Commands, press codes, flows, and what comes unprompted, each by exact lookup."""

    def __init__(self) -> None:
        self.commands: dict[str, CommandEntry] = {}
        self.presses: dict[str, PressEntry] = {}
        self.flows: dict[str, FlowEntry] = {}
        self.contents: dict[type, Callable[[Turn, Any], Awaitable[Outcome]]] = {}
        self.finders: dict[str, Finder] = {}
        self._spoken: dict[str, CommandEntry] = {}
        self._places = False

    def command(
        self,
        name: str,
        *,
        words: str | None = None,
        about: str | None = None,
        role: str | None = "resident",
        groups: bool = False,
        encloses: bool = False,
        several: bool = False,
        places: bool = False,
        administrators: bool = False,
    ) -> Callable[[CommandHandler], CommandHandler]:
        """The decorated function answers `/name`."""

        def register(handler: CommandHandler) -> CommandHandler:
            entry = CommandEntry(
                name, handler, words, about, role, groups, encloses, several, places, administrators
            )
            _put(self.commands, name, entry)
            return handler

        return register

    def press(
        self, kind: type[P], *, look_ahead: LookAhead[P] | None = None, offers: Offers[P] | None = None
    ) -> Callable[[PressHandler[P]], PressHandler[P]]:
        """The decorated function answers a tap on buttons of that kind. Where many arrive together, `look_ahead` may
        have ready what they will read; it refuses nothing, changes nothing, and may be left out. Where this kind is a
        cover of others, `offers` says what the page behind a link shows."""

        def register(handler: PressHandler[P]) -> PressHandler[P]:
            _put(self.presses, kind.code, PressEntry(kind, handler, look_ahead, offers))
            return handler

        return register

    def flow(
        self, name: str, *, casual: bool = False, places: bool = False
    ) -> Callable[[FlowFunction], FlowFunction]:
        """The decorated function is the flow of that name."""

        def register(function: FlowFunction) -> FlowFunction:
            _put(self.flows, name, FlowEntry(function, casual, places))
            return function

        return register

    def unprompted(
        self, kind: type[C], *, places: bool = False
    ) -> Callable[[Callable[[Turn, C], Awaitable[Outcome]]], Callable[[Turn, C], Awaitable[Outcome]]]:
        """The decorated function answers content of that kind when no flow waits for it; with `places` it wants to
        know where a picture was taken."""

        def register(
            handler: Callable[[Turn, C], Awaitable[Outcome]],
        ) -> Callable[[Turn, C], Awaitable[Outcome]]:
            _put(self.contents, kind, handler)
            self._places |= places
            return handler

        return register

    def finder(self, find: Finder) -> Finder:
        """The decorated function finds what somebody may show in any chat; there is one."""
        _put(self.finders, "finder", find)
        return find

    async def find(self, session: AsyncSession, search: Search, now: datetime) -> Findings:
        """What may be shown."""
        return await self.finders["finder"](session, search, now)

    @classmethod
    def of(cls, parts: Iterable[Router]) -> Router:
        """One router of many; ValueError names what two of them claim."""
        whole = cls()
        for part in parts:
            for mine, theirs in (
                (whole.commands, part.commands),
                (whole.presses, part.presses),
                (whole.flows, part.flows),
                (whole.contents, part.contents),
                (whole.finders, part.finders),
            ):
                for key, entry in theirs.items():
                    _put(mine, key, entry)
            whole._places |= part._places or any(flow.places for flow in part.flows.values())
        whole._spoken = _spoken_commands(whole.commands.values())
        return whole

    def encloses(self, name: str) -> bool:
        """Whether there is such a command, and it may stand below a picture or a document."""
        return name in self.commands and self.commands[name].encloses

    def takes_several(self, name: str) -> bool:
        """Whether that command may stand below an album."""
        return name in self.commands and self.commands[name].several

    def asks_for_place(self, incoming: Incoming) -> bool:
        """Whether the channel should find out first where a picture was taken (`Attached.place`)."""
        what = incoming.what
        if incoming.group or not isinstance(what, Attached) or not what.media.is_picture:
            return False
        entry = None if what.command is None else self.commands.get(what.command.name)
        return self._places if entry is None else entry.places

    def asks_for_administrators(self, incoming: Incoming) -> bool:
        """Whether the channel should find out first if the sender administers the group (`Incoming.administers`)."""
        what, entry = incoming.what, None
        if incoming.group and isinstance(what, Command):
            entry = self.commands.get(what.name)
        elif incoming.group and isinstance(what, Words):
            entry = self.spoken(what.text)
        return entry is not None and entry.administrators

    def spoken(self, text: str) -> CommandEntry | None:
        """The command that somebody typed as a word, in any of our languages."""
        return self._spoken.get(_plain(text))

    def tapped(self, payload: str) -> tuple[Press, PressEntry]:
        """The press and what answers it; BadPress for a payload that is none of ours."""
        entry = self.presses.get(code_of(payload))
        if entry is None:
            raise BadPress("an unknown code")
        return entry.kind.unpack(payload), entry

    async def offered(self, session: AsyncSession, resident: Resident, payload: str, now: datetime) -> Offer:
        """What the page behind a link with this payload offers. Raises BadPress where it can offer nothing, and
        Refused."""
        press, entry = self.tapped(payload)
        if entry.offers is None:
            raise BadPress("nothing to choose from")
        return await entry.offers(session, resident, press, now)

    async def look_ahead(self, turns: Iterable[Turn]) -> None:
        """Have ready what the handlers of these turns will read."""
        wishes: dict[LookAhead[Any], list[tuple[Resident, Press]]] = {}
        session = None
        for turn in turns:
            if isinstance(turn.incoming.what, Tap):
                with suppress(BadPress):
                    press, entry = self.tapped(turn.incoming.what.payload)
                    if entry.look_ahead is not None:
                        wishes.setdefault(entry.look_ahead, []).append((turn.resident, press))
                        session = turn.session
        for ahead, wished in wishes.items():
            assert session is not None  # noqa: S101 - somebody wished
            await ahead(session, wished)


def _put(shelf: dict[Any, Any], key: Any, entry: Any) -> None:
    if key in shelf:
        raise ValueError(f"{key!r} is claimed twice")
    shelf[key] = entry


def _spoken_commands(entries: Iterable[CommandEntry]) -> dict[str, CommandEntry]:
    spoken: dict[str, CommandEntry] = {}
    for entry in entries:
        if entry.words is None:
            continue
        for code in i18n.available():
            for word in str(i18n.tongue(code)._(entry.words).unescape()).split(","):
                claimed = spoken.setdefault(_plain(word), entry)
                if claimed is not entry:
                    raise ValueError(
                        f"the word {word.strip()!r} stands for /{claimed.name} and /{entry.name}"
                    )
    return spoken


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip("?.")
