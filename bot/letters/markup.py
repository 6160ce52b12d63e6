"""Small pieces of markup that letters are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from markupsafe import Markup, escape

from bot.message import ISOLATES


def bold(text: str) -> Markup:
    """Somebody's words, standing out."""
    return Markup("<b>{}</b>").format(text)


def code(text: str) -> Markup:
    """Something to copy as it is: without the invisible marks that keep a line's direction."""
    return Markup("<code>{}</code>").format(text.translate(ISOLATES))


def unlinked(text: str) -> str:
    """Somebody's words in which no app finds something to tap: addresses of pages and mail, names, commands. They are
    broken where one sees it, so that whoever wants to can still read and copy them."""
    for found, broken in _TO_TAP:
        text = found.sub(broken, text)
    return text


_TO_TAP = (
    (re.compile(r"(?<=\w):(?=//|\\\\)"), "[:]"),
    (re.compile(r"\b(mailto|tel|tg|sms|javascript|data):", re.IGNORECASE), r"\1[:]"),
    (re.compile(r"(?<=\w)[.\u3002\uff0e\uff61](?=[^\W\d_][\w-]*)"), "[.]"),
    (re.compile(r"(?<=\d)\.(?=\d+\.\d+\.\d+)"), "[.]"),
    (re.compile(r"(?<=\w)@(?=\w)"), "[at]"),
    (re.compile(r"(?<!\w)@(?=\w)"), "[at]"),
    (re.compile(r"(?<![\w/\]])/(?=[A-Za-z]\w*)"), "[/]"),
)


def paragraphs(*parts: Any) -> Markup:
    """Parts with an empty line between them; empty ones are left out."""
    return _joined("\n\n", parts)


def lines(parts: Iterable[Any]) -> Markup:
    """Parts on lines of their own; empty ones are left out."""
    return _joined("\n", parts)


def sentences(parts: Iterable[Any]) -> Markup:
    """Whole sentences after each other; empty ones are left out."""
    return _joined(" ", parts)


def _joined(between: str, parts: Iterable[Any]) -> Markup:
    """What `Markup.join` does, without making each part anew: these are for every vote."""
    told = [part if part.__class__ is Markup else escape(part) for part in parts if part]
    return Markup(between.join(told))  # noqa: S704 - each of them is markup


def opening(line: Markup, *, rtl: bool) -> Markup:
    """A line that opens with a name or a number. Apps look past those for its direction and may find none, so a line
    that runs to the left is told."""
    return Markup("\u200f") + line if rtl else line


def bar(share: float, *, rtl: bool = False) -> str:
    """A share of the whole as a bar of up to ten blocks, from the side where lines begin; the words beside it say
    the same."""
    return ("\u200f" if rtl else "") + "▇" * round(share * 10)
