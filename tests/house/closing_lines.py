"""The last lines of a test run: what ran, and on which databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable

import pytest
from _pytest.terminal import TerminalReporter

DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "postgres": "PostgreSQL"}
OUTCOMES = ("passed", "failed", "error", "skipped", "xfailed")


def database(nodeid: str) -> str:
    """Where a test ran, read from its parameters: `tests/x.py::test_y[sqlite-telegram]`."""
    words = nodeid.partition("[")[2].partition("]")[0].split("-")
    return next((DATABASES[word] for word in words if word in DATABASES), "no database")


def tally(reports: Iterable[tuple[str, str, float]]) -> list[str]:
    """One line a database from (nodeid, outcome, seconds)."""
    counts: dict[str, Counter[str]] = {}
    seconds: dict[str, float] = {}
    for nodeid, outcome, took in reports:
        where = database(nodeid)
        counts.setdefault(where, Counter())[outcome] += 1
        seconds[where] = seconds.get(where, 0) + took
    return [_line(where, counts[where], seconds[where]) for where in sorted(counts)]


def _line(where: str, count: Counter[str], took: float) -> str:
    told = ", ".join(f"{count[outcome]} {outcome}" for outcome in OUTCOMES if count[outcome])
    return f"{where:<12} {told} ({took:.0f} s of test time)"


@pytest.hookimpl(wrapper=True, tryfirst=True)  # outermost, so that these lines come after all others
def pytest_terminal_summary(terminalreporter: TerminalReporter) -> Generator[None]:
    """Say at the end what ran where; a skipped test is named above with its reason (`-ra`)."""
    yield
    reports = [
        (report.nodeid, outcome, report.duration)
        for outcome in OUTCOMES
        for report in terminalreporter.stats.get(outcome, [])
        if isinstance(report, pytest.TestReport)
    ]
    if reports:
        terminalreporter.section("what ran, and on which databases")
        for line in tally(reports):
            terminalreporter.write_line(line)
