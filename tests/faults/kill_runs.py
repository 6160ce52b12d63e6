"""`python -m tests.faults.kill_runs 10`: so many runs of `kill -9` on each database, a line for each run."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from sqlalchemy.engine import URL

from tests.databases import Postgresql, Sqlite, server_folder
from tests.faults.kill import siege


def main() -> None:
    """Run and print; a run that fails ends the program with its reason."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.kill_runs", description=__doc__)
    parser.add_argument("runs", type=int, nargs="?", default=10)
    parser.add_argument("--seed", type=int, default=1)
    wishes = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = Postgresql(server_folder())
        for database, url in (("SQLite", Sqlite(folder).fresh(folder)), ("PostgreSQL", server.fresh())):
            sys.stdout.write(f"{database}\n")
            asyncio.run(_runs(url, folder, wishes.runs, wishes.seed))


async def _runs(url: URL, folder: Path, runs: int, seed: int) -> None:
    async with siege(url, folder, seed) as town:
        for _ in range(runs):
            reckoning = await town.run()
            sys.stdout.write(f"  {reckoning}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
