"""`python -m bench.report`: writes the numbers of bench/results.json into docs/performance.md, between its marks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench import table

PAPER = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
_BLOCK = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
Results = Mapping[str, Any]

TITLES = {"folkmoot-sqlite-polling": "SQLite", "folkmoot-postgresql-polling": "PostgreSQL"}


def main() -> None:
    """Fill every block of the paper."""
    results = table.saved()
    PAPER.write_text(filled(PAPER.read_text("utf-8"), results), "utf-8")
    print(f"The numbers in {PAPER.name} are those of {results['machine']['when']}.")


def filled(paper: str, results: Results) -> str:
    """The paper with these results between its marks."""
    return _BLOCK.sub(lambda found: f"{found[1]}{_BLOCKS[found[2]](results)}\n{found[3]}", paper)


def _machine(results: Results) -> str:
    about = results["machine"]
    others = [run["others"] for runs in results["runs"].values() for run in runs]
    libraries = ", ".join(f"{name} {version}" for name, version in about["libraries"].items() if version)
    return (
        f"{about['cores']} cores, {about['memory_gb']} GB, {about['system']}, Python {about['python']}, "
        f"SQLite {about['sqlite']}, PostgreSQL {about['postgresql']['version']}, "
        f"{about['fsync_ms']} ms for one fsync; {libraries}. Measured {about['when'][:10]}. Other work on the "
        f"machine kept {table.spread(others, 1)} cores busy meanwhile."
    )


def _votes(results: Results) -> str:
    return _markdown(table.HEADINGS, table.rows(results["runs"]))


def _ceiling(results: Results) -> str:
    bare = results["ceiling"]
    most = max(run["votes_per_second"] for runs in results["runs"].values() for run in runs)
    return (
        f"A bot that does nothing gets {bare['votes_per_second']:,.0f} votes/s through the same fake, "
        f"{bare['votes_per_second'] / most:.0f} times the most that any contender reached; the fake used "
        f"{bare['fake_cpu_per_1000']:.2f} CPU seconds per 1,000 votes for it."
    )


def _statements(results: Results) -> str:
    found = results["statements"]
    rows = []
    for name, ways in found.items():
        for way, counts in ways.items():
            sql = {what: count for what, count in counts.items() if what not in {"BEGIN", "COMMIT"}}
            most = sorted(sql.items(), key=lambda pair: -pair[1])
            listed = ", ".join(f"{what} {count:.2f}" for what, count in most if count >= 0.1)
            rows.append((TITLES[name], way, f"{sum(sql.values()):.1f}", f"{counts['COMMIT']:.2f}", listed))
    return _markdown(
        ("database", "taps", "statements a vote", "commits a vote", "which (0.1 a vote or more)"), rows
    )


def _profile(results: Results) -> str:
    found = results["profile"]
    if not found:
        return "No profile was taken: py-spy was not installed."
    parts = sorted(
        {part for seen in found.values() for part in seen["parts"]},
        key=lambda part: -max(seen["parts"].get(part, 0.0) for seen in found.values()),
    )
    rows = [(part, *(_share(seen, part) for seen in found.values())) for part in parts]
    rows.append(("**all of a vote**", *(f"**{seen['cpu_us']:,.0f} µs**" for seen in found.values())))
    return _markdown(("what", *(TITLES[name] for name in found)), rows)


def _share(seen: Mapping[str, Any], part: str) -> str:
    took = seen["parts"].get(part, 0.0)
    return f"{took:,.0f} µs ({took / seen['cpu_us']:.0%})"


def _markdown(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [headings, tuple("---" for _ in headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


_BLOCKS: dict[str, Callable[[Results], str]] = {
    "machine": _machine,
    "votes": _votes,
    "ceiling": _ceiling,
    "statements": _statements,
    "profile": _profile,
}


if __name__ == "__main__":
    main()
