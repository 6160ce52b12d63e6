"""A service killed in the middle of its work: nothing that was acknowledged is lost, nothing has effect twice.

`KILL_RUNS=10` makes it ten runs on each database; `python -m tests.faults.kill_runs` prints what each came to.
"""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy.engine import URL

from tests.faults.kill import siege

RUNS = int(os.environ.get("KILL_RUNS", "2"))


async def test_a_town_whose_service_is_killed_loses_no_vote_and_owes_no_letter(
    database_url: URL, tmp_path: Path
) -> None:
    async with siege(database_url, tmp_path) as town:
        for _ in range(RUNS):
            reckoning = await town.run()
            assert reckoning.acknowledged + reckoning.unconfirmed > 0, (
                "the kill came when nothing was going on"
            )
