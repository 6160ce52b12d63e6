"""On paper: what a country would need, from what a vote, a letter and a row were measured to cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

Results = Mapping[str, Any]

MESSENGER = {"usual": 30.0, "paid": 1000.0}  # messages a second for each bot; core.telegram.org/bots/faq
BULK = 0.8  # the part of it that a broadcast may use
BUSY = 0.5  # the part of a core that is planned to be used, so that answers stay quick
POLLS = 52  # questions to everybody a year
POOL = 10  # connections that a web process may open
DAYS_KEPT = 7  # of envelopes that are done with


@dataclass(frozen=True, slots=True)
class Country:
    """Who is asked, and how they answer: `share` of all, half of whom within `half_within` seconds of reading it."""

    residents: int = 5_000_000
    communities: int = 2_000
    bots: int = 40
    share: float = 0.4
    half_within: float = 600.0


@dataclass(frozen=True, slots=True)
class Costs:
    """CPU seconds for each vote in the bot and in PostgreSQL, votes/s that one process reached, bytes a row."""

    bot: float
    database: float
    most: float
    bytes_each: Mapping[str, float]

    @classmethod
    def of(cls, results: Results) -> Costs:
        """Medians of Folkmoot on PostgreSQL by webhook."""
        runs = results["runs"]["folkmoot-postgresql-webhook"]
        database = median(run["database_cpu_per_1000"] for run in runs) / 1000
        whole = median(run["cpu_per_1000"] for run in runs) / 1000
        most = median(run["votes_per_second"] for run in runs)
        sizes = results.get("sizes", {}).get("folkmoot-postgresql-polling", {})
        return cls(whole - database, database, most, sizes.get("bytes_each") or {})


def reached(country: Country, pace: str) -> float:
    """Seconds until a question has been sent to everybody."""
    return country.residents / (country.bots * MESSENGER[pace] * BULK)


def peak(country: Country, pace: str) -> float:
    """Votes a second at the most. Letters go out evenly; each answer follows with a half-life, so the rate settles
    at the letters' rate times the share, or at the first moments of everybody's answer if all get it at once."""
    sent_evenly = country.residents * country.share / reached(country, pace)
    at_once = country.residents * country.share * 0.693 / country.half_within
    return min(sent_evenly, at_once)


def rows(results: Results) -> list[tuple[str, str, str]]:
    """(what, at the usual limit, at the paid limit)"""
    country, costs = Country(), Costs.of(results)

    def both(what: str, make: Any) -> tuple[str, str, str]:
        return what, make("usual"), make("paid")

    return [
        both("letters a second, all bots together", lambda p: f"{country.bots * MESSENGER[p] * BULK:,.0f}"),
        both("until everybody has the question", lambda p: _duration(reached(country, p))),
        both("votes a second at the peak", lambda p: f"{peak(country, p):,.0f}"),
        both(
            "edits that the messenger allows beside the letters, a second",
            lambda p: f"{_edits(country, p):,.0f}",
        ),
        both("cores for web and post", lambda p: _cores(peak(country, p) * costs.bot)),
        both("cores for PostgreSQL", lambda p: _cores(peak(country, p) * costs.database)),
        both(
            "one web process carries of it", lambda p: f"{min(1, BUSY * costs.most / peak(country, p)):.1%}"
        ),
        both("web processes", lambda p: f"{_processes(country, costs, p):,.0f}"),
        both("connections to PostgreSQL", lambda p: f"{_processes(country, costs, p) * POOL:,.0f}"),
        *_disk(country, costs),
    ]


def _edits(country: Country, pace: str) -> float:
    return country.bots * MESSENGER[pace] * (1 - BULK)


def _processes(country: Country, costs: Costs, pace: str) -> float:
    return float(max(2, -(-peak(country, pace) // (BUSY * costs.most))))


def _disk(country: Country, costs: Costs) -> list[tuple[str, str, str]]:
    each = costs.bytes_each
    if not each:
        return []
    person = sum(each.get(t, 0.0) for t in ("residents", "addresses", "consents", "memberships"))
    poll = each.get("participations", 0.0) + country.share * each.get("ballots", 0.0)
    week = country.residents * each.get("envelopes", 0.0) * POLLS / 52 * DAYS_KEPT / 7
    return [
        ("disk for everybody", *_twice(country.residents * person)),
        ("disk for a year of questions to everybody", *_twice(POLLS * country.residents * poll)),
        ("disk for the outbox, of which a week is kept", *_twice(week)),
    ]


def breaks_first(results: Results) -> list[tuple[str, str, str]]:
    """(what, how much of it there is, votes a second at which it is used up), the first to break first."""
    country, costs = Country(), Costs.of(results)
    limits = [
        (
            "the messenger at its usual limit: an edit for each vote",
            f"{country.bots} bots with {MESSENGER['usual']:,.0f} messages/s each",
            country.bots * MESSENGER["usual"],
        ),
        (
            "one question's tally: its votes are counted by one transaction at a time",
            "one row, held for a batch",
            costs.most,
        ),
        ("one PostgreSQL server of 32 cores", "32 cores", 32 / costs.database if costs.database else 0.0),
        (
            "the messenger at its paid limit",
            f"{country.bots} bots with {MESSENGER['paid']:,.0f} messages/s each",
            country.bots * MESSENGER["paid"],
        ),
    ]
    return [(what, stock, f"{rate:,.0f}") for what, stock, rate in sorted(limits, key=lambda one: one[2])]


def _cores(cpu: float) -> str:
    return f"{cpu / BUSY:,.1f}"


def _duration(seconds: float) -> str:
    return f"{seconds / 60:,.0f} min" if seconds < 2 * 3600 else f"{seconds / 3600:,.1f} h"


def _twice(number: float) -> tuple[str, str]:
    """Disk takes no notice of the messenger's limit."""
    return (f"{number / 1e9:,.1f} GB", f"{number / 1e9:,.1f} GB")
