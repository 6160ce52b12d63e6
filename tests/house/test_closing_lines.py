"""The closing lines of a test run tell the truth about what ran where."""

from __future__ import annotations

import pytest

from tests.house.closing_lines import database, tally


@pytest.mark.parametrize(
    ("nodeid", "where"),
    [
        ("tests/test_votes.py::test_a_vote_counts[postgresql]", "PostgreSQL"),
        ("tests/test_votes.py::test_a_vote_counts[telegram-sqlite]", "SQLite"),
        ("tests/test_votes.py::test_a_vote_counts[sqlite]@group", "SQLite"),
        ("tests/test_files.py::test_first_line[bot/db/sqlite.py]", "no database"),
        ("tests/test_sqlite.py::test_packing", "no database"),
    ],
    ids=["alone", "among others", "in a group", "a file's name", "a test's name"],
)
def test_a_test_is_counted_where_its_parameters_say(nodeid: str, where: str) -> None:
    assert database(nodeid) == where


def test_each_database_gets_one_line_with_its_failures_and_skips() -> None:
    lines = tally([("a[sqlite]", "passed", 1.0), ("b[sqlite]", "failed", 2.0), ("c", "skipped", 0.0)])
    assert lines == [
        "SQLite       1 passed, 1 failed (3 s of test time)",
        "no database  1 skipped (0 s of test time)",
    ]
