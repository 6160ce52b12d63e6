"""Stamps: what proves that somebody holds a letter of ours. Signed addresses for answers, names of letters, links."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b32encode, urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

LINKS_LAST = timedelta(days=30)
CHOICES_LAST = timedelta(days=90)
"""What can be chosen is open so long at most, and a page that offers it tells what came of it afterwards."""

ANSWER, BOUNCE, LETTER = "r", "b", "m"
NOTHING = "-"  # stands for no thread

_THREAD = re.compile(r"[A-Za-z0-9-]{1,20}")
_ANY = re.ASCII | re.IGNORECASE  # mail servers may change the case of letters
_STAMP = re.compile(r"([rbm])([0-9a-z]{1,13})\.([a-z0-9-]{1,20})\.([a-z2-7]{16})", _ANY)
_LETTER = re.compile(r"<([0-9a-z]{1,13})\.(m[0-9a-z.-]{1,60})@([^<>@\s]+)>", _ANY)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which letter somebody holds: the number of the address that it was sent to, and its thread."""

    kind: str
    address: int
    about: str | None


@dataclass(frozen=True, slots=True)
class Link:
    """What a signed link is for: a press, a page to choose from, a confirmation, or a file by its key; and for whom."""

    kind: Literal["press", "choose", "confirm", "file"]
    address: int
    about: str | None
    payload: str = ""


class Forged(Exception):
    """Not signed by us, or not whole."""


class TooOld(Exception):
    """Signed by us, long ago."""


class Stamps:
    """Signs with the town's secret. `home` is the plain address that our letters come from."""

    def __init__(self, secret: bytes, home: str) -> None:
        self._secret = hmac.new(secret, b"mail", hashlib.sha256).digest()
        self.home = home.lower()
        self._name, _, self.domain = self.home.rpartition("@")

    def answers_to(self, address: int, about: str | None) -> str:
        """Where the letter of that thread to that address is answered."""
        return f"{self._name}+{self._stamp(ANSWER, address, about)}@{self.domain}"

    def bounces_to(self, address: int, about: str | None) -> str:
        """Where mail servers say that a letter to that address did not arrive."""
        return f"{self._name}+{self._stamp(BOUNCE, address, about)}@{self.domain}"

    def letter(self, envelope: int, address: int, about: str | None) -> str:
        """The name of a letter, its Message-ID: the same each time it is sent."""
        return f"<{_written(envelope)}.{self._stamp(LETTER, address, about)}@{self.domain}>"

    def of_address(self, email: str) -> Stamp | None:
        """What an address to which somebody wrote proves; None for one that we did not sign."""
        name, _, _ = email.strip().rpartition("@")
        mark = name.partition("+")[2]
        if not self.is_ours(email):
            return None
        stamp = self._read(mark)
        return stamp if stamp is not None and stamp.kind != LETTER else None

    def of_letters(self, names: str) -> Stamp | None:
        """What names of letters prove, as they stand in In-Reply-To and References; the last one of ours counts."""
        for found in reversed(_LETTER.findall(names)):
            if found[2].lower() == self.domain and (stamp := self._read(found[1])) is not None:
                return stamp
        return None

    def is_ours(self, email: str) -> bool:
        """Whether mail for this address comes to us."""
        name, _, domain = email.strip().lower().rpartition("@")
        return domain == self.domain and name.partition("+")[0] == self._name

    def _stamp(self, kind: str, address: int, about: str | None) -> str:
        body = f"{kind}{_written(address)}.{thread(about) or NOTHING}"
        return f"{body}.{self._mark(body)}"

    def _mark(self, body: str) -> str:
        sign = hmac.new(self._secret, body.lower().encode(), hashlib.sha256).digest()
        return b32encode(sign[:10]).decode().lower()

    def _read(self, text: str) -> Stamp | None:
        found = _STAMP.fullmatch(text)
        if found is None:
            return None
        kind, address, about, mark = found.groups()
        if not hmac.compare_digest(mark.lower(), self._mark(f"{kind}{address}.{about}")):
            return None
        return Stamp(kind.lower(), int(address, 36), None if about == NOTHING else about)

    def link(self, link: Link, *, now: datetime) -> str:
        """The last part of a link's address; good for `LINKS_LAST`, or `CHOICES_LAST`."""
        until = int((now + (CHOICES_LAST if link.kind == "choose" else LINKS_LAST)).timestamp())
        parts = (link.kind, _written(link.address), f"{until:x}", link.about or "", link.payload)
        body = urlsafe_b64encode("|".join(parts).encode()).decode().rstrip("=")
        return f"{body}.{self._seal(body)}"

    def of_link(self, token: str, *, now: datetime) -> Link:
        """What a link is for. Raises Forged and TooOld."""
        body, _, seal = token.partition(".")
        if not token.isascii() or not hmac.compare_digest(seal, self._seal(body)):
            raise Forged
        told = urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()
        kind, address, until, about, payload = told.split("|", 4)
        if int(until, 16) < now.timestamp():
            raise TooOld
        return Link(kind, int(address, 36), about or None, payload)  # type: ignore[arg-type]

    def _seal(self, body: str) -> str:
        sign = hmac.new(self._secret, b"link:" + body.encode(), hashlib.sha256).digest()
        return urlsafe_b64encode(sign[:15]).decode()


def mark(payload: str) -> str:
    """The name of a button on a page to choose from."""
    return "at-" + payload.replace(":", "-")


def thread(about: str | None) -> str | None:
    """A reference that can stand in an address; ValueError for one that cannot."""
    if about is not None and (not _THREAD.fullmatch(about) or about == NOTHING):
        raise ValueError("a thread is 1 to 20 letters, digits and hyphens")
    return about


def _written(number: int) -> str:
    text = ""
    while number:
        number, rest = divmod(number, 36)
        text = _DIGITS[rest] + text
    return text or "0"
