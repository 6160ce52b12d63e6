"""On paper: by which column each table would be spread over several servers, and what a vote then touches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

EVERYWHERE = "a copy on every server"


@dataclass(frozen=True, slots=True)
class Spread:
    """`column` decides on the server; `beside` says which rows lie together there."""

    column: str
    beside: str


COMMUNITY, POLL = "the community", "its poll, and so the community"
RESIDENT, ADDRESS = "the resident", "its address, and so the resident"
NOWHERE = Spread(EVERYWHERE, "nothing: few rows, seldom written")

SPREAD: Mapping[str, Spread] = {
    "communities": NOWHERE,
    "letters": NOWHERE,
    "facts": NOWHERE,
    "ticks": NOWHERE,
    "web_seals": NOWHERE,
    "memberships": Spread("community_id", COMMUNITY),
    "invitations": Spread("community_id", COMMUNITY),
    "audit": Spread("community_id", COMMUNITY),
    "polls": Spread("community_id", COMMUNITY),
    "tallies": Spread("poll_id", POLL),
    "ballots": Spread("poll_id", POLL),
    "participations": Spread("poll_id", POLL),
    "residents": Spread("id", RESIDENT),
    "addresses": Spread("resident_id", RESIDENT),
    "consents": Spread("resident_id", RESIDENT),
    "link_codes": Spread("resident_id", RESIDENT),
    "envelopes": Spread("address_id", ADDRESS),
    "seen": Spread("key", "nothing: each update stands for itself"),
    "web_sessions": Spread("chat", "the browser"),
    "web_lines": Spread("chat", "the browser"),
}
"""Every table of the models; a table that is missing here fails a test."""


def rows() -> list[tuple[str, str, str]]:
    """(table, column, lies beside)"""
    return [(f"`{table}`", _column(spread), spread.beside) for table, spread in SPREAD.items()]


def _column(spread: Spread) -> str:
    return spread.column if spread is NOWHERE else f"`{spread.column}`"


def of_a_vote(results: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """(statement, times a vote, column, lies beside) for what was counted on PostgreSQL with one tap at a time."""
    counted = results["statements"]["folkmoot-postgresql-polling"]["one at a time"]
    made = []
    for statement, times in sorted(counted.items(), key=lambda pair: -pair[1]):
        table = statement.partition(" ")[2]
        if table in SPREAD and times >= OFTEN:
            spread = SPREAD[table]
            made.append((f"{statement}", f"{times:.1f}", _column(spread), spread.beside))
    return made


OFTEN = 0.1  # a vote; what is done more seldom is not on its way
