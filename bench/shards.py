"""On paper: by which column each table would be spread over several servers, and what a vote then touches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

EVERYWHERE = "a copy on every server"


@dataclass(frozen=True, slots=True)
class Spread:
    """`column` decides on the server; rows with the same `group` lie together, `beside` says in words by what."""

    column: str
    group: str
    beside: str


def _spread(column: str, group: str, through: str = "") -> Spread:
    return Spread(column, group, f"its {through}, and so the {group}" if through else f"the {group}")


NOWHERE = Spread(EVERYWHERE, "", "few rows, seldom written")

SPREAD: Mapping[str, Spread] = {
    "communities": NOWHERE,
    "letters": NOWHERE,
    "facts": NOWHERE,
    "ticks": NOWHERE,
    "web_seals": NOWHERE,
    "memberships": _spread("community_id", "community"),
    "invitations": _spread("community_id", "community"),
    "audit": _spread("community_id", "community"),
    "polls": _spread("community_id", "community"),
    "rewritten": _spread("became", "community", "poll"),
    "broadcasts": _spread("community_id", "community"),
    "group_codes": _spread("community_id", "community"),
    "links": _spread("community_id", "community"),
    "portraits": _spread("community_id", "community"),
    "sent_portraits": _spread("community_id", "community"),
    "posters": _spread("link_id", "community", "link"),
    "enclosures": _spread("broadcast_id", "community", "broadcast"),
    "followings": _spread("broadcast_id", "community", "broadcast"),
    "tallies": _spread("poll_id", "community", "poll"),
    "ballots": _spread("poll_id", "community", "poll"),
    "participations": _spread("poll_id", "community", "poll"),
    "suggestions": _spread("poll_id", "community", "poll"),
    "follow_ups": _spread("poll_id", "community", "poll"),
    "reminders": _spread("poll_id", "community", "poll"),
    "turnouts": _spread("poll_id", "community", "poll"),
    "reckonings": Spread("subject", "community", "the poll or the community that it names"),
    "bodies": NOWHERE,
    "teams": NOWHERE,
    "areas": NOWHERE,
    "services": NOWHERE,
    "duties": NOWHERE,
    "answer_templates": NOWHERE,
    "report_figures": NOWHERE,
    "emergencies": NOWHERE,
    "officers": NOWHERE,
    "named_places": NOWHERE,
    "place_words": NOWHERE,
    "spots": _spread("community_id", "community"),
    "service_requests": _spread("community_id", "community"),
    "concerns": _spread("service_request_id", "community", "report"),
    "happenings": _spread("service_request_id", "community", "report"),
    "photos": _spread("service_request_id", "community", "report"),
    "nudges": _spread("service_request_id", "community", "report"),
    "desk_cards": _spread("service_request_id", "community", "report"),
    "residents": _spread("id", "resident"),
    "addresses": _spread("chat", "chat"),
    "consents": _spread("resident_id", "resident"),
    "link_codes": _spread("resident_id", "resident"),
    "group_chats": _spread("address_id", "chat", "address"),
    "boards": _spread("address_id", "chat", "address"),
    "mailboxes": _spread("address_id", "chat", "address"),
    "held_mails": _spread("address_id", "chat", "address"),
    "envelopes": _spread("address_id", "chat", "address"),
    "mailings": _spread("subject", "mailing"),
    "files": Spread("key", "file", "nothing: each file stands for itself"),
    "seen": Spread("key", "update", "nothing: each update stands for itself"),
    "web_sessions": _spread("chat", "browser"),
    "web_lines": _spread("chat", "browser"),
}
"""Every table of the models; a table that is missing here fails a test."""


def rows() -> list[tuple[str, str, str]]:
    """(column, lies beside, the tables)"""
    tables: dict[tuple[str, str], list[str]] = {}
    for table, spread in SPREAD.items():
        tables.setdefault((_column(spread), spread.beside), []).append(f"`{table}`")
    return [(*where, ", ".join(listed)) for where, listed in tables.items()]


def _column(spread: Spread) -> str:
    return spread.column if spread is NOWHERE else f"`{spread.column}`"


def of_a_vote(results: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """(statement, times a vote, by what it finds its server, whether it crosses) for what was counted on PostgreSQL
    with one tap at a time."""
    counted = results["statements"]["folkmoot-postgresql-polling"]["one at a time"]
    made = []
    for statement, times in sorted(counted.items(), key=lambda pair: -pair[1]):
        verb, _, listed = statement.partition(" ")
        tables = [table for table in listed.split(" + ") if table in SPREAD]
        if tables and times >= OFTEN:
            columns = dict.fromkeys(_column(SPREAD[table]) for table in tables)
            by = BY_NUMBER if is_by_number(verb, tables) else ", ".join(columns)
            made.append((statement, f"{times:.1f}", by, "**yes**" if crosses(verb, tables) else "no"))
    return made


BY_NUMBER = "nothing: by its number, or whatever is due"


def is_by_number(verb: str, tables: Sequence[str]) -> bool:
    """The postman asks for envelopes that are due, and marks them by their numbers; neither names an address."""
    return "envelopes" in tables and verb != "INSERT"


def crosses(verb: str, tables: Sequence[str]) -> bool:
    """Whether rows of these tables that belong to one vote may lie on different servers, or on any."""
    return is_by_number(verb, tables) or len({SPREAD[table].group for table in tables} - {""}) > 1


OFTEN = 0.1  # a vote; what is done more seldom is not on its way
