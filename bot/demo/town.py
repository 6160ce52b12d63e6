"""What there is in the make-believe town: its names and people, what is asked there, and what they answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.message import Place
from bot.outbox import Progress
from bot.services.polling.questions import Draft

SLUG = "elm-park"

NAMES = {"en": "Elm Park", "cy": "Parc y Llwyf", "pl": "Park Wiązów", "ur": "ایلم پارک"}
AREAS = ("North End", "Station Road", "The Green", "Mill Lane")
PLACE = Place(51.55, 0.19)

QUARTER = {"en": "Harbour Quarter", "cy": "Ardal yr Harbwr"}

PEOPLE = {
    "en": "Ada Bea Cal Dot Eve Fay Gil Hal Ivy Jo Kit Lou May Ned Oz Peg Ray Sal Ted Una",
    "cy": "Alys Bryn Carys Dewi Eira",
    "pl": "Ala Bolek Celina Darek Ewa Franek Gosia Hania",
    "ur": "امنہ بلال دانش فرح حنا عمران ثنا",
}
"""First names that a language's speakers might have; nobody in particular. The first one is the organiser."""

ZONE = "Europe/London"


Wishes = tuple[int | str, ...]
"""What one person taps or writes, one after the other."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the make-believe town: asked and closing so many days from now, answered by as many people as
    there are `answers`."""

    draft: Draft
    asked: int
    closes: int
    answers: tuple[Wishes, ...] = field(repr=False)
    results: str = "voted"
    named: bool = False
    quorum: str | None = None
    suggested: str | None = None
    outcome: str | None = None
    decided_by: str | None = None
    done_by: int | None = None
    came_by: tuple[tuple[str, str, int], ...] = ()
    """Links by which the first of them came: kind, name, and how many people."""
    followed_up: tuple[tuple[int, str, str | None, int | None], ...] = ()
    """When, what was said of the promise, why, and the day for which it was promised anew."""


def _votes(*counts: int) -> tuple[Wishes, ...]:
    """So many votes for the first choice, so many for the second …"""
    return tuple((choice,) for choice, count in enumerate(counts) for _ in range(count))


def _each(answers: Iterable[tuple[int, Wishes]]) -> tuple[Wishes, ...]:
    return tuple(wishes for count, wishes in answers for _ in range(count))


def asked_in_town(now: datetime) -> tuple[Asked, ...]:
    """Questions of every kind, and in every state: closed and followed up, closed and waiting for it, open."""
    return (*SERIES, *ANSWERED, *OPEN[:3], _planning(now), *OPEN[3:])


def _after_dark(asked: int, closes: int, votes: tuple[int, ...], outcome: str | None) -> Asked:
    """How many people chose 1, 2 …"""
    question = "How safe do you feel in our streets after dark?"
    ends = ["not safe at all", "very safe"]
    return Asked(
        Draft(question, (), "scale", {"low": 1, "high": 5, "ends": ends}),
        asked=asked,
        closes=closes,
        answers=_each((count, (value,)) for value, count in enumerate(votes, 1)),
        outcome=outcome,
    )


SERIES = (
    _after_dark(-66, -61, (6, 9, 5, 2, 1), "The council counts the lamps that are broken."),
    _after_dark(-40, -35, (3, 7, 8, 5, 2), "Nine lamps are mended, and the hedge at the school is cut."),
    _after_dark(-13, -8, (1, 4, 9, 9, 4), None),
)
"""The same question three times: what becomes of it can be seen."""


ANSWERED = (
    Asked(
        Draft("What does the dark path behind the school need?", ("Lamps", "A lower hedge", "Nothing")),
        asked=-62,
        closes=-55,
        answers=_votes(16, 6, 3),
        outcome="Three lamps. They burn until midnight.",
        decided_by="the council",
        done_by=-20,
        followed_up=((-22, "done", None, None),),
    ),
    Asked(
        Draft("Which playground gets the new swing?", ("The Green", "Mill Lane")),
        asked=-50,
        closes=-45,
        answers=_votes(13, 9),
        outcome="The Green gets it, and Mill Lane the next one.",
        decided_by="the council",
        done_by=-10,
        followed_up=((-9, "late", "The ground is too wet to dig.", 25),),
    ),
    Asked(
        Draft("Shall the library open on Sundays?", ("Yes", "No", "Only in winter")),
        asked=-24,
        closes=-18,
        answers=_votes(9, 3, 5),
        quorum="20",
    ),
    Asked(
        Draft(
            "Where should the new bench go?",
            ("By the bus stop", "Under the big elm", "Next to the playground"),
        ),
        asked=-9,
        closes=-5,
        answers=_votes(7, 14, 6),
        decided_by="the organisers",
        done_by=30,
        outcome="Under the big elm it is. The repair café starts on Saturday; come and help if you like.",
    ),
    Asked(
        Draft("How was the spring fair?", (), "scale", {"low": 1, "high": 5, "ends": ["dull", "splendid"]}),
        asked=-6,
        closes=-2,
        answers=_each([(1, (1,)), (2, (2,)), (5, (3,)), (11, (4,)), (6, (5,))]),
    ),
)
"""Those that have closed."""


