"""`python -m bench`: Folkmoot beside other bots, and beside what was promised; the results are kept as JSON."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import (
    broadcasting,
    machine,
    posting,
    report,
    reporting,
    settling,
    sharing,
    showing,
    sizes,
    table,
    targets,
)
from bench.contenders import CEILING, CONTENDERS, Contender
from bench.looking import profile, statements
from bench.postgresql import Server, serving
from bench.running import IN_FLIGHT, Length, Result, Starved, run

ROUNDS = 3
VOTING = 5  # the machine is not always equally quick: more rounds find the middle
FULL = Length(warm_up=0.8, full=2.5, half=2)
QUICK = Length(warm_up=0.5, full=1.5, half=1)
SIZES = sizes.Scale()
LONG = sizes.Scale(seconds=1200)

console = Console(highlight=False)
Found = dict[str, Any]


def main() -> None:
    """Measure, show and keep."""
    wishes = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    wishes.add_argument("--quick", action="store_true", help="one short round by polling; nothing is kept")
    wishes.add_argument(
        "--full", action="store_true", help="a million updates for memory, or twenty minutes of them"
    )
    wishes.add_argument("--part", choices=PARTS, help="measure only this again, and keep it with the rest")
    asked = wishes.parse_args()
    if asked.quick:
        asyncio.run(_quickly())
        return
    found = asyncio.run(_thoroughly([asked.part] if asked.part else list(PARTS), full=asked.full))
    show(found)
    if {"runs", "statements"} <= found.keys():
        report.main()
    console.print("Kept in bench/results.json, docs/performance.md and its picture.")
    sys.exit(1 if found["failed"] else 0)


async def _quickly() -> None:
    began = time.monotonic()
    runs: dict[str, list[Found]] = {}
    async with serving() as server:
        for one in CONTENDERS:
            if one.mode == "polling":
                runs[one.name] = [asdict(await _one(one, server, QUICK, "quickly"))]
    _print(table.HEADINGS, table.rows(runs), "One short round; the ratios are to python-telegram-bot's echo")
    console.print(f"{time.monotonic() - began:.0f} seconds. Nothing is kept.")


async def _thoroughly(parts: list[str], *, full: bool) -> Found:
    """Measure these parts. Each is kept when it is done; one that fails does not take the others with it."""
    found: Found = table.saved() if len(parts) == 1 else {}
    found["failed"] = {part: why for part, why in found.get("failed", {}).items() if part not in parts}
    async with serving() as server:
        if len(parts) > 1:
            about = machine.description() | {"postgresql": {"version": server.version, **server.durability}}
            found |= {"machine": about, "in_flight": IN_FLIGHT, "length": asdict(FULL), "when": {}}
        for part in parts:
            began = time.monotonic()
            console.rule(part)
            try:
                await PARTS[part](server, found, full)
            except Exception as error:  # noqa: BLE001 - said at the end, and the exit code says so too
                reason = f"{type(error).__name__}: {error}".splitlines()[0]
                found["failed"][part] = reason
                console.print_exception(max_frames=4)
            found["when"][part] = datetime.now(UTC).isoformat(timespec="seconds")
            found.setdefault("seconds", {})[part] = round(time.monotonic() - began)
            table.save(found)
    return found


async def _votes(server: Server, found: Found, full: bool) -> None:
    """Everybody once a round, every other round the other way round, so that nobody always follows the same one."""
    found["ceiling"] = asdict(await _one(CEILING, server, FULL, "how much the fake can bear"))
    found["settling"] = await settling.measured(server)
    runs: dict[str, list[Found]] = {one.name: [] for one in CONTENDERS}
    for number in range(VOTING):
        this: Found = {}
        for one in CONTENDERS if number % 2 == 0 else reversed(CONTENDERS):
            result = await _settled(one, server, f"round {number + 1}", found["settling"])
            this[one.name] = asdict(result)
        # Only whole rounds: ratios are taken within one.
        for name, shown in this.items():
            runs[name].append(shown)
        found["runs"] = runs
        table.save(found)


async def _one(
    contender: Contender, server: Server, length: Length, when: str, more: dict[str, str] | None = None
) -> Result:
    try:
        result = await run(contender, server, length, more=more)
    except Starved as error:
        # A busy machine may starve anybody once. What is lost is another matter, and not tried again.
        console.print(f"[yellow]{contender.title} by {contender.mode} once more: {error}")
        result = await run(contender, server, length, more=more)
    console.print(
        f"[dim]{when}: {contender.title} by {contender.mode}: {result.votes_per_second:,.0f} votes/s"
        f" ({result.others:.1f} cores busy with something else)",
        soft_wrap=True,
    )
    return result


async def _settled(contender: Contender, server: Server, when: str, ways: dict[str, Any]) -> Result:
    """One run with the settings that are best for it. A peer that loses taps with them goes on with others."""
    more = settling.chosen(ways, contender.name)
    try:
        return await _one(contender, server, FULL, when, more)
    except TimeoutError as error:
        if not settling.unsettle(ways, contender.name):
            raise
        console.print(f"[yellow]{contender.title} by {contender.mode} in another way: {error}")
        return await _one(contender, server, FULL, when, settling.chosen(ways, contender.name))


async def _looks(server: Server, found: Found, full: bool) -> None:
    counted: Found = {}
    profiles: Found = {}
    for one in CONTENDERS:
        if one.name in targets.CHOSEN:
            counted[one.name] = await statements(one, server, 2)
            seen = await profile(one, server, 5)
            if seen is None:
                console.print("py-spy is not installed, so there is no profile: pip install py-spy")
            else:
                profiles[one.name] = seen
    found |= {"statements": counted, "profile": profiles}


async def _broadcasting(server: Server, found: Found, full: bool) -> None:
    found["broadcasting"] = await broadcasting.measured(server, ROUNDS, FULL)


async def _postman(server: Server, found: Found, full: bool) -> None:
    found["postman"] = await posting.measured(server, ROUNDS)


async def _sharing(server: Server, found: Found, full: bool) -> None:
    found["sharing"] = await sharing.measured(server, ROUNDS, FULL)


async def _sizes(server: Server, found: Found, full: bool) -> None:
    found["sizes"] = await sizes.measured(server, LONG if full else SIZES)


async def _showing(server: Server, found: Found, full: bool) -> None:
    found["showing"] = {"ballots": showing.BALLOTS}
    async for _ in showing.measured(server, found["showing"]):
        table.save(found)  # it takes long, and each row is worth something


async def _reports(server: Server, found: Found, full: bool) -> None:
    found["reports"] = {}
    async for part in reporting.measured(server, VOTING, found["reports"]):
        console.print(f"[dim]reports: {part}")


PARTS: dict[str, Callable[[Server, Found, bool], Awaitable[None]]] = {
    "votes": _votes,
    "looks": _looks,
    "broadcasting": _broadcasting,
    "postman": _postman,
    "sharing": _sharing,
    "sizes": _sizes,
    "showing": _showing,
    "reports": _reports,
}


def show(results: Found) -> None:
    """The tables, and what is needed to judge them."""
    if "runs" in results:
        _print(table.HEADINGS, table.rows(results["runs"]), _caption(results))
        _print(targets.HEADINGS, [row.cells() for row in targets.rows(results)], "Medians, least and most")
    for part, reason in results["failed"].items():
        console.print(f"[red]{part} failed: {reason}")


def _print(headings: tuple[str, ...], rows: list[tuple[str, ...]], caption: str) -> None:
    shown = Table(caption=caption)
    for number, heading in enumerate(headings):
        shown.add_column(heading, justify="left" if number < 2 else "right")
    for row in rows:
        shown.add_row(*(cell.replace("**", "") for cell in row))
    Console(width=max(console.width, 150), highlight=False).print(shown)


def _caption(results: Found) -> str:
    others = [run["others"] for runs in results["runs"].values() for run in runs]
    bare = results["ceiling"]["votes_per_second"]
    return (
        f"{results['in_flight']} taps in flight; p50 and p99 from tap to answer at half of the votes/s. "
        f"The fake alone bears {bare:,.0f} votes/s. Something else kept {table.spread(others, 1)} of "
        f"{results['machine']['cores']} cores busy."
    )


if __name__ == "__main__":
    main()
