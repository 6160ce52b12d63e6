"""What people type for a place, found in the gazetteer that the operator loaded; and what is called how nearby."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, hypot, radians
from typing import Any
from unicodedata import combining, normalize

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.message import Place
from bot.models import NamedPlace, PlaceWord

LONGEST = 120  # letters of what is looked for
TOLD = 500  # letters of a description in which names are looked for
WORDS = 6  # of them at most
SHORTEST = 2  # letters by which a beginning is looked for
RARE = 200  # places with a word, beyond which it is common
PARTS, ALONE = 4, 5  # words of a name that is looked for within others; letters of one that is a single word
ENOUGH = 400  # places that are compared, however many begin with the same letters
AROUND = 0.35  # degrees; a place further away from where somebody is, is not what they mean by a name alone
BOXES = (0.003, 0.012, 0.05)  # degrees, about 300 m, 1.3 km and 5.5 km
DEGREE = 111_195.0  # metres of latitude

_SAME = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "ı": "i",
        "ي": "ی",
        "ك": "ک",
        "ى": "ی",
    }
)
_NUMBER = re.compile(r"\d+[a-z]?(?:[-/]\d+[a-z]?)?")


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """As names are compared: small letters without accents, words with one space between them."""
    plain = "".join(one for one in normalize("NFKD", text.casefold()) if not combining(one))
    return " ".join(re.findall(r"\w+", re.sub(r"['’ʼ]", "", plain.translate(_SAME))))


@dataclass(frozen=True, slots=True)
class Sought:
    """What was typed, folded; `number` is a house number that was kept off it."""

    words: tuple[str, ...]
    number: str | None


def sought(text: str) -> Sought:
    """The words to look for, and the house number: `12 Elm Road`, `ul. Wiązowa 12a/3`."""
    words = fold(text[:LONGEST]).split()
    numbers = [one for one in words if _NUMBER.fullmatch(one)]
    kept = [one for one in words if one not in numbers]
    return Sought(tuple((kept or words)[:WORDS]), numbers[0] if kept and numbers else None)


def words_of(name: str, within: str) -> set[str]:
    """The words by which a place is found."""
    return {word[:64] for word in fold(f"{name} {within}").split()}


async def find(
    session: AsyncSession, words: str, *, near: Place | None = None, most: int = 4
) -> Sequence[NamedPlace]:
    """The places that may be meant, best first: called just so, then beginning so, else holding these words; of the
    same name the one nearest to `near` first. Where nothing is called so, places whose whole names stand among the
    words: “behind the Library, by the bins”. Where a name is there more than once, `within` tells them apart."""
    wanted = sought(words)
    typed = " ".join(wanted.words)
    if len(typed) < SHORTEST:
        return []
    found: dict[int, NamedPlace] = {}
    boxes: Sequence[tuple[ColumnElement[bool], ...]] = (_not_far(near), ()) if near else ((),)
    for look in (_beginning, _holding):
        for box in boxes:
            if len(found) < most:
                found |= {one.id: one for one in await look(session, wanted.words, box)}
        if found:  # words in the middle of names count only where no name begins so
            break
    if not found:
        found = {one.id: one for one in await _named_within(session, words, boxes[0])}
    return sorted(found.values(), key=lambda one: _rank(one, typed, near))[:most]


def _not_far(near: Place) -> tuple[ColumnElement[bool], ...]:
    """Not by the index of places on the map, which holds most of a town there: names are rarer."""
    wide = AROUND / max(0.05, cos(radians(near.lat)))
    return (
        (NamedPlace.lat + 0.0).between(near.lat - AROUND, near.lat + AROUND),
        (NamedPlace.long + 0.0).between(near.long - wide, near.long + wide),
    )


async def _beginning(
    session: AsyncSession, words: Sequence[str], box: Iterable[ColumnElement[bool]]
) -> Sequence[NamedPlace]:
    """Places whose names begin so; those that are called just so, whatever their number, among them."""
    typed = " ".join(words)
    exact = await session.scalars(select(NamedPlace).where(NamedPlace.folded == typed, *box).limit(ENOUGH))
    begun = await session.scalars(
        select(NamedPlace).where(*_begins(NamedPlace.folded, typed), *box).limit(ENOUGH)
    )
    return [*exact.all(), *begun.all()]


async def _holding(
    session: AsyncSession, words: Sequence[str], box: Iterable[ColumnElement[bool]]
) -> Sequence[NamedPlace]:
    """Places that have all these words, each of which may be cut short. The rarest one leads."""
    counts = {word: await _count(session, word) for word in dict.fromkeys(words) if len(word) >= SHORTEST}
    if not counts or min(counts.values()) == 0:
        return []
    lead, *others = sorted(counts, key=counts.__getitem__)
    ids = select(PlaceWord.place_id).where(*_begins(PlaceWord.word, lead)).limit(ENOUGH * 5)
    wanted = select(NamedPlace).where(NamedPlace.id.in_(ids), *box)
    for word in others:
        theirs = select(PlaceWord.word).where(
            PlaceWord.place_id == NamedPlace.id, *_begins(PlaceWord.word, word)
        )
        wanted = wanted.where(theirs.exists())
    return (await session.scalars(wanted.limit(ENOUGH))).all()


async def mentioned(
    session: AsyncSession, text: str, *, near: Sequence[Place], most: int = 3
) -> Sequence[NamedPlace]:
    """The places near one of these points whose names stand in a description: “a swarm of bees next to the
    playground”."""
    found: dict[int, NamedPlace] = {}
    for point in near:
        there = await _named_within(session, text, _not_far(point), longest=TOLD)
        found |= {one.id: one for one in sorted(there, key=lambda one: _rank(one, "", point))}
    return list(found.values())[:most]


async def _named_within(
    session: AsyncSession, text: str, box: Iterable[ColumnElement[bool]], *, longest: int = LONGEST
) -> Sequence[NamedPlace]:
    """Places near by whose names somebody wrote among other words; of those the longest names."""
    typed = fold(text[:longest]).split()
    names = {
        " ".join(typed[start:end])
        for start in range(len(typed))
        for end in range(start + 1, min(start + PARTS, len(typed)) + 1)
    }
    names = {one for one in names if " " in one or len(one) >= ALONE}
    there = await session.scalars(select(NamedPlace).where(NamedPlace.folded.in_(names), *box).limit(ENOUGH))
    rows = there.all()
    most = max((len(one.folded.split()) for one in rows), default=0)
    return [one for one in rows if len(one.folded.split()) == most]


def covers(place: NamedPlace, text: str) -> bool:
    """Whether all that was typed is part of the place's name and where it lies, but for a house number."""
    known = words_of(place.name, place.within)
    return all(any(one.startswith(word) for one in known) for word in sought(text).words)


