"""Languages: catalogues, the choice of one, and sentences, dates and numbers in it.

Catalogues are `locales/<language>/LC_MESSAGES/folkmoot.po`; they are read and compiled in memory when a
language is first used, so there is no generated file to forget.
"""

from __future__ import annotations

import gettext
import io
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Formatter
from typing import Any, Literal
from unicodedata import bidirectional
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, format_timedelta
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from markupsafe import Markup, escape

SOURCE = "en"
"""The language the code is written in."""

_ISOLATED = Markup("\u2068{}\u2069")
"""A text between FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE."""


_REMEMBERED = 5_000  # sentences as they were said last, for each language
_COMMAND = re.compile(r"(?<![\w/<])/[a-z]+\b")


def N_(sentence: str) -> str:  # noqa: N802 - the usual name of the marker
    """Mark a sentence for translation where it is only kept, not said."""
    return sentence


@dataclass(frozen=True)
class Tongue:
    """Sentences, dates and numbers in one language.

    `_` and `n_` return markup: holes are escaped, so what a resident wrote never becomes markup, and
    isolated where scripts meet, so a Latin name does not turn an Urdu line around.
    """

    code: str
    locale: Locale
    catalogue: gettext.NullTranslations

    @cached_property
    def rtl(self) -> bool:
        """Whether lines begin at the right."""
        return self.locale.text_direction == "rtl"

    @cached_property
    def name(self) -> str:
        """The language's own name in its own script."""
        return self.locale.get_display_name(self.locale) or self.code

    def _(self, sentence: str, /, **holes: Any) -> Markup:
        """Say `sentence` with its `{holes}` filled."""
        return self._said((sentence,), holes)

    def n_(self, one: str, many: str, n: int, /, **holes: Any) -> Markup:
        """Say the plural form for `n`, which also fills the hole `{n}`."""
        return self._said((one, many, n), holes)

    def _said(self, sentence: tuple[str] | tuple[str, str, int], holes: dict[str, Any]) -> Markup:
        # A town says the same few sentences to everybody. The kind of a hole's value is part of its name there: markup
        # and plain text of the same letters are equal, and only one of them is escaped.
        name = (sentence, tuple((hole, value, value.__class__) for hole, value in holes.items()))
        try:
            said = self._memory.get(name)
        except TypeError:  # a list, say
            return self._say(sentence, holes)
        if said is None:
            if len(self._memory) >= _REMEMBERED:
                self._memory.clear()
            said = self._memory[name] = self._say(sentence, holes)
        return said

    @cached_property
    def _memory(self) -> dict[Any, Markup]:
        return {}

    def _say(self, sentence: tuple[str] | tuple[str, str, int], holes: dict[str, Any]) -> Markup:
        if len(sentence) == 1:
            return self._fill(self._commands_kept_whole(self.catalogue.gettext(sentence[0])), holes)
        said = self._commands_kept_whole(self.catalogue.ngettext(*sentence))
        return self._fill(said, {"n": self.number(sentence[2]), **holes})

    def number(self, value: float) -> str:
        """A number with the language's digits grouping."""
        return _number(self.code, value)

    def percent(self, share: float) -> str:
        """0.5 → 50 %."""
        # By the hundredth: after each vote the shares are others, and what is said of them nearly never.
        return _percent(self.code, round(Decimal(repr(share)) * 100))

    def day(self, moment: datetime, zone: str) -> str:
        """The weekday, day and month in `zone`, in full."""
        return _day(self.code, moment, zone)

    def date(self, day: date, zone: str | None = None) -> str:
        """Day, month and year, for what is read years later; those of a moment are those in `zone`."""
        if isinstance(day, datetime) and zone is not None:
            return _date(self.code, day, zone)
        return format_date(day, "d MMMM y", locale=self.locale)

    def moment(self, moment: datetime, zone: str) -> str:
        """Day and time of day in `zone`."""
        return _moment(self.code, moment, zone)

    def written(self, moment: datetime, zone: str) -> str:
        """Day, year and time of day in `zone`, for what is kept."""
        local = moment.astimezone(ZoneInfo(zone))
        day, time = format_date(local, locale=self.locale), format_time(local, "HH:mm", locale=self.locale)
        return str(self.locale.datetime_formats["medium"]).format(time, day)

    def span(self, length: timedelta) -> str:
        """A length of time in days, hours or minutes, whichever it is a whole number of."""
        unit: Literal["day", "hour", "minute"] = "minute"
        if not length % timedelta(days=1):
            unit = "day"
        elif not length % timedelta(hours=1):
            unit = "hour"
        return format_timedelta(length, unit, threshold=math.inf, locale=self.locale)

    def list(self, parts: Sequence[str]) -> str:
        """Parts one after the other, with the language's own commas and "and"."""
        return format_list(list(parts), locale=self.locale)

    def _commands_kept_whole(self, sentence: str) -> str:
        """In a line that runs to the left, the slash of `/help` would end up behind it."""
        return _COMMAND.sub("\u2068\\g<0>\u2069", sentence) if self.rtl and "/" in sentence else sentence

    def _fill(self, sentence: str, holes: dict[str, Any]) -> Markup:
        if not holes:
            return Markup(sentence)  # noqa: S704 - sentences are ours, holes are escaped
        filled = [words if name is None else self._isolated(holes[name]) for words, name in _pieces(sentence)]
        return Markup("".join(filled))  # noqa: S704

    def _isolated(self, value: Any) -> Markup:
        text = value if isinstance(value, Markup) else escape(value)
        if self.rtl or not (text.isascii() or _left_to_right(text)):
            return _ISOLATED.format(text)
        return text


