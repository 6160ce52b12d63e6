"""Where an incoming thing goes: lookups in dictionaries, never predicates. A duplicate fails at start-up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from bot import i18n
from bot.conversation.turn import Outcome, Turn
from bot.errors import BadPress
from bot.message import Content
from bot.press import Press, code_of

if TYPE_CHECKING:
    from bot.conversation.flow import Ask

P = TypeVar("P", bound=Press)
C = TypeVar("C", bound=Content)

CommandHandler = Callable[[Turn, str], Awaitable[Outcome]]
FlowFunction = Callable[["Ask", Turn], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class CommandEntry:
    """A command: `words` are what may be typed instead, `about` its line in menus and help (both msgids).

    `role` is the least role that finds it in menus and help: "resident", "organiser", or None for nobody.
    `groups` says that it may be answered before everybody in a group; all else moves to the private chat.
    """

    name: str
    handler: CommandHandler
    words: str | None
    about: str | None
    role: str | None
    groups: bool


@dataclass(frozen=True, slots=True)
class FlowEntry:
    """A flow; a `casual` one is left without asking when a command comes in the middle."""

    function: FlowFunction
    casual: bool


class Router:
    """Commands, press codes, flows, and what comes unprompted, each by exact lookup."""

    def __init__(self) -> None:
        self.commands: dict[str, CommandEntry] = {}
        self.presses: dict[str, tuple[type[Press], Callable[[Turn, Any], Awaitable[Outcome]]]] = {}
        self.flows: dict[str, FlowEntry] = {}
        self.contents: dict[type, Callable[[Turn, Any], Awaitable[Outcome]]] = {}
        self._spoken: dict[str, CommandEntry] = {}

    def command(
        self,
        name: str,
        *,
        words: str | None = None,
        about: str | None = None,
        role: str | None = "resident",
        groups: bool = False,
    ) -> Callable[[CommandHandler], CommandHandler]:
        """The decorated function answers `/name`."""

        def register(handler: CommandHandler) -> CommandHandler:
            _put(self.commands, name, CommandEntry(name, handler, words, about, role, groups))
            return handler

        return register

    def press(
        self, kind: type[P]
    ) -> Callable[[Callable[[Turn, P], Awaitable[Outcome]]], Callable[[Turn, P], Awaitable[Outcome]]]:
        """The decorated function answers a tap on buttons of that kind."""

        def register(
            handler: Callable[[Turn, P], Awaitable[Outcome]],
        ) -> Callable[[Turn, P], Awaitable[Outcome]]:
            _put(self.presses, kind.code, (kind, handler))
            return handler

        return register

    def flow(self, name: str, *, casual: bool = False) -> Callable[[FlowFunction], FlowFunction]:
        """The decorated function is the flow of that name."""

        def register(function: FlowFunction) -> FlowFunction:
            _put(self.flows, name, FlowEntry(function, casual))
            return function

        return register

    def unprompted(
        self, kind: type[C]
    ) -> Callable[[Callable[[Turn, C], Awaitable[Outcome]]], Callable[[Turn, C], Awaitable[Outcome]]]:
        """The decorated function answers content of that kind when no flow waits for it."""

        def register(
            handler: Callable[[Turn, C], Awaitable[Outcome]],
        ) -> Callable[[Turn, C], Awaitable[Outcome]]:
            _put(self.contents, kind, handler)
            return handler

        return register

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
            ):
                for key, entry in theirs.items():
                    _put(mine, key, entry)
        whole._spoken = _spoken_commands(whole.commands.values())
        return whole

    def spoken(self, text: str) -> CommandEntry | None:
        """The command that somebody typed as a word, in any of our languages."""
        return self._spoken.get(_plain(text))

    def tapped(self, payload: str) -> tuple[Press, Callable[[Turn, Any], Awaitable[Outcome]]]:
        """The press and its handler; BadPress for a payload that is none of ours."""
        entry = self.presses.get(code_of(payload))
        if entry is None:
            raise BadPress("an unknown code")
        kind, handler = entry
        return kind.unpack(payload), handler


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
