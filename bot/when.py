"""Reading a moment as people write it: "Friday 18:00", "jutro", "ymhen 3 diwrnod", "1 دسمبر 19:00"."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import dateparser

from bot.errors import Refused
from bot.i18n import N_, Tongue

CLOSES = N_("closes")
"""The word that begins a closing time in the one-line form; a translation may list several, with commas."""

TOMORROW = N_("tomorrow")
USUAL_HOUR = 18
"""A day without a time of day means its evening, not the midnight before it."""

_TIME = re.compile(r"\d\s*[:.]\s*\d\d|\d\s*[ap]\.?m|\bnow\b|\b(?:hour|minute)", re.IGNORECASE)
_ENGLISH_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def read(text: str, tongue: Tongue, zone: str, *, now: datetime) -> datetime:
    """The moment that `text` names, in UTC; Refused when it names none.

    Days of the week and times of day are the next ones in `zone`. Numbers are read the reader's way.
    """
    local_now = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    plain = text.strip()[:100]
    found = _parsed(plain, tongue, local_now) or _parsed(_in_known_words(plain, tongue), tongue, local_now)
    if found is None:
        raise Refused(N_("I could not read that as a time. Try “Friday 18:00” or “in 3 days”."))
    if (found.hour, found.minute) == (0, 0) and not _TIME.search(plain):
        found = found.replace(hour=USUAL_HOUR)
    return found.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _parsed(text: str, tongue: Tongue, local_now: datetime) -> datetime | None:
    return dateparser.parse(
        text,
        languages=[tongue.code, "en"] if tongue.code != "en" else ["en"],
        settings={
            "PREFER_DATES_FROM": "future",
            "RELATIVE_BASE": local_now,
            "RETURN_AS_TIMEZONE_AWARE": False,
            "DATE_ORDER": "DMY",
        },
    )


def closing_words(tongue: Tongue) -> tuple[str, ...]:
    """The words that begin a closing time in a language."""
    return tuple(
        word.strip().casefold() for word in str(tongue._(CLOSES).unescape()).split(",") if word.strip()
    )


def in_days(days: int, *, now: datetime) -> datetime:
    """The same time of day, so many days from now."""
    return now + timedelta(days=days)


def _in_known_words(text: str, tongue: Tongue) -> str:
    """Put into English what the parser does not know in this language: weekdays without "day", and "tomorrow"."""
    for pattern, english in _substitutes(tongue):
        text = pattern.sub(english, text)
    return text


@lru_cache(maxsize=32)
def _substitutes(tongue: Tongue) -> tuple[tuple[re.Pattern[str], str], ...]:
    words = {word.strip(): "tomorrow" for word in str(tongue._(TOMORROW).unescape()).split(",")}
    names = tongue.locale.days["format"]["wide"]
    for number, english in enumerate(_ENGLISH_DAYS):
        full = names[number]
        words[full] = english
        words.setdefault(full.split()[-1], english)
    longest_first = sorted(words.items(), key=lambda pair: -len(pair[0]))
    return tuple(
        (re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE), english)
        for word, english in longest_first
    )
