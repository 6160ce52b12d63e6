"""What is inside a mail: its words, whatever their charset and wrapping, and the pictures that came along."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message as Mime

from bot.channels.email.markup import from_html

MOST_PICTURES = 10
LARGEST_PICTURE = 5 * 1024 * 1024  # bytes, what `files.keep` keeps
MOST_TEXT = 1024 * 1024  # bytes of words that are looked at
PICTURES = {
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
    "image/heic": re.compile(rb"....ftyp(?:heic|heix|mif1|msf1)", re.DOTALL),
}
"""How a picture begins, whatever it calls itself."""
NO_CHARSETS = {"idna", "punycode"}
"""Python reads these, for names of hosts. Nobody writes mails in them, and to read a long one takes for ever."""
DEEPEST = 30  # parts within parts


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it came; nobody has looked into it."""

    name: str
    type: str
    content: bytes


def words(mail: Mime) -> str:
    """The mail's text: the plain one, else that of its HTML."""
    plain = next(_texts(mail, "text/plain"), None)
    if plain is not None and plain.strip():
        return plain
    html = next(_texts(mail, "text/html"), None)
    if html is not None:
        return from_html(html)
    # Broken in the middle: it says that it has parts, and has none.
    lost = mail.get_content_maintype() == "multipart" and not mail.is_multipart()
    return plain or (_decoded(mail) if lost else "")


def _texts(mail: Mime, kind: str) -> Iterator[str]:
    for part in _parts(mail):
        if part.get_content_type() == kind and part.get_content_disposition() != "attachment":
            yield _unwrapped(part, _decoded(part))


def _parts(mail: Mime, depth: int = 0) -> Iterator[Mime]:
    """All leaves, not those of mails that were sent along."""
    if depth > DEEPEST:
        return
    if mail.get_content_maintype() == "multipart" and mail.is_multipart():
        for part in inside(mail):
            yield from _parts(part, depth + 1)
    elif mail.get_content_maintype() != "message":
        yield mail


def inside(mail: Mime) -> list[Mime]:
    """The parts of a mail, if it has any. Of one that has none the library would read the words, in any charset."""
    parts = mail.get_payload() if mail.is_multipart() else []
    return [one for one in parts if isinstance(one, Mime)]


def _decoded(part: Mime) -> str:
    body = part.get_payload(decode=True)
    body = body[:MOST_TEXT] if isinstance(body, bytes) else b""
    named = str(part.get_content_charset() or "utf-8")
    if named.replace("_", "-") in NO_CHARSETS:
        named = "utf-8"
    for charset in (named, "utf-8", "cp1252"):
        try:
            text = body.decode(charset)
            break
        except (LookupError, ValueError):
            continue
    else:
        text = body.decode("latin-1")
    # PostgreSQL keeps no NUL, nobody can read the other control characters, and half of a pair cannot be written.
    text = text.encode("utf-8", "replace").decode("utf-8").replace("\ufeff", "")
    return "".join(char for char in text if char in "\n\r\t" or char.isprintable() or char in _MARKS)


_MARKS = "\u200c\u200d\u200e\u200f\u00a0\u2028\u00ad"
"""Not printable for Python, and part of what people write."""


def _unwrapped(part: Mime, text: str) -> str:
    """Lines that the mail program broke by itself, put together again: RFC 3676."""
    if str(part.get_param("format", "")).lower() != "flowed":
        return text
    keeps_space = str(part.get_param("delsp", "no")).lower() != "yes"
    lines: list[str] = []
    flows = False
    for line in text.replace("\r\n", "\n").split("\n"):
        quoted = line.startswith(">")
        line = line if quoted else line.removeprefix(" ")
        if flows and not quoted and line != "-- ":
            lines[-1] += line
        else:
            lines.append(line)
        flows = not quoted and line.endswith(" ") and line != "-- "
        if flows and not keeps_space:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)


def enclosed(mail: Mime) -> tuple[tuple[Picture, ...], int]:
    """The pictures that came along, and how many other things did. What a signature shows, small and inline, is
    neither."""
    pictures: list[Picture] = []
    left_out = 0
    for part in _parts(mail):
        if (
            part.get_content_maintype() in {"text", "multipart"}
            and part.get_content_disposition() != "attachment"
        ):
            continue
        body = part.get_payload(decode=True)
        body = body if isinstance(body, bytes) else b""
        kind = next((kind for kind, head in PICTURES.items() if head.match(body)), None)
        if kind is not None and _decorates(part, body):
            continue
        if kind is None or len(body) > LARGEST_PICTURE or len(pictures) >= MOST_PICTURES:
            left_out += _counts(part)
            continue
        pictures.append(Picture(_name(kind), kind, body))
    return tuple(pictures), left_out


def _decorates(part: Mime, body: bytes) -> bool:
    """A logo or a line of a signature: small, and shown by the HTML."""
    return (
        bool(part.get("Content-ID")) and len(body) < 20_000 and part.get_content_disposition() != "attachment"
    )


def _counts(part: Mime) -> bool:
    """Whether somebody would miss it: cards, keys and invitations come along by themselves."""
    silent = {"text/vcard", "text/x-vcard", "text/calendar", "application/pgp-signature", "application/ms-tnef",
              "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-keys"}  # fmt: skip
    return part.get_content_type() not in silent


def _name(kind: str) -> str:
    """A plain name for it: what it called itself is nobody's business, and may be a trap."""
    return "picture." + kind.removeprefix("image/").replace("jpeg", "jpg")
