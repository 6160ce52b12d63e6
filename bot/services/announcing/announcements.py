"""What may be announced: the limits of a text, and what is taken out of it. Pure."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.errors import Refused
from bot.i18n import N_

TEXT_LIMIT = 2000  # characters; with its frame it still fits into one message of every channel
LIFE = timedelta(days=3)
"""How long it is tried to deliver an announcement, how long it may stay paused, and how long it can be corrected."""

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029\ud800-\udfff\ufeff]")
"""Control characters, and marks that would turn the lines around that come after them."""
_SPACES = re.compile(r"[ \t\u00a0]+")
_EMPTY_LINES = re.compile(r"\n(?: *\n){2,}")


def text(words: str) -> str:
    """A text that can be told to everyone, its line breaks kept; Refused says what is wrong with it."""
    words = tidied(words)
    if len(words) > TEXT_LIMIT:
        raise Refused(
            N_("The announcement has {n} letters. Please make it {most} or fewer."),
            n=len(words),
            most=TEXT_LIMIT,
        )
    return words


def tidied(words: str) -> str:
    """The same of any length."""
    words = _UNSEEN.sub("", words.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n"))
    words = _EMPTY_LINES.sub("\n\n", _SPACES.sub(" ", words)).strip()
    if not words:
        raise Refused(N_("An announcement needs some words."))
    return words