@lru_cache(maxsize=4096)
def _pieces(sentence: str) -> tuple[tuple[str, str | None], ...]:
    """The words of a sentence, and the names of its holes with nothing said for them."""
    found: list[tuple[str, str | None]] = []
    for words, name, form, _ in Formatter().parse(sentence):
        if form or name == "":
            raise ValueError(f"a hole has a name and nothing else: {sentence!r}")
        found += [(words, None)] if words else []
        found += [("", name)] if name else []
    return tuple(found)


@lru_cache(maxsize=4096)
def _left_to_right(text: str) -> bool:
    return not any(bidirectional(c) in {"R", "AL"} for c in text)


# What is said of a poll names the same few numbers and moments to everybody, and CLDR takes its time over each.


@lru_cache(maxsize=16_384)
def _number(code: str, value: float) -> str:
    return format_decimal(value, locale=tongue(code).locale)


@lru_cache(maxsize=4096)
def _percent(code: str, hundredths: int) -> str:
    return format_percent(Decimal(hundredths) / 100, locale=tongue(code).locale)


@lru_cache(maxsize=1024)
def _day(code: str, moment: datetime, zone: str) -> str:
    return format_date(moment.astimezone(ZoneInfo(zone)), "EEEE d MMMM", locale=tongue(code).locale)


@lru_cache(maxsize=1024)
def _date(code: str, moment: datetime, zone: str) -> str:
    return format_date(moment.astimezone(ZoneInfo(zone)), "d MMMM y", locale=tongue(code).locale)


@lru_cache(maxsize=1024)
def _moment(code: str, moment: datetime, zone: str) -> str:
    locale = tongue(code).locale
    time = format_time(moment.astimezone(ZoneInfo(zone)), "HH:mm", locale=locale)
    return str(locale.datetime_formats["medium"]).format(time, _day(code, moment, zone))


def available() -> tuple[str, ...]:
    """Codes of all languages there is a catalogue for, the source language first."""
    return _available()


@lru_cache(maxsize=1)
def _available() -> tuple[str, ...]:
    found = {
        place.name
        for folder in _folders()
        for place in folder.iterdir()
        if place.joinpath("LC_MESSAGES", "folkmoot.po").is_file()
    }
    return (SOURCE, *sorted(found - {SOURCE}))


_more: list[Traversable] = []


def look_in(*folders: Traversable) -> None:
    """Look for catalogues in these folders too, instead of those named before: for languages still being written."""
    _more[:] = folders
    _available.cache_clear()
    tongue.cache_clear()


def _folders() -> list[Traversable]:
    return [files("locales"), *_more]


@lru_cache(maxsize=64)
def tongue(code: str) -> Tongue:
    """The language `code`; one of `available()`, or the source language when it is none of them."""
    if code not in available():
        code = SOURCE
    return Tongue(code, Locale.parse(code.replace("-", "_")), _catalogue(code))


def choose(wanted: str | None, offered: Iterable[str], otherwise: str) -> str:
    """The offered language nearest to a BCP 47 tag such as `pl-PL`, or `otherwise`."""
    offered = tuple(offered)
    for code in offered:
        if wanted and wanted.replace("_", "-").lower() == code.lower():
            return code
    base = (wanted or "").replace("_", "-").split("-")[0].lower()
    return next((code for code in offered if code.split("-")[0].lower() == base), otherwise)


def _catalogue(code: str) -> gettext.NullTranslations:
    paths = [folder.joinpath(code, "LC_MESSAGES", "folkmoot.po") for folder in _folders()]
    path = next((path for path in paths if path.is_file()), None)
    if path is None:
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=code))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
