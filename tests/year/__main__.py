"""`python -m tests.year`: live through a year on each database, once without a stop and once killed ten times."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from sqlalchemy.engine import URL

from tests.databases import Postgresql, Sqlite, server_folder
from tests.year.killing import Lived, differences, live


def main() -> None:
    """Live and print; a year in which something is lost, or that ends differently, ends the program with its reason."""
    parser = argparse.ArgumentParser(prog="python -m tests.year", description=__doc__)
    parser.add_argument("--reports", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    wishes = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if wishes.database != "postgresql":
            file = Sqlite(folder)
            asyncio.run(_both("SQLite", file.fresh(folder), file.fresh(folder), folder, wishes))
        if wishes.database != "sqlite":
            server = Postgresql(server_folder())
            asyncio.run(_both("PostgreSQL", server.fresh(), server.fresh(), folder, wishes))


async def _both(title: str, first: URL, second: URL, folder: Path, wishes: argparse.Namespace) -> None:
    whole = await live(first, folder, seed=wishes.seed, reports=wishes.reports)
    _say(f"{title}, without a stop", whole)
    if not wishes.kills:
        return
    killed = await live(
        second,
        folder,
        seed=wishes.seed,
        reports=wishes.reports,
        kills=wishes.kills,
        letters=whole.end.counts["letters"],
    )
    _say(f"{title}, killed {killed.kills} times", killed)
    if found := differences(whole.end, killed.end):
        sys.exit("The two ends differ:\n" + "\n".join(found))
    sys.stdout.write("  the same end\n")


def _say(title: str, lived: Lived) -> None:
    counts = ", ".join(f"{name} {number}" for name, number in lived.end.counts.items())
    sys.stdout.write(f"{title}: {lived.seconds:.0f} s, {lived.spent:.0f} of the processor; {counts}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