OPEN = (
    Asked(
        Draft("Which evening suits you for the street supper?", ("Friday", "Saturday", "Sunday")),
        asked=-1,
        closes=20,
        answers=_votes(4, 9, 5),
        results="closed",
    ),
    Asked(
        Draft("What would make Mill Lane safer?", (), "text"),
        asked=-2,
        closes=12,
        answers=(("A crossing by the school",), ("Slower cars",), ("Lamps at the corner, please",)),
    ),
    Asked(
        Draft("Who helps to plant the orchard?", (), "count", {"need": 12}),
        asked=-2,
        closes=16,
        answers=_each([(7, (1,)), (1, (1, 0))]),
        named=True,
    ),
    Asked(
        Draft(
            "What shall the summer fund be spent on?",
            ("Play days", "A bench", "Trees"),
            "points",
            {"points": 5},
        ),
        asked=-1,
        closes=11,
        answers=_each([(4, (2, 201, 202)), (3, (1, 2, 101, 102, 103)), (2, (201, 202, 203))]),
    ),
    Asked(
        Draft("What does the park need?", ("Benches", "Lamps", "A tap", "Trees"), "several", {"most": 2}),
        suggested="A fountain to drink from",
        asked=-1,
        closes=13,
        answers=_each([(5, (0, 3)), (4, (1, 3)), (3, (2,)), (2, (0, 1))]),
    ),
    Asked(
        Draft(
            "What shall the council mend first?",
            ("The bridge", "The hall roof", "The playground"),
            "ranking",
            {"method": "schulze"},
        ),
        asked=-1,
        closes=14,
        answers=_each([(6, (1, 2, 0)), (5, (2, 1)), (4, (0, 1, 2)), (2, (2, 0, 1))]),
    ),
    Asked(
        Draft("Shall we keep the market on Saturday?", ("Yes, Saturday", "Move it to Sunday", "Both days")),
        asked=-1,
        closes=30,
        answers=_votes(8, 3, 6),
        came_by=(("poster", "library", 7), ("newsletter", "", 5)),
    ),
)
"""Those that have not."""


def _planning(now: datetime) -> Asked:
    return Asked(
        Draft("When shall we plan the winter market?", _evenings(now, 15, 17, 22), "dates", {"zone": ZONE}),
        asked=-1,
        closes=10,
        answers=_each([(3, (2, 4)), (4, (5, 8)), (2, (5, 7)), (1, (-1,))]),
        named=True,
    )


def _evenings(now: datetime, *days: int) -> tuple[str, ...]:
    """Seven in the evening, so many days from now."""
    here = now.astimezone(ZoneInfo(ZONE)).replace(hour=19, minute=0, second=0, microsecond=0)
    return tuple((here + timedelta(days=day)).astimezone(UTC).isoformat() for day in days)


AT_THE_HARBOUR = (
    Asked(
        Draft("May dogs run free on the beach in winter?", ("Yes", "Before ten o'clock", "No")),
        asked=-1,
        closes=25,
        answers=_votes(3, 4, 1),
    ),
)


TOLD = {
    "en": "The hall is closed on Friday: its floor is being mended. The Friday lunch is in the library, at noon.",
    "pl": "W piątek sala jest zamknięta z powodu naprawy podłogi. Piątkowy obiad będzie w bibliotece, w południe.",
}
"""What everyone in the town was told two days ago, and how far it came."""

HEARD = Progress(put=40, sent=38, waiting=0, failed={"403 Forbidden: bot was blocked by the user": 2})
