"""`python -m bench [--quick]`: votes a second, end to end, for every contender; the results are kept as JSON."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import machine, table
from bench.contenders import CEILING, CONTENDERS, Contender
from bench.looking import profile, statements
from bench.postgresql import Server, serving
from bench.running import IN_FLIGHT, Length, Result, run

FULL = (3, Length(warm_up=1, full=3, half=2.5))
QUICK = (1, Length(warm_up=0.7, full=1.5, half=1.5))

console = Console(highlight=False)


def main() -> None:
    """Measure, show and keep."""
    wishes = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    wishes.add_argument("--quick", action="store_true", help="one short round; nothing is kept")
    wishes.add_argument("--only", default="", help="contenders with this in their names; nothing is kept")
    asked = wishes.parse_args()
    chosen = [one for one in CONTENDERS if asked.only in one.name]
    rounds, length = QUICK if asked.quick else FULL
    results = asyncio.run(measured(chosen, rounds, length, keep=not asked.quick and not asked.only))
    if asked.only:
        for name, runs in results["runs"].items():
            console.print(name, runs)
        return
    show(results)
    if not asked.quick:
        console.print(
            "Kept in bench/results.json; `python -m bench.report` writes them into docs/performance.md."
        )


async def measured(contenders: list[Contender], rounds: int, length: Length, *, keep: bool) -> dict[str, Any]:
    """Everything there is to know, the contenders taking turns. What is known after each round is kept."""
    about = machine.description()
    async with serving() as server:
        about["postgresql"] = {"version": server.version, **server.durability}
        ceiling = await _one(CEILING, server, length, "how much the fake can bear")
        runs: dict[str, list[dict[str, float]]] = {one.name: [] for one in contenders}
        found: dict[str, Any] = {"machine": about, "in_flight": IN_FLIGHT, "length": asdict(length)}
        found |= {"ceiling": asdict(ceiling), "runs": runs}
        found |= await _looked(server) if keep else {}
        for number in range(rounds):
            # Every other round the other way round, so that nobody always follows the same one.
            for one in contenders if number % 2 == 0 else reversed(contenders):
                runs[one.name].append(asdict(await _one(one, server, length, f"round {number + 1}")))
            if keep:
                table.save(found)
        return found


async def _one(contender: Contender, server: Server, length: Length, when: str) -> Result:
    result = await run(contender, server, length)
    console.print(
        f"[dim]{when}: {contender.title} by {contender.mode}: {result.votes_per_second:,.0f} votes/s"
        f" ({result.others:.1f} cores busy with something else)",
        soft_wrap=True,
    )
    return result


async def _looked(server: Server) -> dict[str, Any]:
    found: dict[str, Any] = {"statements": {}, "profile": {}}
    for one in CONTENDERS:
        if one.name in {"folkmoot-sqlite-polling", "folkmoot-postgresql-polling"}:
            found["statements"][one.name] = await statements(one, server, 2)
            seen = await profile(one, server, 5)
            if seen is None:
                console.print("py-spy is not installed, so there is no profile: pip install py-spy")
            else:
                found["profile"][one.name] = seen
    return found


def show(results: dict[str, Any]) -> None:
    """The table, and what is needed to judge it."""
    shown = Table(title="One vote: tapped, kept, answered, shown", caption=_caption(results))
    for number, heading in enumerate(table.HEADINGS):
        shown.add_column(heading, justify="left" if number < 2 else "right")
    for row in table.rows(results["runs"]):
        shown.add_row(*row)
    Console(width=max(console.width, 150), highlight=False).print(shown)


def _caption(results: dict[str, Any]) -> str:
    others = [run["others"] for runs in results["runs"].values() for run in runs]
    bare = results["ceiling"]["votes_per_second"]
    return (
        f"{results['in_flight']} taps in flight; p50 and p99 from tap to answer at half of the votes/s. "
        f"The fake alone bears {bare:,.0f} votes/s. Something else kept {table.spread(others, 1)} of "
        f"{results['machine']['cores']} cores busy."
    )


if __name__ == "__main__":
    main()
