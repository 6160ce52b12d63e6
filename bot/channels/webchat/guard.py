"""Who may knock: same origin, not too often, not too much; and how somebody is turned away kindly."""

from __future__ import annotations

import asyncio
import time
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.channels.webchat.buckets import Buckets, Pace
from bot.i18n import N_, Tongue

BODY_LIMIT = 64 * 1024
"""Bytes; 4,096 letters may be twelve bytes each in a form."""

PICTURES_AT_ONCE = 12
"""Pictures on their way in, each in memory."""

PACES = {
    "session": Pace(burst=30, per_second=1),
    # A hall full of people shares one address, so these are wide.
    "address": Pace(burst=300, per_second=20),
    "newcomers": Pace(burst=200, per_second=1),
    "pictures": Pace(burst=10, per_second=0.1),
    "pictures from an address": Pace(burst=100, per_second=0.2),
}

TOO_FAST = N_("That was a lot at once. Please wait a moment and try again.")
NOT_HERE = N_("This did not come from our own page, so nothing was done.")
TOO_BIG = N_("This is too long to send. Please make it shorter.")


class TurnedAway(Exception):
    """No, with an HTTP status and an untranslated sentence. `stale`: a fresh proof would help."""

    def __init__(
        self, status: int, sentence: str, *, after: float = 0, stale: bool = False, **holes: Any
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.holes = holes
        self.after = after
        self.stale = stale

    def said_in(self, to: Tongue) -> str:
        """The sentence in a language."""
        holes = {
            name: to.number(hole) if isinstance(hole, int) else hole for name, hole in self.holes.items()
        }
        return str(to._(self.sentence, **holes))


class Guard:
    """Stands at the door and remembers who came how often."""

    def __init__(self, site: str) -> None:
        self._site = urlsplit(site).netloc
        self.pictures = asyncio.Semaphore(PICTURES_AT_ONCE)
        self._buckets = {name: Buckets(pace) for name, pace in PACES.items()}

    def same_origin(self, request: web.Request) -> None:
        """Only our own page may send something. Browsers say where a form was; a proof is asked besides."""
        where = request.headers.get("Sec-Fetch-Site", "same-origin")
        origin = request.headers.get("Origin")
        ours = {self._site, request.host}
        if where != "same-origin" or (origin is not None and urlsplit(origin).netloc not in ours):
            raise TurnedAway(403, NOT_HERE)

    def pace(self, kind: str, name: str) -> None:
        """Take one of what `name` has; turn away who has none left."""
        seconds = self._buckets[kind].wait(name, time.monotonic())
        if seconds > 0:
            raise TurnedAway(429, TOO_FAST, after=seconds)


def client(request: web.Request) -> str:
    """The visitor's network address. A proxy on this machine or network appends it; others are not believed."""
    peer = request.remote or ""
    told = request.headers.get("X-Forwarded-For", "").split(",")[-1].strip()
    return told if told and _near(peer) else peer


def _near(address: str) -> bool:
    try:
        return ip_address(address).is_private
    except ValueError:
        return True  # a Unix socket has no address


def scripted(request: web.Request) -> bool:
    """Whether it was our page's script that asked, which does not want a page."""
    wanted = request.headers.get("Accept", "text/html")
    return request.content_type == "application/json" or not ("text/html" in wanted or "*/*" in wanted)


async def body(request: web.Request) -> bytes:
    """What was posted, up to the limit."""
    if (request.content_length or 0) > BODY_LIMIT:
        raise TurnedAway(413, TOO_BIG)
    taken = bytearray()
    async for piece in request.content.iter_chunked(8192):
        taken += piece
        if len(taken) > BODY_LIMIT:
            raise TurnedAway(413, TOO_BIG)
    return bytes(taken)
