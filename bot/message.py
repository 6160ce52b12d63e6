"""The words that channels and conversations share: what comes in (`Incoming`), what goes out (`Message`, `Parcel`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from markupsafe import Markup, escape

from bot.media import Media as Media
from bot.press import Press

ISOLATES = dict.fromkeys(range(0x2066, 0x206A))
"""The invisible marks that isolate directions, for `str.translate` to remove."""

ELSEWHERE = "inline:"
"""What the name of a chat begins with that is one message of ours in a chat that we are not in."""


def units(text: str) -> int:
    """Length as messengers count it: in code units of UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


# --- what comes in -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Words:
    """Plain text that somebody typed, without marks of direction that came along with something copied."""

    text: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", self.text.translate(ISOLATES))


@dataclass(frozen=True, slots=True)
class Command:
    """`/name rest`; `name` in lower case and without the slash. A link's code arrives as `/start code`."""

    name: str
    rest: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "rest", self.rest.translate(ISOLATES))


@dataclass(frozen=True, slots=True)
class Tap:
    """A button was pressed. `query` is what the channel wants answered, if it waits for an answer; `words` are what was
    written beside it, on a page that had a field for them (`Press.asks`)."""

    payload: str
    query: str | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the earth in WGS 84 degrees."""

    lat: float
    long: float


@dataclass(frozen=True, slots=True)
class Blocked:
    """Nobody reads here any more: the bot was blocked or thrown out."""


@dataclass(frozen=True, slots=True)
class Unblocked:
    """The bot may write here (again)."""


@dataclass(frozen=True, slots=True)
class MovedTo:
    """This chat goes on under the name `chat`."""

    chat: str


@dataclass(frozen=True, slots=True)
class Attached:
    """One picture or document, with the words below it; `command` is the command that they are, if they are one.
    `place` is where it says that it was taken: here and not in `Media`, so that no letter carries it on."""

    media: Media
    text: str = ""
    command: Command | None = None
    place: Place | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", self.text.translate(ISOLATES))


@dataclass(frozen=True, slots=True)
class Reply:
    """Words in answer to a letter of ours about something that has a reference (`Incoming.about`).

    `to` is the chat that the letter went to: the sender has shown that they hold it, so they read what is meant for
    that chat, whoever they are. `media` came along, `left_out` counts what came along and was not taken.
    """

    text: str
    to: str
    media: tuple[Media, ...] = ()
    left_out: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", self.text.translate(ISOLATES))


@dataclass(frozen=True, slots=True)
class Odd:
    """Something nobody asked for; `kind` is one of the kinds in `handlers/odd.py`, `command` what stood below it."""

    kind: str
    command: Command | None = None


Content = Words | Command | Tap | Place | Attached | Reply | Blocked | Unblocked | MovedTo | Odd


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing that one person did, as its channel understood it.

    `key` names the update within its channel: the same update that comes twice has the same key. `chat` is where an
    answer goes, `sender` who did it; in a private chat the two are the same. `message` is the channel's name for the
    message that a tap came from, `language` what the app or browser is set to, as a BCP 47 tag, `source` the code of
    the link or page that somebody came by, when the channel knows it.
    `takes_note` says that the channel carries a tap's note back with the receipt. It cannot tell whether the note
    arrived, so this is for notes only: whoever misses one still sees the message change.
    `album` is the channel's name for several things sent at once, which come one by one (see `conversation/flow.py`).
    `administers` says whether the sender is an administrator of the group, where that is asked for
    (`Router.asks_for_administrators`); None where it was not, or could not be found out.
    `about` is the reference of what it is about, where the channel knows it (`Message.thread`); what is answered is
    about the same, unless it says otherwise.
    `by_link`: it was tapped on a page behind a link, where nothing can be edited: an edit would be a new letter.
    `at` is when it was handed in; the dispatcher notes it.
    """

    channel: str
    key: str
    chat: str
    sender: str
    what: Content
    language: str | None = None
    message: str | None = None
    group: bool = False
    source: str | None = None
    takes_note: bool = False
    administers: bool | None = None
    album: str | None = None
    about: str | None = None
    by_link: bool = False
    at: datetime | None = field(default=None, compare=False)

    @property
    def elsewhere(self) -> bool:
        """Whether it happened under a message of ours in a chat that we are not in: nothing can be said there."""
        return self.chat.startswith(ELSEWHERE)


