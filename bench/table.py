"""From runs to a table: medians with the least and the most, and ratios to the bot that keeps nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.contenders import CONTENDERS

RESULTS = Path(__file__).with_name("results.json")
Run = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Column:
    """One figure: its heading, where it stands in a run, and how many digits are worth showing."""

    heading: str
    figure: str
    digits: int = 0


COLUMNS = (
    Column("votes/s", "votes_per_second"),
    Column("p50 ms", "p50_ms", 1),
    Column("p99 ms", "p99_ms", 1),
    Column("CPU s/1,000", "cpu_per_1000", 2),
    Column("RSS MB", "rss_mb"),
)
HEADINGS = ("bot", "by", *(column.heading for column in COLUMNS), "votes/s ratio", "CPU ratio")


def rows(runs: Mapping[str, Sequence[Run]]) -> list[tuple[str, ...]]:
    """One row a contender, in words."""
    made = []
    for one in CONTENDERS:
        if one.name not in runs:
            continue
        own, bare = runs[one.name], runs[f"echo-{one.mode}"]
        faster = [
            mine["votes_per_second"] / its["votes_per_second"] for mine, its in zip(own, bare, strict=True)
        ]
        dearer = [mine["cpu_per_1000"] / its["cpu_per_1000"] for mine, its in zip(own, bare, strict=True)]
        figures = [spread([run[column.figure] for run in own], column.digits) for column in COLUMNS]
        made.append((one.title, one.mode, *figures, spread(faster, 2), spread(dearer, 2)))
    return made


def spread(values: Sequence[float], digits: int) -> str:
    """The median, and the least and the most where they differ."""
    middle, least, most = (f"{value:,.{digits}f}" for value in (median(values), min(values), max(values)))
    return middle if least == most else f"{middle} ({least}–{most})"


def saved() -> dict[str, Any]:
    """The results of the last run."""
    return read(RESULTS)


def read(place: Path) -> dict[str, Any]:
    """Results that were kept."""
    found: dict[str, Any] = json.loads(place.read_text("utf-8"))
    return found


def save(results: Mapping[str, Any]) -> None:
    """Keep the results."""
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")