async def _count(session: AsyncSession, word: str) -> int:
    some = select(PlaceWord.place_id).where(*_begins(PlaceWord.word, word)).limit(RARE).subquery()
    return int(await session.scalar(select(func.count()).select_from(some)) or 0)


def _begins(column: Any, letters: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """By ranges, for which both databases use an index that is sorted by bytes."""
    return column >= letters, column < letters + "\U0010ffff"


def around(near: Place, degrees: float) -> tuple[ColumnElement[bool], ...]:
    """What is no further off than so many degrees of latitude, to the east and west as far in metres."""
    wide = degrees / max(0.05, cos(radians(near.lat)))
    return (
        NamedPlace.lat.between(near.lat - degrees, near.lat + degrees),
        NamedPlace.long.between(near.long - wide, near.long + wide),
    )


def _rank(place: NamedPlace, typed: str, near: Place | None) -> tuple[int, float, int, str, str, int]:
    far = _metres(near, place) if near else 0.0
    fits = 0 if place.folded == typed else 1 if place.folded.startswith(typed) else 2
    return fits, far, len(place.folded), place.folded, place.within, place.id


def _metres(here: Place, place: NamedPlace) -> float:
    """On a plane, which near a town is near enough."""
    east = (place.long - here.long) * cos(radians(here.lat))
    return DEGREE * hypot(place.lat - here.lat, east)


async def nearest(session: AsyncSession, lat: float, long: float) -> NamedPlace | None:
    """What is called by a name nearest to a point; None where there is nothing for five kilometres."""
    here, shrinks = Place(lat, long), cos(radians(lat)) ** 2
    north, east = NamedPlace.lat - lat, NamedPlace.long - long
    far = north * north + east * east * shrinks
    for degrees in BOXES:
        wanted = select(NamedPlace).where(*around(here, degrees)).order_by(far, NamedPlace.id).limit(1)
        found: NamedPlace | None = await session.scalar(wanted)
        if found is not None:
            return found
    return None
