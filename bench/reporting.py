"""What a report costs from the photo to the desk: every part, and beside what was promised."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

from bench import desk, photos, reports, routing
from bench.empty import KINDS
from bench.postgresql import Server
from bench.table import spread
from bench.targets import WITHIN, Row, Target

HEADINGS = ("what", "on", "measured")
TURNS = {
    "report": "a report's turn: neighbours looked for, routed, its team told",
    "nearby": "a look for neighbours",
    "tick": "a tick of the clock that finds nothing due",
}
Found = dict[str, Any]


async def measured(server: Server, rounds: int, found: Found) -> AsyncIterator[str]:
    """Put down each part when it is done; yields its name."""
    found["routing"] = await routing.measured(server, rounds)
    yield "routing"
    found["photos"] = await photos.measured(server, rounds)
    yield "photos"
    found["turns"] = await reports.measured(server, rounds)
    yield "turns"
    found["desk"] = await desk.measured(server)
    yield "desk"


def promised(found: Found) -> Iterator[Row]:
    """Every promise, as a row with its verdict."""
    turns, counted, many = found["turns"], found["desk"], max(desk.SIZES)
    least = Target(least=100_000, unit=" points/s", digits=0)
    for kind in KINDS:
        yield Row(
            f"points that find their areas among {found['routing']['areas']:,}",
            kind,
            least,
            found["routing"][kind]["points_per_second"],
        )
    for name, title in TURNS.items():
        for kind in KINDS:
            few, more = (turns[kind][name][str(turns[size])] for size in ("few", "many"))
            yield Row(
                f"{title}, with {turns['many']:,} stored, beyond that with {turns['few']:,}",
                kind,
                WITHIN,
                [(big / small - 1) * 100 for big, small in zip(more, few, strict=True)],
            )
    for kind in KINDS:
        lists = [ms for name, ms in counted[kind][str(many)].items() if name != "numbers"]
        yield Row(f"the desk's lists with {many:,} reports", kind, Target(most=20, unit=" ms"), lists)


def beside(found: Found) -> Iterator[tuple[str, ...]]:
    """The same work beside somebody who does it plainly, as ratios."""
    kept, pillow = found["photos"]["kept"], found["photos"]["pillow"]
    title = f"photos of {found['photos']['points'] / 1e6:.0f} million points kept a second"
    yield title, "Pillow that only makes them small", _each(kept), _ratios(kept, pillow)
    plainly = found["routing"]["plainly"]
    for kind in KINDS:
        ours = found["routing"][kind]["points_per_second"]
        yield f"points/s on {kind}", "asking one area after the other", _each(ours), _ratios(ours, plainly)


def rows(found: Found) -> Iterator[tuple[str, ...]]:
    """What it takes, in milliseconds unless it says otherwise."""
    turns, counted = found["turns"], found["desk"]
    for name, title in TURNS.items():
        for kind in KINDS:
            sizes = [turns[kind][name][str(turns[size])] for size in ("few", "many")]
            yield title, kind, " → ".join(_each(each) for each in sizes)
    for kind in KINDS:
        yield "a route", kind, _each(found["routing"][kind]["route_ms"])
    for kind in KINDS:
        few, more = found["routing"][kind]["place_ms"].values()
        yield f"a place by its name, of 1,000 → {found['routing']['places']:,}", kind, _both(few, more)
    small, big = (str(size) for size in desk.SIZES)
    for kind in KINDS:
        team = [counted[kind][size]["team"] for size in (small, big)]
        yield "the desk's list of a team", kind, " → ".join(f"{ms:.1f}" for ms in team)
    for kind in KINDS:
        numbers = [counted[kind][size]["numbers"] for size in (small, big)]
        yield "the numbers of a body, counted anew", kind, " → ".join(f"{ms:,.0f}" for ms in numbers)
    largest = found["photos"]["largest"]
    yield (
        f"a photo of {largest[0]['points'] / 1e6:.0f} million points",
        "",
        f"{spread([1000 * one['s'] for one in largest], 0)}; "
        f"{spread([one['more_mb'] for one in largest], 0)} MiB at its peak",
    )


def _each(values: Sequence[float]) -> str:
    return spread(values, 0 if min(values) >= 100 else 1)


def _both(few: Sequence[float], more: Sequence[float]) -> str:
    return f"{_each(few)} → {_each(more)}"


def _ratios(ours: Sequence[float], others: Sequence[float]) -> str:
    return spread([one / other for one, other in zip(ours, others, strict=True)], 2)