# --- what goes out -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Button:
    """One button: a `press` that comes back to us, or a `url` to open. The label is plain text."""

    label: str
    press: Press | str | None = None
    url: str | None = None

    def __post_init__(self) -> None:
        if (self.press is None) == (self.url is None):
            raise ValueError("a button has a press or a url")
        if isinstance(self.label, Markup):
            object.__setattr__(self, "label", self.label.unescape())

    @property
    def payload(self) -> str | None:
        """The packed press."""
        return self.press.pack() if isinstance(self.press, Press) else self.press


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Message:
    """What is said. `text` may use <b>, <i>, <code> and <a href>; lines end with a newline.

    `wants_place` tells a channel that can offer it to offer "share my place". `media` goes with it. `subject` is its
    heading, plain, and `thread` the reference of what it is about, for channels that know such things. `opens` is a
    code and its community (see `Channel.link`), where only a chat can do what its buttons do. `only_in_place`: nobody
    waits for it, so an edit of what is gone is not sent anew. `only_place`: it stands above the one with the buttons,
    where a channel shows either those or "share my place"."""

    text: Markup
    rows: Rows = ()
    wants_place: bool = False
    media: Media | None = None
    subject: str | None = None
    thread: str | None = None
    opens: tuple[str, str] | None = None
    only_in_place: bool = False
    only_place: bool = False

    def __post_init__(self) -> None:
        # Plain text that a caller passed in spite of the type becomes markup here, so nothing is ever left unescaped.
        object.__setattr__(self, "text", escape(self.text))

    def as_json(self) -> dict[str, Any]:
        """The shape kept in the outbox."""
        rows = [[{"label": b.label, "press": b.payload, "url": b.url} for b in row] for row in self.rows]
        kept: dict[str, Any] = {"text": str(self.text), "rows": rows, "wants_place": self.wants_place}
        kept |= {name: value for name in _SELDOM if (value := getattr(self, name))}
        return kept | ({"media": self.media.as_json()} if self.media else {})

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Message:
        """Read what `as_json` wrote."""
        rows = tuple(tuple(Button(**button) for button in row) for row in kept.get("rows", ()))
        media = Media.from_json(kept["media"]) if "media" in kept else None
        more = {name: kept[name] for name in _SELDOM if name in kept}
        more |= {"opens": tuple(kept["opens"])} if "opens" in kept else {}
        return cls(Markup(kept["text"]), rows, kept.get("wants_place", False), media, **more)  # noqa: S704 - our own


_SELDOM = ("subject", "thread", "opens", "only_in_place", "only_place")


Action = Literal["send", "edit", "toast"]
"""send: a new message · edit: replace the message `target` · toast: a short note for the tap `target`."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One envelope on its way: everything a channel needs to deliver it, and the postman to decide about it.

    `letter` is the number of the letter whose words these are, the same for all who get them.
    `asked_at` is when what it answers came in, or when it was put.
    """

    envelope: int
    chat: str
    action: Action
    message: Message
    target: str | None = None
    lane: int = 0
    attempts: int = 0
    expires_at: datetime | None = None
    letter: int | None = None
    asked_at: datetime | None = field(default=None, compare=False)


class Channel(Protocol):
    """What the postman and the composition root need of a channel."""

    name: str
    """As it stands in `addresses.channel`."""

    @property
    def credential(self) -> str:
        """Names what only one postman at a time may use; holds no secret."""

    async def deliver(self, parcel: Parcel) -> str | None:
        """Deliver and return the channel's name for the message; raises DeliveryFailed."""

    def link(self, code: str, community: str) -> str | None:
        """The address of `code` (of a poll, an invitation …) in this channel, if it has such a thing."""

    async def open(self) -> None:
        """Connect and begin to receive."""

    async def rest(self) -> None:
        """Stop receiving; what is still to be delivered may be."""

    async def close(self) -> None:
        """Let go of everything."""

    @property
    def trouble(self) -> str | None:
        """Why the channel is not connected just now, or None when all is well."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one Incoming, given after its commit. `seen`: it had been handled before, nothing was done.
    `note` is the short note for a tap whose channel takes it along; it is in no outbox. `hush`: what was said is not to
    be kept in a transcript."""

    outcome: Literal["done", "refused", "seen", "broken"]
    note: Message | None = None
    hush: bool = False
