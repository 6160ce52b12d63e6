"""What was promised beside what was measured: a row for each target, from the results of one run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.contenders import BY_NAME, OURS
from bench.posting import on_half_a_core
from bench.table import Run, spread

Results = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """A promise about the median: at least, or at most, so much. `unit` follows the numbers."""

    least: float | None = None
    most: float | None = None
    unit: str = ""
    digits: int = 1

    def __str__(self) -> str:
        sign, limit = ("≥", self.least) if self.least is not None else ("≤", self.most)
        return f"{sign} {limit:,g}{self.unit}"

    def met(self, values: Sequence[float]) -> bool:
        """Whether the median keeps the promise; where nothing at all is allowed, every value must."""
        middle = max(values) if self.most == 0 else median(values)
        return (self.least is None or middle >= self.least) and (self.most is None or middle <= self.most)


@dataclass(frozen=True, slots=True)
class Row:
    """One target: what, for which Folkmoot, and a value a round; none where it was not measured."""

    what: str
    which: str
    target: Target
    values: Sequence[float]

    @property
    def verdict(self) -> str:
        """In one word or three."""
        if not self.values:
            return "not measured"
        return "met" if self.target.met(self.values) else "**missed**"

    def cells(self) -> tuple[str, ...]:
        """As a line of the table."""
        shown = spread(self.values, self.target.digits) + self.target.unit if self.values else "–"
        return self.what, self.which, str(self.target), shown, self.verdict


HEADINGS = ("what", "Folkmoot on", "target", "measured", "")
RATIOS = (
    ("orm", "votes/s ÷ ORM bot", 15),
    ("echo", "votes/s ÷ python-telegram-bot echo", 2.5),
    ("aiogram", "votes/s ÷ aiogram echo", 1.5),
)
WITHIN = Target(most=15, unit=" %")
CHOSEN = {"folkmoot-sqlite-polling": "SQLite", "folkmoot-postgresql-polling": "PostgreSQL"}


def rows(results: Results) -> list[Row]:
    """Every target, in the order in which they were set."""
    made: list[Row] = []
    for part in (_ratios, _waits, _during, _postman, _sizes, _shared, _memory):
        made += part(results)
    return made


def ratios(runs: Mapping[str, Sequence[Run]], name: str, other: str, figure: str) -> list[float]:
    """A contender's figure over another's, each within its round."""
    return [own[figure] / its[figure] for own, its in zip(runs[name], runs[other], strict=True)]


def _place(name: str) -> str:
    one = BY_NAME[name]
    return f"{'SQLite' if one.database == 'sqlite' else 'PostgreSQL'}, {one.mode}"


def _ratios(results: Results) -> Iterator[Row]:
    for peer, what, least in RATIOS:
        for one in OURS:
            values = ratios(results["runs"], one.name, f"{peer}-{one.mode}", "votes_per_second")
            yield Row(what, _place(one.name), Target(least=least, digits=2), values)


def _waits(results: Results) -> Iterator[Row]:
    for one in OURS:
        waits = [run["p99_ms"] for run in results["runs"][one.name]]
        yield Row(
            "tap to answer at half of the maximum, p99", _place(one.name), Target(most=30, unit=" ms"), waits
        )


def _during(results: Results) -> Iterator[Row]:
    found = results.get("broadcasting", {})
    for pace, title in (("usual", "24 letters/s"), ("paid", "up to 800 letters/s")):
        for name in CHOSEN:
            rounds = found.get(f"{name} {pace}", [])
            values = [one["during_p99_ms"] / one["p99_ms"] for one in rounds]
            what = f"the same during a broadcast of {title}, ÷ without"
            yield Row(what, _place(name), Target(most=2, digits=2), values)


def _postman(results: Results) -> Iterator[Row]:
    found = results.get("postman", {})
    plain, mixed = found.get("plain", []), found.get("mixed", [])
    share = Target(least=97, unit=" %")
    yield Row("broadcast, of the allowed rate", "SQLite", share, [100 * one["of_allowed"] for one in plain])
    share = Target(least=93, unit=" %")
    what = "the same mixed with groups and replies"
    yield Row(what, "SQLite", share, [100 * one["of_allowed"] for one in mixed])
    wrong = [float(one["refused"] + one["lost"] + one["twice"]) for one in (*plain, *mixed)]
    yield Row("letters refused, lost or sent twice in these", "SQLite", Target(most=0, digits=0), wrong)
    for name in CHOSEN.values():
        capacity = [on_half_a_core(one) for one in found.get("free", {}).get(name, [])]
        target = Target(least=1000, unit=" letters/s", digits=0)
        yield Row("postman's own capacity on half a core, limits lifted", name, target, capacity)


def _sizes(results: Results) -> Iterator[Row]:
    found = results.get("sizes", {})
    for town, what in (
        ("ballots", f"a vote's CPU at {found.get('ballots', 0):,} ballots, beyond that at 1,000"),
        ("people", f"a turn's CPU with {found.get('people', 0):,} residents, beyond that with 1,000"),
    ):
        for name, place in CHOSEN.items():
            costs = found.get(name, {}).get("costs", {})
            pairs = zip(costs.get(town, []), costs.get("small", []), strict=town in costs)
            more = [(big["cpu_per_1000"] / small["cpu_per_1000"] - 1) * 100 for big, small in pairs]
            yield Row(what, place, WITHIN, more)
    for name, place in CHOSEN.items():
        prepared = found.get(name, {}).get("prepared", {})
        large, small = prepared.get("people"), prepared.get("small")
        what = f"a broadcast to {found.get('people', 0):,} put into the outbox"
        yield Row(what, place, Target(most=3, unit=" s"), [large["seconds"]] if large else [])
        beyond = [large["most_mb"] - small["most_mb"]] if large else []
        what = "its memory, beyond that for 1,000"
        yield Row(what, place, Target(most=FLAT, unit=" MiB", digits=0), beyond)
    for name, place in CHOSEN.items():
        starts = found.get(name, {}).get("starts", {}).get("people", [])
        what = f"start-up to ready with {found.get('people', 0):,} residents"
        yield Row(what, place, Target(most=2, unit=" s", digits=2), starts)


def _shared(results: Results) -> Iterator[Row]:
    found = results.get("sharing", {})
    pairs = zip(found.get("shared", []), found.get("all", []), strict=True)
    values = [shared["votes_per_second"] / alone["votes_per_second"] for shared, alone in pairs]
    yield Row("two web + one post ÷ one all, votes/s", "PostgreSQL", Target(least=1, digits=2), values)


def _memory(results: Results) -> Iterator[Row]:
    found = results.get("sizes", {})
    for name, place in CHOSEN.items():
        memory = found.get(name, {}).get("memory")
        resident = Target(most=150, unit=" MiB", digits=0)
        yield Row("memory at rest", place, resident, [memory["rest_mb"]] if memory else [])
        updates = memory["updates"] if memory else 0
        after = [memory["seen"][-1][1]] if memory else []
        yield Row(f"memory after {updates:,} updates", place, resident, after)
        growth = [growth_of(memory["seen"])] if memory else []
        yield Row("its growth over the last half of them", place, Target(most=GROWTH, unit=" MiB"), growth)


GROWTH = 2.0  # MiB; less than that memory goes up and down by itself
FLAT = 40.0  # MiB: SQLite's cache of 32, and what a longer journal takes


def growth_of(seen: Sequence[Sequence[float]]) -> float:
    """MiB between the middle of the second quarter of the looks (updates, MiB) and that of the last."""
    quarter = max(1, len(seen) // 4)
    early, late = seen[quarter : 2 * quarter], seen[-quarter:]
    return median(one[1] for one in late) - median(one[1] for one in early or seen[:1])
