"""What a mail says: who wrote it, which letter of ours it answers, their own words and pictures. Knows no database."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message as Mime
from email.utils import getaddresses

from bot.channels.email.bodies import Picture, enclosed, inside, words
from bot.channels.email.machines import Bounce, automatic, bounce_of
from bot.channels.email.quoting import own_words
from bot.channels.email.stamps import BOUNCE, Stamp, Stamps

LARGEST = 25 * 1024 * 1024  # bytes of a mail that is read
MOST_NESTS = 100  # times that a mail may say "multipart"; each nest makes every line after it dearer to read
MOST_PARTS = 20_000  # lines that may begin a part
LONGEST_HEAD = 256 * 1024  # bytes of a mail's own headers


class Unreadable(Exception):
    """It is no mail, or one that was made to break whoever reads it."""


@dataclass(frozen=True, slots=True)
class Mail:
    """`key` is the same for the same mail to the same address. `sender`, in small letters, is a claim and no more.
    `stamp` proves which letter they hold. `automatic` says by what it can be told that no person wrote it; then `text`
    and `pictures` are nobody's. `left_out` counts what was enclosed and is no picture, or too large."""

    key: str
    sender: str
    subject: str
    text: str = ""
    pictures: tuple[Picture, ...] = ()
    left_out: int = 0
    stamp: Stamp | None = None
    automatic: str | None = None
    bounce: Bounce | None = None
    language: str | None = None


def read(raw: bytes, stamps: Stamps, recipients: Sequence[str] = ()) -> Mail:
    """Read a mail; `recipients` are whom the server that brought it named. Raises Unreadable."""
    if raw.lower().count(b"multipart/") > MOST_NESTS:
        raise Unreadable("nests")
    if raw.count(b"\n--") > MOST_PARTS:
        raise Unreadable("parts")
    if not re.search(rb"\n\r?\n", raw[:LONGEST_HEAD]) and len(raw) > LONGEST_HEAD:
        raise Unreadable("head")
    try:
        return _read(raw, stamps, recipients)
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        # The library trips over mails that are broken in ways nobody foresaw, each time in another way.
        raise Unreadable(type(error).__name__) from None


def _read(raw: bytes, stamps: Stamps, recipients: Sequence[str]) -> Mail:
    mail = message_from_bytes(raw, policy=policy.compat32)
    heads = _Heads(mail)
    to = [*recipients, *heads.addresses("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")]
    stamp = _stamp(stamps, to, heads)
    sender = next(iter(heads.addresses("From")), "").lower()
    key = _key(heads.text("Message-ID"), raw, next((one.lower() for one in to if stamps.is_ours(one)), ""))
    subject = heads.text("Subject")[:200]
    bounce = bounce_of(mail, sender, addressed_as_bounce=stamp is not None and stamp.kind == BOUNCE)
    if bounce is not None:
        stamp = stamp or stamps.of_letters(_returned(mail))
        return Mail(key, sender, subject, stamp=stamp, bounce=bounce, automatic="bounce")
    if why := automatic(mail, sender, subject):
        return Mail(key, sender, subject, stamp=stamp, automatic=why)
    pictures, left_out = enclosed(mail)
    language = heads.text("Content-Language").split(",")[0].strip()[:16]
    return Mail(
        key, sender, subject, own_words(words(mail)), pictures, left_out, stamp, language=language or None
    )


def _stamp(stamps: Stamps, to: Sequence[str], heads: _Heads) -> Stamp | None:
    for one in to:
        if (stamp := stamps.of_address(one)) is not None:
            return stamp
    return stamps.of_letters(heads.text("References") + " " + heads.text("In-Reply-To"))


def _key(name: str, raw: bytes, to: str) -> str:
    seed = name.encode("utf-8", "replace") if name else raw
    return hashlib.sha256(seed + b"\0" + to.encode("utf-8", "replace")).hexdigest()[:40]


def _returned(mail: Mime) -> str:
    """The names of the letter that came back."""
    names = []
    for part in mail.walk():
        if part.get_content_type() == "message/rfc822":
            names += [str(one.get("Message-ID", "")) for one in inside(part)]
        elif part.get_content_type() == "text/rfc822-headers":
            heads = part.get_payload(decode=True)
            text = heads[:50_000].decode("latin-1") if isinstance(heads, bytes) else ""
            names += re.findall(r"(?im)^message-id:\s*(<[^<>\s]{1,200}>)", text)
    return " ".join(names)


class _Heads:
    """A mail's headers as text, however they are written."""

    def __init__(self, mail: Mime) -> None:
        self._raw: dict[str, list[str]] = {}
        for name, value in mail.raw_items():
            self._raw.setdefault(name.lower(), []).append(_unfolded(str(value)))

    def text(self, name: str) -> str:
        """The first of that name, without line breaks and control characters."""
        return _decoded(next(iter(self._raw.get(name.lower(), ())), ""))

    def addresses(self, *names: str) -> list[str]:
        """All addresses in headers of these names."""
        values = [value for name in names for value in self._raw.get(name.lower(), ())][:50]
        return [found for _, found in getaddresses(values) if "@" in found and len(found) <= 320]


def _unfolded(value: str) -> str:
    # Bytes that are no ASCII arrive as surrogates.
    raw = value.encode("utf-8", "surrogateescape")
    try:
        value = raw.decode("utf-8")
    except UnicodeDecodeError:
        value = raw.decode("cp1252", "replace")
    return re.sub(r"\s*[\r\n]+\s*", " ", value)[:10_000]


def _decoded(value: str) -> str:
    try:
        parts = [
            part.decode(charset or "ascii", "replace") if isinstance(part, bytes) else part
            for part, charset in decode_header(value)
        ]
    except (HeaderParseError, LookupError, ValueError):
        parts = [value]
    return "".join(char for char in "".join(parts) if char.isprintable()).strip()
