"""A letter as a mail: plain text and HTML beside each other, for a phone, in the dark, and from right to left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address as Named
from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, parseaddr
from functools import lru_cache

import jinja2
from markupsafe import Markup, escape

from bot.channels.email.markup import headed, safe, told, way
from bot.channels.email.quoting import ABOVE, BELOW
from bot.i18n import Tongue
from bot.message import ISOLATES, Message

LONGEST_SUBJECT = 150  # characters
INSIDE = 2 * 1024 * 1024  # bytes of a picture that travels inside a letter; larger ones are linked
LINE = 76  # characters of a line in a mail


class _Subject:
    """A subject that is folded without losing a space: the library's own folding loses some in other scripts."""

    max_count = 1
    parse = staticmethod(UnstructuredHeader.parse)
    value_parser = staticmethod(UnstructuredHeader.value_parser)

    def fold(self, *, policy: Policy) -> str:
        """The whole header, in as many lines as it needs."""
        charset = "us-ascii" if str(self).isascii() else "utf-8"
        folded = Header(str(self), charset, LINE, "Subject").encode(linesep=policy.linesep)
        return f"Subject: {folded}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("subject", _Subject)  # type: ignore[arg-type]  # mixed in, as the registry wants it
POLICY = SMTP.clone(max_line_length=LINE, header_factory=_HEADERS)


@dataclass(frozen=True, slots=True)
class Choice:
    """A link: of a button's own, or signed for a press."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture inside the letter, or a link to it where it is large. `about` says in words what is to be seen."""

    about: str
    content: bytes | None = None
    type: str = "image/jpeg"
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands on the envelope: `sender` as the operator wrote it, everything else without a display name."""

    sender: str
    to: str
    name: str
    thread: str | None
    subject: str | None
    root: str | None
    answers_to: str | None
    date: datetime


def draw(
    message: Message,
    heading: Heading,
    choices: Sequence[Choice],
    shown: Shown | None,
    to: Tongue,
    note: str | None = None,
) -> EmailMessage:
    """The whole mail; `note`, a msgid, stands before the links."""
    mail = EmailMessage(policy=POLICY)
    name, address = parseaddr(heading.sender)
    mail["From"] = Named(display_name=name, addr_spec=address)
    mail["To"] = Named(addr_spec=heading.to)
    mail["Subject"] = subject(message, heading, to)
    mail["Date"] = format_datetime(heading.date)
    mail["Message-ID"] = heading.name
    if heading.root:
        mail["In-Reply-To"] = mail["References"] = heading.root
    if heading.answers_to:
        mail["Reply-To"] = Named(display_name=name, addr_spec=heading.answers_to)
    mail["Auto-Submitted"] = "auto-generated"
    # Without a reference nobody could tell what an answer is about: nothing invites one.
    reads = heading.answers_to is not None and heading.thread is not None
    said = None if note is None else to._(note)
    mail.set_content(_plain(message, choices, shown, to, said, reads=reads), cte="quoted-printable")
    inside = shown is not None and shown.content is not None
    title, rest = headed(str(message.text), rtl=to.rtl)
    subject_line = str(mail["Subject"])
    html = _template().render(
        _=to._,
        tongue=to,
        title=title or (way(subject_line, rtl=to.rtl), escape(subject_line)),
        paragraphs=rest,
        choices=choices,
        shown=shown,
        note=said,
        subject=mail["Subject"],
        above=to._(ABOVE) if reads else None,
        below=to._(BELOW) if reads else None,
    )
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    if inside and shown is not None and shown.content is not None:
        kind, _, form = shown.type.partition("/")
        page = list(mail.iter_parts())[1]
        page.add_related(
            shown.content, kind, form, cid="<picture>", filename=f"picture.{form}", disposition="inline"
        )
    mail["Content-Language"] = to.code  # last: what is said of the content moves into its first part
    _bound(mail, heading.name)
    return mail


def _bound(mail: EmailMessage, name: str) -> None:
    """Lines between the parts that are the same each time: sent again, it is the same letter to the last byte. No
    part can hold one, for all of them are encoded, and an encoded = is never followed by _."""
    for number, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{number}.{name.strip('<>').partition('@')[0]}")


def subject(message: Message, heading: Heading, to: Tongue) -> str:
    """One line that holds the reference."""
    lines = [line for line in told(str(message.text)).split("\n") if line.strip()]
    line = message.subject or heading.subject or (lines[0] if lines else "Folkmoot")
    line = " ".join(_one_line(line).split())
    if len(line) > LONGEST_SUBJECT:
        line = line[: LONGEST_SUBJECT - 1].rstrip() + "…"
    thread = heading.thread
    return f"{line} [{thread}]" if thread and thread.lower() not in line.lower() else line


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text.translate(ISOLATES))


def _plain(
    message: Message,
    choices: Sequence[Choice],
    shown: Shown | None,
    to: Tongue,
    note: Markup | None,
    *,
    reads: bool,
) -> str:
    parts = [f"--- {to._(ABOVE).unescape()} ---"] if reads else []
    parts.append(told(str(message.text)).strip())
    if shown is not None and shown.url:
        parts.append(f"{shown.about}:\n{shown.url}")
    parts += [note.unescape()] if note else []
    parts += [f"{choice.label}:\n{choice.url}" for choice in choices]
    parts.append(f"---\n{to._(BELOW).unescape()}" if reads else "")
    return "\n\n".join(part for part in parts if part) + "\n"


@lru_cache(maxsize=1)
def _template() -> jinja2.Template:
    place = jinja2.PackageLoader("bot.channels.email")
    return jinja2.Environment(
        loader=place, autoescape=True, trim_blocks=True, lstrip_blocks=True
    ).get_template("letter.html")


def choices_of(message: Message, link: dict[str, str]) -> list[Choice]:
    """Links for the buttons of a message: those with an address of their own, and presses that `link` has one for."""
    found = []
    for row in message.rows:
        for button in row:
            url = button.url if button.url is not None else link.get(button.payload or "")
            if url and safe(url):
                found.append(Choice(_one_line(button.label), url))
    return found
