"""A short year, whole and with kills in the middle: no promise is lost, and both end the same."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from tests.databases import Postgresql, Sqlite
from tests.year.killing import differences, live
from tests.year.plan import plan

REPORTS, KILLS, SEED = 12, 3, 2


@pytest.mark.timeout(600)
def test_a_year_that_is_killed_three_times_ends_like_one_that_is_not(
    database_url: URL, sqlite_files: Sqlite, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    whole = asyncio.run(live(database_url, tmp_path, seed=SEED, reports=REPORTS))
    assert whole.end.counts["reports"] == REPORTS
    assert whole.end.counts["asked again"] > 0
    assert "duplicate" in {one["status"] for one in whole.end.reports.values()}, "no twins were joined"
    server: Postgresql | None = None
    if database_url.get_backend_name() == "sqlite":
        other = sqlite_files.fresh(tmp_path)
    else:
        server = request.getfixturevalue("postgresql_server")
        other = server.fresh()
    owed = whole.end.counts["letters"]
    killed = asyncio.run(live(other, tmp_path, seed=SEED, reports=REPORTS, kills=KILLS, letters=owed))
    assert killed.kills == KILLS
    assert differences(whole.end, killed.end) == []
    if server is not None:
        server.give_back(other)


def test_a_seed_says_what_happens() -> None:
    assert plan(3, 50) == plan(3, 50)
    assert plan(3, 50) != plan(4, 50)
