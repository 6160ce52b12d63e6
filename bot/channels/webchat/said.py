"""What a page posts, by form or by script: read, bounded, and put into the words of the conversation."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

from bot.channels.webchat.guard import TurnedAway
from bot.i18n import N_, Tongue, available
from bot.letters.people.people import Speak
from bot.message import ISOLATES, Attached, Command, Content, Incoming, Media, Message, Place, Tap, Words

TEXT_LIMIT = 4096
CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")

UNCLEAR = N_("We could not read that. Please go back and try again.")
TOO_LONG = N_("That is longer than {limit} letters. Please send it in parts.")
EMPTY = N_("There was nothing in your message yet. Please write a few words.")

LABELS = {
    "desk": N_("My desk"),
    "help": N_("Help"),
    "myreports": N_("My reports"),
    "polls": N_("My polls"),
    "report": N_("Report a problem"),
    "start": N_("Start"),
}
"""Commands that have a button of their own on the page, and what the button says."""

_KEY = re.compile(r"[A-Za-z0-9-]{8,64}")
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
_QUICK = re.compile(r"[a-z]{1,32}(?: [A-Za-z0-9_-]{1,64})?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_KINDS = ("press", "command", "speak", "place", "words")


@dataclass(frozen=True, slots=True)
class Said:
    """One thing posted. `fields` are kept as they came, so that a page can offer to send them again."""

    kind: str
    value: str
    key: str
    community: str
    source: str
    message: str | None
    proof: str
    lang: str | None
    framed: bool
    scripted: bool
    fields: dict[str, str]
    pictured: bool = False

    @property
    def code(self) -> str | None:
        """The link's code, when the page was opened by one."""
        return self.source if self.source != self.community else None

    @property
    def language(self) -> str | None:
        """The language chosen just now, or the one the page is read in."""
        return self.value if self.kind == "speak" else self.lang

    @property
    def acts(self) -> bool:
        """Whether this answers what a link opened with, so that the link need not be shown again."""
        started = self.kind == "command" and self.value.startswith("start")
        return started or (self.kind == "press" and self.message is None)

    def key_in(self, chat: str) -> str:
        """The name of this update: bound to who sent it and what it says, so nobody uses up another's. It is kept for
        a while, and leads back to nobody."""
        kind = "picture" if self.pictured else self.kind
        whole = f"{chat}|{self.key}|{kind}|{self.value}"
        return hashlib.sha256(whole.encode()).hexdigest()[:48]

    def content(self) -> Content:
        """In the words of the conversation."""
        if self.kind == "press":
            return Tap(self.value, query=self.key)
        if self.kind == "speak":
            return Tap(Speak(language=self.value).pack(), query=self.key)
        if self.kind == "place":
            return _place(self.value)
        if self.kind == "command":
            name, _, rest = self.value.partition(" ")
            return Command(name, rest)
        if typed := _COMMAND.fullmatch(self.value.translate(ISOLATES)):
            return Command(typed[1].lower(), (typed[2] or "").strip())
        return Words(self.value)

    def with_picture(self, incoming: Incoming, media: Media, place: Place | None) -> Incoming:
        """The same with a picture above its words."""
        what = incoming.what if self.value else None
        command = what if isinstance(what, Command) else None
        return replace(incoming, what=Attached(media, self.value, command, place))

    def bubble(self, to: Tongue, picture: Media | None = None) -> Message | None:
        """What the visitor sees as their own words; a press shows on the button instead."""
        match self.kind:
            case "words" if picture is not None:
                return Message(text=self.value, media=picture)  # type: ignore[arg-type]
            case "words":
                return Message(text=self.value)  # type: ignore[arg-type]  # Message escapes plain text
            case "place":
                return Message(to._("My place"))
            case "speak":
                return Message(text=to.name)  # type: ignore[arg-type]
            case "command" if (name := self.value.partition(" ")[0]) in LABELS:
                return Message(to._(LABELS[name]))
        return None


def read(raw: bytes, kind: str) -> Said:
    """Read a body of this content type; TurnedAway when it is none of ours."""
    scripted = kind == "application/json"
    return of_fields(_json(raw) if scripted else _form(raw), scripted=scripted)


def of_fields(fields: dict[str, str], *, scripted: bool, pictured: bool = False) -> Said:
    """The same of fields that have been read; beside a picture nothing but words can be said."""
    clean = {name: _CONTROL.sub("", value.replace("\r\n", "\n")) for name, value in fields.items()}
    kinds = [name for name in _KINDS if clean.get(name) and (name == "words" or not pictured)]
    source, community, message = (clean.get(name, "") for name in ("source", "community", "message"))
    fits = SLUG.fullmatch(community) and CODE.fullmatch(source) and _KEY.fullmatch(clean.get("key", ""))
    if not fits:
        raise TurnedAway(400, UNCLEAR)
    return Said(
        kind=kinds[0] if kinds else "words",
        value=clean[kinds[0]].strip() if kinds else "",
        key=clean["key"],
        community=community,
        source=source,
        message=message if message.isdecimal() and len(message) < 19 else None,
        proof=clean.get("proof", ""),
        lang=clean.get("lang") or None,
        framed=bool(clean.get("framed")),
        scripted=scripted,
        fields=clean,
        pictured=pictured,
    )


def check(said: Said) -> Content:
    """The content, when it may be sent; TurnedAway when it is empty, too long, or no button of ours."""
    if not said.value and not said.pictured:
        raise TurnedAway(400, EMPTY)
    if said.kind == "words" and len(said.value) > TEXT_LIMIT:
        raise TurnedAway(400, TOO_LONG, limit=TEXT_LIMIT)
    if said.kind == "press" and len(said.value) > 200:
        raise TurnedAway(400, UNCLEAR)
    if said.kind == "speak" and said.value not in available():
        raise TurnedAway(400, UNCLEAR)
    if said.kind == "command" and not _QUICK.fullmatch(said.value):
        raise TurnedAway(400, UNCLEAR)
    return said.content()


def _json(raw: bytes) -> dict[str, str]:
    try:
        given: Any = json.loads(raw)
    except (ValueError, RecursionError):
        raise TurnedAway(400, UNCLEAR) from None
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise TurnedAway(400, UNCLEAR)
    return given


def _form(raw: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(raw.decode(), max_num_fields=20))
    except (ValueError, UnicodeDecodeError):
        raise TurnedAway(400, UNCLEAR) from None


def _place(value: str) -> Place:
    lat, _, long = value.partition(",")
    try:
        place = Place(float(lat), float(long))
    except ValueError:
        raise TurnedAway(400, UNCLEAR) from None
    if not (-90 <= place.lat <= 90 and -180 <= place.long <= 180):  # also false for "nan"
        raise TurnedAway(400, UNCLEAR)
    return place
