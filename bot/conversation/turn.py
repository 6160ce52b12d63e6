"""One turn: who did what, where, when (`Turn`), and what came of it (`Outcome`, plain data)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Refused
from bot.i18n import Tongue, tongue
from bot.message import Action, Incoming, Media, Message, Rows, Tap
from bot.models import Address, Resident

if TYPE_CHECKING:
    from bot.conversation.router import CommandEntry

Links = Callable[[str, str], Mapping[str, str | None]]
"""(code, community slug) → {"telegram": …, "web": …}: where a code can be opened."""

Speeds = Mapping[str, float]
"""How many letters to many a channel takes in a second; one that is not named takes all of them at once."""


@dataclass(frozen=True, slots=True)
class Start:
    """A flow that shall begin: its name, what it is about (`given`), and answers known already."""

    flow: str
    given: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a handler wants to be said and to happen to the talk. It sends nothing by itself.

    `hush`: what the person said in this turn is kept nowhere but where the handler put it.
    """

    parts: tuple[tuple[Action, Message], ...] = ()
    start: Start | None = None
    hush: bool = False

    def say(self, message: Message | Markup | str, *rows: tuple[Any, ...]) -> Outcome:
        """Say something more, as a new message."""
        return self._with("send", as_message(message, rows))

    def edit(self, message: Message | Markup | str, *rows: tuple[Any, ...]) -> Outcome:
        """Replace the message that was tapped; where there is none, a new message is sent."""
        return self._with("edit", as_message(message, rows))

    def toast(self, sentence: Markup | str) -> Outcome:
        """Answer a tap with a short note."""
        return self._with("toast", as_message(sentence, ()))

    def begin(self, flow: str, /, *, answers: Mapping[str, Any] | None = None, **given: Any) -> Outcome:
        """Begin the flow of that name."""
        return replace(self, start=Start(flow, given, answers or {}))

    def hushed(self) -> Outcome:
        """Let no transcript keep what was said."""
        return replace(self, hush=True)

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(self.parts + other.parts, other.start or self.start, self.hush or other.hush)

    def _with(self, action: Action, message: Message) -> Outcome:
        return replace(self, parts=(*self.parts, (action, message)))


SILENCE = Outcome()
"""A deliberate nothing."""


@dataclass(slots=True)
class Turn:
    """What a handler works with. `address` is where the answer goes, `resident` who did it.

    `rehearsal` is true when nothing will be kept: somebody looks at a link and has not acted yet. `enclosed` is what
    came along: a picture or a document, or the kind of something else, and `beside` what is known besides (see
    `along`). `further` says that it is one more of an album whose first has been answered. `site` is the address of
    our pages, where the operator has told it.
    """

    session: AsyncSession
    now: datetime
    incoming: Incoming
    address: Address
    resident: Resident
    links: Links
    commands: Mapping[str, CommandEntry]
    rehearsal: bool = False
    speeds: Speeds = field(default_factory=dict)
    enclosed: Media | str | None = None
    beside: Mapping[str, Any] = field(default_factory=dict)
    further: bool = False
    site: str | None = None

    @property
    def tongue(self) -> Tongue:
        """The resident's language."""
        return tongue(self.resident.language)

    def along(self) -> dict[str, Any]:
        """What a flow is begun with, so that it has what came with this turn: `turn.begin("…", **turn.along())`."""
        return (
            {"enclosed": self.enclosed.as_json(), **self.beside} if isinstance(self.enclosed, Media) else {}
        )

    @property
    def written(self) -> str | None:
        """What was written beside a button that asks for words (`Press.asks`); None where there was no room for it."""
        return self.incoming.what.words if isinstance(self.incoming.what, Tap) else None

    def _(self, sentence: str, /, **holes: Any) -> Markup:
        return self.tongue._(sentence, **holes)

    def n_(self, one: str, many: str, n: int, /, **holes: Any) -> Markup:
        """The plural form for `n`."""
        return self.tongue.n_(one, many, n, **holes)

    def say(self, message: Message | Markup | str, *rows: tuple[Any, ...]) -> Outcome:
        """Answer with a new message."""
        return SILENCE.say(message, *rows)

    def edit(self, message: Message | Markup | str, *rows: tuple[Any, ...]) -> Outcome:
        """Answer by replacing the message that was tapped, if it was a tap; else with a new one."""
        return SILENCE.edit(message, *rows)

    def toast(self, sentence: Markup | str) -> Outcome:
        """Answer a tap with a short note."""
        return SILENCE.toast(sentence)

    def begin(self, flow: str, /, *, answers: Mapping[str, Any] | None = None, **given: Any) -> Outcome:
        """Begin a flow."""
        return SILENCE.begin(flow, answers=answers, **given)

    def refusal(self, no: Refused) -> Outcome:
        """Say no in the reader's language: under the finger where it was a tap, else as a message."""
        sentence = self._(no.sentence, **no.holes)
        fits = len(sentence) <= _TOAST or self.incoming.elsewhere
        if isinstance(self.incoming.what, Tap) and self.incoming.what.query and fits:
            return self.toast(sentence)
        return self.say(sentence)

    def apology(self) -> Outcome:
        """What a person hears when we failed."""
        return self.say(self._("Something went wrong on our side. Nothing was saved; please try again."))


_TOAST = 200  # characters; Bot API, answerCallbackQuery.text


def as_message(what: Message | Markup | str, rows: Rows | tuple[tuple[Any, ...], ...]) -> Message:
    """A message from a sentence and rows of buttons."""
    if isinstance(what, Message):
        return replace(what, rows=(*what.rows, *rows)) if rows else what
    return Message(what if isinstance(what, Markup) else Markup.escape(what), tuple(rows))
