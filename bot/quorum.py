"""Quorum: how many people have to answer so that a question counts. Pure; a result is shown with and without it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.errors import Refused
from bot.i18n import N_, Tongue

WORD = N_("quorum")
"""The word that begins it in the one-line form; a translation may list several, with commas."""

LEAST, MOST = 2, 1_000_000  # people
_WRITTEN = re.compile(r"(\d{1,7})\s*([%٪﹪％]?)|([%٪﹪％])\s*(\d{1,7})")


@dataclass(frozen=True, slots=True)
class Quorum:
    """So many people; or, where it is a `share`, so many of a hundred of those asked."""

    number: int
    share: bool = False

    def __str__(self) -> str:
        """As it is kept, and as `read` reads it."""
        return f"{self.number}%" if self.share else str(self.number)

    def needed(self, asked: int) -> int:
        """How many people that is where so many were asked."""
        return max(1, -(-self.number * asked // 100)) if self.share else self.number


def read(text: str) -> Quorum:
    """What somebody wrote, such as "20" or "25 %", in any digits; Refused says what would be right."""
    found = _WRITTEN.fullmatch(text.strip())
    number = int(found[1] or found[4]) if found else 0
    share = bool(found and (found[2] or found[3]))
    if not (1 <= number <= 100 if share else LEAST <= number <= MOST):
        raise Refused(
            N_("Please write a number of people, such as 20, or a share of those asked, such as 25 %.")
        )
    return Quorum(number, share)


def kept(text: str | None) -> Quorum | None:
    """What was kept of it; None where every answer counts."""
    return None if text is None else read(text)


def words(tongue: Tongue) -> tuple[str, ...]:
    """The words that begin it in a language."""
    return tuple(
        word.strip().casefold() for word in str(tongue._(WORD).unescape()).split(",") if word.strip()
    )
