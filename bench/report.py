"""`python -m bench.report`: writes bench/results.json into the papers, between their marks, and draws the picture."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench import broadcasting, country, picture, reporting, settling, shards, showing, table, targets

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAPERS = (DOCS / "performance.md", DOCS / "spreading.md", DOCS / "showing.md", DOCS / "reporting.md")
_BLOCK = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
Results = Mapping[str, Any]

TITLES = targets.CHOSEN | {"echo": "python-telegram-bot echo", "orm": "ORM bot"}
BEFORE = table.RESULTS.with_name("before.json")


def main() -> None:
    """Fill every block of the papers, and draw the picture."""
    results = table.saved()
    for paper in PAPERS:
        paper.write_text(filled(paper.read_text("utf-8"), results), "utf-8")
    picture.draw(results)
    print(f"The numbers in the papers are those of {results['machine']['when']}.")


def filled(paper: str, results: Results) -> str:
    """The paper with these results between its marks."""
    return _BLOCK.sub(lambda found: f"{found[1]}{_BLOCKS[found[2]](results)}\n{found[3]}", paper)


def _machine(results: Results) -> str:
    about = results["machine"]
    runs = [run for runs in results["runs"].values() for run in runs]
    libraries = ", ".join(f"{name} {version}" for name, version in about["libraries"].items() if version)
    said = (
        f"{about['cores']} cores, {about['memory_gb']} GB, {about['system']}, Python {about['python']}, "
        f"SQLite {about['sqlite']}, PostgreSQL {about['postgresql']['version']}, "
        f"{about['fsync_ms']} ms for one fsync; {libraries}. Measured {about['when'][:10]}. Other work on the "
        f"machine kept {table.spread([run['others'] for run in runs], 1)} cores busy meanwhile"
    )
    yards = [run["yardstick_ms"] for run in runs if "yardstick_ms" in run]
    return said + (
        f", and a fixed piece of work beside each run took {table.spread(yards, 0)} ms: so steady was the machine."
        if yards
        else "."
    )


def _parts(results: Results) -> str:
    """What went wrong, and what was measured again on another day."""
    failed = [f"- {part}: {reason}" for part, reason in results.get("failed", {}).items()]
    whole = results["machine"]["when"][:10]
    again = {part: when[:10] for part, when in results.get("when", {}).items() if when[:10] != whole}
    later = [f"- {part} was measured on {when}." for part, when in again.items()]
    return "\n".join(failed + later) or "Every part of the run came to its end, on the same day."


def _settling(results: Results) -> str:
    rows = []
    for bot, ways in results.get("settling", {}).items():
        shown = [f"{rate:,.0f}" if rate else "votes were lost" for rate in ways.values()]
        rows.append((TITLES[bot], *shown, settling.best(ways)))
    return _markdown(("bot", *settling.WAYS, "taken"), rows)


def _targets(results: Results) -> str:
    return _markdown(targets.HEADINGS, [row.cells() for row in targets.rows(results)])


def _broadcasting(results: Results) -> str:
    found = results.get("broadcasting", {})
    rows = []
    for name, rounds in found.items():
        bot, _, pace = name.partition(" ")
        figures = [("votes_per_second", 0), ("letters_per_second", 0), ("p50_ms", 1), ("p99_ms", 1)]
        figures += [("during_p50_ms", 1), ("during_p99_ms", 1)]
        shown = [table.spread([one[figure] for one in rounds], digits) for figure, digits in figures]
        rows.append((TITLES[bot], broadcasting.PACES[pace].title, *shown))
    headings = (
        "Folkmoot on",
        "the broadcast",
        "votes/s",
        "letters/s",
        "p50 ms",
        "p99 ms",
        "during: p50",
        "p99",
    )
    return _markdown(headings, rows)


def _sizes(results: Results) -> str:
    found = results.get("sizes", {})
    rows = []
    for name in targets.CHOSEN:
        for town, costs in found.get(name, {}).get("costs", {}).items():
            people = found["people"] if town == "people" else found["few"]
            ballots = found["ballots"] if town == "ballots" else found["few"]
            figures = (("votes_per_second", 0), ("cpu_per_1000", 2))
            shown = [table.spread([one[figure] for one in costs], digits) for figure, digits in figures]
            rows.append((TITLES[name], f"{people:,}", f"{ballots:,}", *shown))
    return _markdown(("Folkmoot on", "residents", "ballots", "votes/s", "CPU s/1,000"), rows)


def _showing(results: Results) -> str:
    return _markdown(showing.HEADINGS, list(showing.rows(results.get("showing", {}), targets.CHOSEN)))


def _reports(results: Results) -> str:
    return _markdown(reporting.HEADINGS, list(reporting.rows(results["reports"])))


def _promised(results: Results) -> str:
    return _markdown(targets.HEADINGS, [row.cells() for row in reporting.promised(results["reports"])])


def _beside(results: Results) -> str:
    headings = ("what", "beside", "Folkmoot", "÷")
    return _markdown(headings, list(reporting.beside(results["reports"])))


def _before(results: Results) -> str:
    before = table.read(BEFORE)
    said = []
    for when, these in (("Before", before), ("Now", results)):
        each = {
            place: targets.ratios(these["runs"], name, "echo-polling", "votes_per_second")
            for name, place in targets.CHOSEN.items()
        }
        shown = "; ".join(f"{place} {table.spread(ratios, 2)}" for place, ratios in each.items())
        said.append(f"- {when}: {_counted(these)} Votes/s ÷ python-telegram-bot echo: {shown}.")
    return "\n".join(said)


def _counted(results: Results) -> str:
    """How many statements and commits in one sentence."""
    said = [
        f"{TITLES[name]} {sum(n for what, n in counts.items() if what not in _ENDS):.1f}"
        f" and {counts['COMMIT']:.2f}"
        for name, ways in results["statements"].items()
        for way, counts in ways.items()
        if way == "many in flight"
    ]
    return f"Statements and commits for each vote, with many in flight: {'; '.join(said)}."


_ENDS = {"BEGIN", "COMMIT"}
OFTEN = 0.1  # a vote; where all are rarer, half of the most frequent is enough to be named


def _country(results: Results) -> str:
    return _markdown(("", "at Telegram's usual limit", "at its paid limit"), country.rows(results))


def _breaks(results: Results) -> str:
    return _markdown(("what", "how much there is", "used up at votes/s"), country.breaks_first(results))


def _shards(results: Results) -> str:
    return _markdown(("spread by", "so they lie beside", "tables"), shards.rows())


def _crossing(results: Results) -> str:
    headings = ("statement", "times a vote", "finds its server by", "crosses")
    return _markdown(headings, shards.of_a_vote(results))


def _assumed(results: Results) -> str:
    about = country.Country()
    return (
        f"Assumed: {about.residents:,} residents, {about.communities:,} communities, {about.bots} bots; "
        f"{about.share:.0%} answer a question, half of them within {about.half_within / 60:.0f} minutes of "
        f"reading it; {country.POLLS} questions to everybody a year; cores are planned to be {country.BUSY:.0%} busy."
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
            sql = {what: count for what, count in counts.items() if what not in _ENDS}
            most = sorted(sql.items(), key=lambda pair: -pair[1])
            enough = min(OFTEN, most[0][1] / 2)
            listed = ", ".join(f"{what} {count:.2f}" for what, count in most if count >= enough)
            rows.append((TITLES[name], way, f"{sum(sql.values()):.1f}", f"{counts['COMMIT']:.2f}", listed))
    return _markdown(("database", "taps", "statements a vote", "commits a vote", "which are the most"), rows)


def _profile(results: Results) -> str:
    seen = [
        (f"{place}, {when}", these["profile"][name])
        for name, place in targets.CHOSEN.items()
        for when, these in (("before", table.read(BEFORE)), ("now", results))
        if name in these["profile"]
    ]
    parts = sorted(
        {part for _, one in seen for part in one["parts"]},
        key=lambda part: -max(one["parts"].get(part, 0.0) for _, one in seen),
    )
    rows = [(part, *(_share(one, part) for _, one in seen)) for part in parts]
    rows.append(("**all of a vote**", *(f"**{one['cpu_us']:,.0f} µs**" for _, one in seen)))
    return _markdown(("what", *(heading for heading, _ in seen)), rows)


def _share(seen: Mapping[str, Any], part: str) -> str:
    took = seen["parts"].get(part, 0.0)
    return f"{took:,.0f} µs ({took / seen['cpu_us']:.0%})"


def _markdown(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [headings, tuple("---" for _ in headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


_BLOCKS: dict[str, Callable[[Results], str]] = {
    "targets": _targets,
    "machine": _machine,
    "parts": _parts,
    "settling": _settling,
    "broadcasting": _broadcasting,
    "sizes": _sizes,
    "showing": _showing,
    "reports": _reports,
    "promised": _promised,
    "beside": _beside,
    "before": _before,
    "country": _country,
    "assumed": _assumed,
    "breaks": _breaks,
    "shards": _shards,
    "crossing": _crossing,
    "votes": _votes,
    "ceiling": _ceiling,
    "statements": _statements,
    "profile": _profile,
}


if __name__ == "__main__":
    main()
