"""What kind of problem is meant, from words in any of our languages, the season and what is usual around there; and
whether it is an emergency."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any
from unicodedata import normalize

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Emergency, Service
from bot.services.in_charge import areas
from bot.services.reporting.gazetteer import fold

LONGEST = 2000  # letters of a report that are looked at
STEM = 4  # letters from which a keyword also stands for words that begin with it
ENDING = 3  # letters that a shorter one may be followed by where it is a whole word: bin, bins
WORD, SEASON, USUAL, UNSEASONABLE = 10.0, 2.0, 3.0, -4.0

ANY_EMERGENCY = "emergency"
"""The code of an imported emergency whose number holds for all of those that have none of their own."""


def likely(
    services: Sequence[Service], words: str, *, month: int, here: Mapping[str, int] | Iterable[str] = ()
) -> list[Service]:
    """All of these, the likeliest first. `month` is 1–12; `here` are the codes of what was reported near, with how
    often where that is known."""
    typed = _words(words)
    often = here if isinstance(here, Mapping) else _counted(here)
    most = max(often.values(), default=0) or 1

    def worth(one: Service) -> float:
        said = max((_fit(keyword, typed) for keyword in _keywords_of(one)), default=0.0)
        season = 0.0 if not one.months else SEASON if month in one.months else UNSEASONABLE
        return WORD * said + season + USUAL * often.get(one.service_code, 0) / most

    return sorted(services, key=lambda one: (-worth(one), one.order, one.service_code))


def is_meant(service: Service, words: str) -> bool:
    """Whether any of the service's words is among these."""
    typed = _words(words)
    return any(_fit(keyword, typed) for keyword in _keywords_of(service))


async def emergency(
    session: AsyncSession, words: str, lat: float | None, long: float | None
) -> Emergency | None:
    """What these words say that cannot wait, with the number to call there; None when it can. What is built in gets a
    number of its own from what was imported under the same code, or under `emergency`."""
    typed = _without_harmless(_words(words))
    imported = (await session.scalars(select(Emergency).order_by(Emergency.code))).all()
    held: list[int] = []
    if lat is not None and long is not None and any(one.area_id is not None for one in imported):
        held = [one.id for one in await areas.holding(session, lat, long)]
    here = [one for one in imported if one.area_id is None or one.area_id in held]
    here.sort(key=lambda one: held.index(one.area_id) if one.area_id is not None else len(held))
    for one in here:
        if any(_fit(keyword, typed, stems=False) for keyword in _folded(one.keywords)):
            return one
    accented = re.findall(r"\w+", normalize("NFC", words[:LONGEST].casefold()))
    for known in _built_in()["emergencies"]:
        code = known["code"]
        said = any(_fit(keyword, typed, stems=False) for keyword in _folded(known["keywords"]))
        if said or any(fold(one) in typed and one in accented for one in known.get("accented", ())):
            own = next((one for one in here if one.code == code), None)
            if own is not None:
                return own
            usual = next((one for one in here if one.code == ANY_EMERGENCY), None)
            phone = usual.phone if usual else _built_in()["phone"]
            return Emergency(code=code, names=known["names"], keywords=known["keywords"], phone=phone)
    return None


def _words(text: str) -> list[str]:
    return fold(text[:LONGEST]).split()


def _counted(codes: Iterable[str]) -> dict[str, int]:
    often: dict[str, int] = {}
    for code in codes:
        often[code] = often.get(code, 0) + 1
    return often


def _keywords_of(service: Service) -> Iterable[tuple[str, ...]]:
    yield from _folded(service.keywords)
    yield from _folded({language: [name] for language, name in service.names.items()})


def _folded(keywords: Mapping[str, Any]) -> Iterable[tuple[str, ...]]:
    for words in keywords.values():
        for keyword in [words] if isinstance(words, str) else words:
            yield _keyword(str(keyword))


@lru_cache(maxsize=8192)
def _keyword(text: str) -> tuple[str, ...]:
    """Its words, folded; a star stays at the end of one that is only a beginning."""
    return tuple(fold(word) + "*" * word.endswith("*") for word in text.split() if fold(word))


def _fit(keyword: tuple[str, ...], typed: Sequence[str], *, stems: bool = True) -> float:
    """How well a keyword fits: 0 if it is not there, more the more of its words there are. Its words stand together,
    in their order."""
    length = len(keyword)
    if not length:
        return 0.0
    for start in range(len(typed) - length + 1):
        fits = [_same(part, typed[start + n], stems=stems) for n, part in enumerate(keyword)]
        if all(fits):
            return length - 0.5 + 0.5 * min(fits)
    return 0.0


def _same(part: str, word: str, *, stems: bool) -> float:
    """1 for the very word, less for one that begins so."""
    if part.endswith("*"):
        return 0.9 if word.startswith(part[:-1]) else 0.0
    if word == part:
        return 1.0
    if not stems or not word.startswith(part):
        return 0.0
    if len(part) >= STEM:
        return 0.8
    return 0.7 if len(part) >= ENDING and len(word) - len(part) <= 2 else 0.0


def _without_harmless(typed: Sequence[str]) -> list[str]:
    """These words but for what only sounds like an emergency: a hydrant, a lamp that does not burn."""
    left = list(typed)
    for phrase in _folded(_built_in()["harmless"]):
        start = 0
        while start <= len(left) - len(phrase):
            here = left[start : start + len(phrase)]
            if all(_same(part, word, stems=False) for part, word in zip(phrase, here, strict=True)):
                left[start : start + len(phrase)] = [""]  # what stood around it does not stand together now
            start += 1
    return left


@lru_cache(maxsize=1)
def _built_in() -> Mapping[str, Any]:
    import yaml

    text = files("bot.services.reporting").joinpath("emergencies.yaml").read_text("utf-8")
    read: Mapping[str, Any] = yaml.safe_load(text)
    return read
