"""What a year came to: how everything stands at its end, in words that are the same in every run; what must hold."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import URL

from bot.db import Database
from bot.lifecycle import STATUSES
from bot.models import (
    Address,
    Concern,
    Envelope,
    Happening,
    Mailing,
    Officer,
    Resident,
    ServiceRequest,
    Team,
)
from bot.services.reporting.report_news import IMPORTANT, NEWS_A_WEEK, WEEK
from tests.year.plan import END

TOLD = frozenset({"taken", "answer", "status", "handed_over", "merged", "split", "asked", "asked_again"})
"""What those concerned hear of, of a history, but for what came along: whom that concerns has heard it there."""

LATE = timedelta(days=9)  # three working days, with a weekend and holidays between


@dataclass(frozen=True, slots=True)
class Reckoning:
    """The end of a year, in words that do not hang on the numbers which a database gives: each report with its history,
    each person with their letters."""

    reports: Mapping[str, Any]
    letters: Mapping[str, Counter[str]]
    counts: Mapping[str, int]


@dataclass
class Tables:
    """What stands in the tables at the end."""

    reports: list[ServiceRequest]
    happenings: dict[int, list[Happening]]
    concerns: list[Concern]
    officers: dict[int, Officer]
    names: dict[int, str]
    teams: dict[int, Team]
    closed: set[int]
    mailings: dict[str, Mailing]
    put: dict[tuple[str, int], list[Envelope]]


async def read(url: URL) -> Tables:
    """All of it."""
    database = Database(url)
    try:
        async with database.reading() as session:
            happenings = defaultdict(list)
            for one in await session.scalars(select(Happening).order_by(Happening.id)):
                happenings[one.service_request_id].append(one)
            mailings = {one.id: one for one in await session.scalars(select(Mailing))}
            owners = {
                one.id: one.resident_id for one in await session.scalars(select(Address)) if one.resident_id
            }
            closed = select(Address.resident_id).where(Address.closed_at.is_not(None))
            put = defaultdict(list)
            for letter in await session.scalars(select(Envelope)):
                subject = mailings[letter.mailing_id].subject if letter.mailing_id else str(letter.once_key)
                put[subject, owners[letter.address_id]].append(letter)
            return Tables(
                list(await session.scalars(select(ServiceRequest).order_by(ServiceRequest.description))),
                happenings,
                list(await session.scalars(select(Concern))),
                {one.id: one for one in await session.scalars(select(Officer))},
                {one.id: str(one.name) for one in await session.scalars(select(Resident))},
                {one.id: one for one in await session.scalars(select(Team))},
                {one for one in await session.scalars(closed) if one},
                {one.subject: one for one in mailings.values()},
                put,
            )
    finally:
        await database.close()


async def reckon(url: URL, delivered: Path) -> Reckoning:
    """How a year ended; AssertionError where something is lost or came twice."""
    tables = await read(url)
    for made in tables.reports:
        _kept(made, tables)
        _counted(made, tables)
    told = _told_once(tables)
    letters = _letters(delivered, tables)
    counts = {
        "reports": len(tables.reports),
        "open": sum(STATUSES[one.status].open for one in tables.reports),
        "asked again": sum(one.event == "asked_again" for some in tables.happenings.values() for one in some),
        "opened again": sum(one.reopened for one in tables.reports),
        "found fixed": sum(one.found_fixed is True for one in tables.reports),
        "letters": sum(some.total() for some in letters.values()),
        "news told": told,
    }
    return Reckoning(_ends(tables), letters, counts)


def _kept(made: ServiceRequest, tables: Tables) -> None:
    """It has ended, or somebody who lives has it and looks at it again on a day to come."""
    if not STATUSES[made.status].open:
        assert made.resolved_at is not None
        assert made.review_at is None
        return
    assert made.review_at is not None, f"{made.description} waits for nobody"
    assert made.review_at >= END - timedelta(hours=24), f"{made.description} was forgotten"
    history = tables.happenings[made.id]
    asked = [one for one in history if one.event in ("asked_again", "reminded")]
    if made.team_id is None:
        return  # it is with the organisers
    posts = [one for one in tables.officers.values() if one.team_id == made.team_id]
    assert made.officer_id is None or made.officer_id in {one.id for one in posts}, "its owner has left"
    assert posts or asked or made.requested_datetime > END - LATE, f"{made.description} is nobody's"
    late = made.expected_datetime is not None and made.expected_datetime < END - LATE
    if late and made.waiting_since is None and made.planned_for is None:
        assert any(one.event == "asked_again" for one in history), (
            f"nobody was asked about {made.description}"
        )


def _counted(made: ServiceRequest, tables: Tables) -> None:
    counted = [one for one in tables.concerns if one.service_request_id == made.id and one.why != "follow"]
    assert made.people == len(counted), f"{made.description}: {made.people} people, {len(counted)} rows"
    assert (made.status == "duplicate") == (made.duplicate_of is not None)
    order = [made.acknowledged_at, made.answered_at, made.resolved_at]
    days = [one for one in order if one is not None]
    assert days == sorted(days), f"{made.description} was answered before it was seen, or after its end"


def _told_once(tables: Tables) -> int:
    """Everyone concerned got each thing that happened in one letter, and only one; returns how many that were."""
    told = 0
    heard = _heard(tables)
    by_report = defaultdict(list)
    for concern in tables.concerns:
        by_report[concern.service_request_id].append(concern)
    for made in tables.reports:
        news = [
            one for one in tables.happenings[made.id] if one.event in TOLD and not one.details.get("came")
        ]
        for place, one in enumerate(news):
            carrier = _carrier(made, news[place:], tables)
            for concern in by_report[made.id]:
                if not _concerned(concern, one, tables):
                    continue
                put = [
                    letter
                    for subject in (carrier and _subjects(made, carrier)) or ()
                    for letter in tables.put.get((subject, concern.resident_id), ())
                ]
                assert len(put) <= 1, f"{one.event} of {made.description} came twice"
                if not put:
                    full = heard[concern.resident_id]
                    assert not _at_once(one) or one.event == "merged", (
                        f"{one.event} of {made.description} never came"
                    )
                    before = [at for at in full if carrier and carrier.at - WEEK < at <= carrier.at]
                    assert len(before) >= NEWS_A_WEEK, f"{one.event} of {made.description} never came"
                    continue
                assert put[0].state == "sent", f"{one.event} of {made.description} is {put[0].state}"
                told += 1
    return told


def _heard(tables: Tables) -> dict[int, list[datetime]]:
    """When each resident was put news of reports."""
    heard: dict[int, list[datetime]] = defaultdict(list)
    for (subject, resident), letters in tables.put.items():
        mailing = tables.mailings.get(subject)
        if subject.startswith("report:") and mailing is not None and mailing.stopped_at is None:
            heard[resident] += [one.created_at for one in letters]
    return heard


def _at_once(one: Happening) -> bool:
    return one.event in IMPORTANT or (one.event == "status" and not STATUSES[str(one.after)].open)


def _subjects(made: ServiceRequest, one: Happening) -> list[str]:
    return [f"report:{made.id}:{one.id}", f"report:{made.id}:{one.id}:last"]


def _carrier(made: ServiceRequest, news: list[Happening], tables: Tables) -> Happening | None:
    """The happening with whose letter this one went: its own, or the next that took it along."""
    for one in news:
        if one.event == "asked" and one is not news[0]:
            continue
        mailings = [tables.mailings[each] for each in _subjects(made, one) if each in tables.mailings]
        if any(each.stopped_at is None for each in mailings):
            return one
        if not mailings:
            return one  # nobody was to hear it
    return None


def _concerned(concern: Concern, one: Happening, tables: Tables) -> bool:
    """Whether they were to hear of it: all that was told them since it concerns them, but for what they did."""
    if concern.resident_id in tables.closed or concern.wants != "all" or concern.since >= one.at:
        return False
    if one.resident_id == concern.resident_id:
        return False
    if one.event == "asked":
        return concern.why == "reporter"
    return True


def _letters(delivered: Path, tables: Tables) -> dict[str, Counter[str]]:
    """What each person read; a letter that was delivered once more after a kill counts once."""
    known: dict[int, tuple[str, str]] = {}
    references = {one.service_request_id: one.description for one in tables.reports}
    for line in delivered.read_text().splitlines():
        one = json.loads(line)
        text = one["text"]
        for reference in _within(text):
            text = text.replace(reference, references.get(reference, reference))
        known[one["envelope"]] = (one["chat"], text)
    letters: dict[str, Counter[str]] = defaultdict(Counter)
    for chat, text in known.values():
        letters[chat][text] += 1
    return dict(letters)


def _within(text: str) -> Iterable[str]:
    return {part.split("</code>")[0] for part in text.split("<code>")[1:]}


def _ends(tables: Tables) -> dict[str, Any]:
    """Each report as it ended, with everything that happened to it."""
    called = {one.id: one.description for one in tables.reports}
    concerns = defaultdict(list)
    for one in tables.concerns:
        row = (tables.names[one.resident_id], one.why, one.wants, str(one.since))
        concerns[one.service_request_id].append(row)
    return {
        made.description: {
            "status": made.status,
            "twin": called.get(made.duplicate_of or 0),
            "days": [str(getattr(made, name)) for name in _DAYS],
            "counts": (made.people, made.hops, made.reopened, made.found_fixed),
            "owner": (made.team_id, _owner(made, tables)),
            "concerns": sorted(concerns[made.id]),
            "history": [_line(one, called, tables) for one in tables.happenings[made.id]],
        }
        for made in tables.reports
    }


_DAYS = (
    "requested_datetime", "updated_datetime", "acknowledge_by", "answer_by", "expected_datetime", "acknowledged_at",
    "answered_at", "resolved_at", "waiting_since", "planned_for", "check_at", "review_at",
)  # fmt: skip


def _owner(made: ServiceRequest, tables: Tables) -> str | None:
    officer = tables.officers.get(made.officer_id or 0)
    return None if officer is None else tables.names[officer.resident_id]


def _line(one: Happening, called: Mapping[int, str], tables: Tables) -> tuple[str, ...]:
    details = {
        name: called.get(value, value) if name in ("into", "came", "twin") else value
        for name, value in sorted(one.details.items())
    }
    by = tables.names.get(one.resident_id or 0)
    said = (one.before, one.after, one.words, one.public)
    return str(one.at), one.event, *map(str, said), str(by), str(details)


async def unsent(url: URL) -> int:
    """Letters that are still to be delivered: there must be none."""
    database = Database(url)
    try:
        async with database.reading() as session:
            waiting = select(func.count()).select_from(Envelope).where(Envelope.done_at.is_(None))
            return int(await session.scalar(waiting) or 0)
    finally:
        await database.close()
