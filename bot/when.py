"""Reading a moment as people write it: "Friday 18:00", "jutro", "ymhen 3 diwrnod", "1 دسمبر 19:00"."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.errors import Refused
from bot.i18n import N_, Tongue

CLOSES = N_("closes")
"""The word that begins a closing time in the one-line form; a translation may list several, with commas."""

TOMORROW = N_("tomorrow")
USUAL_HOUR = 18
"""A day without a time of day means its evening, not the midnight before it."""

_TIME = re.compile(r"\d\s*[:.]\s*\d\d|\d\s*[ap]\.?m|\bnow\b|\b(?:hour|minute)", re.IGNORECASE)
_ENGLISH_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def read(text: str, tongue: Tongue, zone: str, *, now: datetime, past: bool = False) -> datetime:
    """The moment that `text` names, in UTC; Refused when it names none.

    Days of the week and times of day are the next ones in `zone`, or the last ones where it is about the `past`.
    Numbers are read the reader's way. Three hours are three hours in the nights when clocks change too; three days
    lead to the same time of day.
    """
    here = ZoneInfo(zone)
    local_now = now.astimezone(here).replace(tzinfo=None)
    plain = _as_the_parser_knows_it(text.strip()[:100], tongue)
    if past:
        plain = re.sub(
            r"(?<!گزشتہ )\bکل\b", "گزشتہ کل", plain
        )  # in Urdu the word for the day beside today, either one
    found = _understood(plain, tongue, local_now, past=past)
    if found is None and past:
        raise Refused(N_("I could not read that as a day. Try “yesterday”, “Friday 18:00” or “3 days ago”."))
    if found is None:
        raise Refused(N_("I could not read that as a time. Try “Friday 18:00” or “in 3 days”."))
    if (found.hour, found.minute) == (0, 0) and not _TIME.search(plain):
        found = found.replace(hour=USUAL_HOUR)
    moment = _next(found, here, now=now)
    if past:
        return moment
    changes = moment.astimezone(here).utcoffset() != now.astimezone(here).utcoffset()
    if changes and (hours := _hours(plain, tongue, local_now)) is not None:
        return now + hours
    return moment


def _understood(plain: str, tongue: Tongue, local_now: datetime, *, past: bool = False) -> datetime | None:
    known = _in_known_words(plain, tongue)
    return _parsed(plain, tongue, local_now, past=past) or _parsed(known, tongue, local_now, past=past)


def _next(local: datetime, zone: ZoneInfo, *, now: datetime) -> datetime:
    """The first moment from now on at which clocks in `zone` show this: one night a year they show an hour twice."""
    moments = [local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    return next((moment for moment in moments if moment >= now), moments[0])


def _hours(plain: str, tongue: Tongue, local_now: datetime) -> timedelta | None:
    """How much later, where it says so in hours or minutes: asked a little later, it means as much later."""
    a_little = timedelta(minutes=7)
    found, later = (_understood(plain, tongue, begin) for begin in (local_now, local_now + a_little))
    if found is None or later is None or later - found != a_little:
        return None
    return found - local_now if (found - local_now) % timedelta(days=1) else None


def _parsed(text: str, tongue: Tongue, local_now: datetime, *, past: bool) -> datetime | None:
    import dateparser  # late: it takes a tenth of a second, and a start needs it not

    return dateparser.parse(
        text,
        languages=[tongue.code, "en"] if tongue.code != "en" else ["en"],
        settings={
            "PREFER_DATES_FROM": "past" if past else "future",
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


def in_days(days: int, zone: str, *, now: datetime) -> datetime:
    """The same time of day in `zone`, so many days from now."""
    return (now.astimezone(ZoneInfo(zone)) + timedelta(days=days)).astimezone(UTC)


_SPELLINGS: dict[str, tuple[tuple[str, str], ...]] = {
    "": ((r"\b(?:o|at|am)\s+(\d{1,2})(?!\d|\s*[:.\d]|\s*[ap]\.?m)", r"\1:00"),),  # "at 18", not the 18th
    "cy": (
        (r"\bddydd\b", "dydd"),
        (r"\bAwst\b", "August"),  # AWST would be a time zone of Australia
        (r"\bam\s+(?=\d)", ""),  # and this the morning
        (r"^Mawrth(?=\s+\d{1,2}[:.])", "dydd Mawrth"),  # Tuesday; with a number before it, March
        (r"\bmewn\b", "ymhen"),
        (r"\bymhen wythnos\b", "ymhen 7 diwrnod"),
        (r"\bwythnos yn ôl\b", "7 diwrnod yn ôl"),
        (r"\bymhen pythefnos\b", "ymhen 14 diwrnod"),
        (r"\bddiwrnod\b", "diwrnod"),
        (r"\bheno\b", "heddiw 20:00"),
    ),
    "ur": (
        (r"(\d+) دن بعد", r"\1 دن میں"),
        (r"(?:شام|رات)\s+(\d{1,2})\s+بجے", r"\1:00 PM"),
        (r"(?:صبح|دوپہر)\s+(\d{1,2})\s+بجے", r"\1:00"),
        (r"(\d{1,2})\s+بجے", r"\1:00"),
        (r"\s+کو\b", ""),
        (r"\bجمعے\b", "جمعہ"),
        (r"\bہفتے\b", "ہفتہ"),
        (r"\bیکم\b", "1"),
    ),
    "pl": (
        (r"\bwe?\s+(?=wtorek)", ""),
        (r"\bza tydzień\b", "za 7 dni"),
        (r"\btydzień temu\b", "7 dni temu"),
        (r"\bza dzień\b", "za 1 dni"),
        (r"^do\s+", ""),
    ),
}
"""What people write and the parser misreads, by language ("" for all): a pattern, and what to read instead."""


def _as_the_parser_knows_it(text: str, tongue: Tongue) -> str:
    for pattern, instead in (*_SPELLINGS.get(tongue.code, ()), *_SPELLINGS[""]):
        text = re.sub(pattern, instead, text, flags=re.IGNORECASE)
    return text


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
