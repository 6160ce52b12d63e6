"""The numbers of reports: what is due and on time, how long things take, and whom they must not name."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from bot.letters.in_charge.report_numbers import Numbers as Press
from bot.letters.in_charge.report_numbers import harmless
from bot.message import Tap
from bot.models import Community, Concern, Happening, Resident, ServiceRequest
from bot.services import files
from bot.services.answering import report_numbers
from bot.services.answering.report_numbers import Numbers
from tests.desk import Desk, a_desk, another_team, resident
from tests.plans import listening, looking, plan
from tests.town import MONDAY, Town


async def put(desk: Desk, number: int = 1, **about: Any) -> None:
    """So many reports, each by somebody of their own, as they became."""
    now: datetime = desk.town.clock()
    async with desk.town.folkmoot.database.writing() as session:
        for _ in range(number):
            who = Resident(language="en", interests=[], created_at=now, agreed_at=now)
            session.add(who)
            await session.flush()
            kept = {
                "community_id": 1,
                "service_code": "bins",
                "description": "",
                "language": "en",
                "resident_id": who.id,
                "status": "confirmed",
                "body_id": desk.council.body.id,
                "team_id": desk.council.waste.id,
                "requested_datetime": now - timedelta(days=10),
                "updated_datetime": now,
                "expected_datetime": now + timedelta(days=10),
            } | about
            made = ServiceRequest(service_request_id=f"N{who.id}", **kept)
            session.add(made)
            await session.flush()
            session.add(Concern(service_request_id=made.id, resident_id=who.id, why="reporter", since=now))


async def answers(desk: Desk, about: int, *said: str | tuple[str, int], by: int | None = None) -> None:
    """What people say of a report when asked whether it is fixed, the first time or the one that is named: each by
    somebody of their own, or all of them by one."""
    now = desk.town.clock()
    async with desk.town.folkmoot.database.writing() as session:
        for one in said:
            word, times = one if isinstance(one, tuple) else (one, 0)
            who = Resident(language="en", interests=[], created_at=now, agreed_at=now)
            session.add(who)
            await session.flush()
            details = {"answer": word, "round": times}
            session.add(
                Happening(
                    service_request_id=about,
                    at=now,
                    event="checked",
                    public=False,
                    resident_id=by or who.id,
                    details=details,
                )
            )
            await session.flush()


async def of_body(desk: Desk) -> Numbers:
    async with desk.town.folkmoot.database.reading() as session:
        return await report_numbers.of_body(session, desk.council.body, now=desk.town.clock())


NOW = MONDAY
ENDED = {"status": "fixed", "resolved_at": NOW - timedelta(days=1)}
LATE = {"expected_datetime": NOW - timedelta(days=3)}


async def test_what_is_overdue_and_what_came_back_is_due_and_not_on_time(town: Town) -> None:
    desk = await a_desk(town)
    await put(desk, 8, **ENDED)
    await put(desk, 2, **ENDED, **LATE)
    await put(desk, 7, **LATE)  # open and overdue
    await put(desk, 1, **ENDED, reopened=1)
    await put(desk, 2, reopened=1)
    await put(desk, 4, **LATE, waiting_since=NOW)  # nobody's promise is broken while somebody is asked
    await put(desk, 5)  # open, and still in time: not due yet
    found = await of_body(desk)
    assert (found.on_time, found.due) == (8, 20)
    assert (found.overdue, found.waiting, found.reopened) == (7, 4, 3)
    await put(desk, 5, **LATE, requested_datetime=NOW - timedelta(days=500))
    found = await of_body(desk)
    assert (found.on_time, found.due, found.overdue) == (8, 25, 12), "a backlog rots in the denominator"
    assert sum(one.due for one in found.rows) == 25


async def test_duplicates_are_no_reports_of_their_own_but_people_count_once(town: Town) -> None:
    desk = await a_desk(town)
    await put(desk, 6)
    await put(desk, 4, status="duplicate", duplicate_of=1, resolved_at=NOW)
    async with town.folkmoot.database.writing() as session:
        someone = (await resident(town, desk.alice)).id
        for number in (1, 2, 3):
            why = "follow" if number == 3 else "same"
            session.add(Concern(service_request_id=number, resident_id=someone, why=why, since=NOW))
    found = await of_body(desk)
    assert (found.reports, found.people) == (6, 7)


async def test_the_clocks_count_working_days_without_the_time_of_waiting(town: Town) -> None:
    desk = await a_desk(town)
    friday = NOW - timedelta(days=10)
    assert friday.strftime("%A") == "Friday"
    await put(desk, 6, acknowledged_at=friday + timedelta(days=3), answered_at=friday + timedelta(hours=1))
    await put(desk, 4)
    found = await of_body(desk)
    seen, answered = found.clocks["acknowledged"], found.clocks["answered"]
    assert (seen.n, seen.median, seen.ninety) == (10, 1, None), "a weekend is no working day"
    assert (answered.median, answered.ninety) == (0, None), "four wait, so nine in ten are not answered"
    await put(desk, 30, status="fixed", resolved_at=friday + timedelta(days=7), waited=7 * 86_400)
    assert (await of_body(desk)).clocks["resolved"].median == 0


async def test_open_ones_are_told_by_age(town: Town) -> None:
    desk = await a_desk(town)
    for days, count in ((1, 1), (8, 2), (31, 3), (91, 4), (200, 5), (500, 6)):
        await put(desk, count, requested_datetime=NOW - timedelta(days=days))
    assert (await of_body(desk)).ages == (1, 2, 3, 4, 11)


async def test_small_lines_are_one_with_others(town: Town) -> None:
    desk = await a_desk(town)
    streets, _ = await another_team(town, desk.council)
    await put(desk, 9)
    await put(desk, 1, service_code="trees", team_id=streets.id)
    found = await of_body(desk)
    assert [(one.team, one.service, one.reports) for one in found.rows] == [(None, None, 10)]
    await put(desk, 4, service_code="potholes", team_id=streets.id)
    assert [(one.service, one.reports) for one in (await of_body(desk)).rows] == [("bins", 9), (None, 5)]


async def test_a_community_has_numbers_of_its_own_whoever_is_in_charge(town: Town) -> None:
    desk = await a_desk(town)
    await put(desk, 3)
    await put(desk, 2, team_id=None, body_id=None, expected_datetime=None)
    community = await town.community()
    async with town.folkmoot.database.reading() as session:
        found = await report_numbers.of_community(session, community, now=NOW)
    assert (found.reports, sum(found.ages), found.clocks["answered"].n) == (5, 5, 3)
    assert Numbers.from_json(found.as_json()) == found


async def test_officers_and_organisers_are_shown_them(town: Town) -> None:
    desk = await a_desk(town)
    olga = await town.organiser()
    await put(desk, 6, **ENDED)
    await put(desk, 2, **LATE)
    await answers(desk, 1, *["yes"] * 6, "no", "unknown")
    await desk.ann.says("/desk numbers")
    assert "There is nothing to count for North District yet." in desk.ann.latest
    await town.tick()
    for person, name in ((desk.ann, "North District"), (olga, "Elm Park")):
        await person.says("/desk numbers")
        said = person.latest
        assert f"Reports in numbers: {name}" in said
        assert "On time: 75% (6 of 8)." in said
        assert "2 are overdue." in said
        assert "8 people stand behind them." in said
        assert "Found to be fixed: 75% of 8 answers." in said
        assert "Until it was over: half within 5 days; of nine in ten we do not know yet (of 8)" in said
        picture = list(person.screen.messages.values())[-2].media
        assert picture is not None
        assert picture.key is not None
    await desk.ann.taps("As a table (CSV)")
    media = list(desk.ann.screen.messages.values())[-1].media
    assert media is not None
    async with town.folkmoot.database.reading() as session:
        made = await files.found(session, media.key or "", now=town.clock())
    assert made is not None
    assert made.owner == (await resident(town, desk.ann)).id
    rows = list(csv.reader(io.StringIO(made.content.decode("utf-8-sig"))))
    assert rows[0][:4] == ["team", "kind", "reports", "open"]
    assert rows[1][:4] == ["Waste", "Bins", "8", "2"]


async def test_few_people_are_not_told_apart(town: Town) -> None:
    desk = await a_desk(town)
    await put(desk, 4, **ENDED)
    await answers(desk, 1, *["no"] * 4)
    await town.tick()
    await desk.ann.says("/desk numbers")
    assert "Fewer than 5 people stand behind them." in desk.ann.latest
    assert "Found to be fixed" not in desk.ann.latest


async def test_found_to_be_fixed_is_counted_by_answers_each_persons_newest(town: Town) -> None:
    desk = await a_desk(town)
    await put(desk, 2, **ENDED)
    await answers(desk, 1, "yes", "yes", "yes", "no", "unknown")
    found = await of_body(desk)
    assert (found.fixed, found.said) == (3, 5), "three of five who answered, of one report"
    someone = (await resident(town, desk.alice)).id
    await answers(desk, 2, "no", "yes", by=someone)  # thought better of it
    found = await of_body(desk)
    assert (found.fixed, found.said) == (4, 6)
    await answers(desk, 2, ("no", 1), by=someone)  # asked again, after it came back
    found = await of_body(desk)
    assert (found.fixed, found.said) == (4, 7)


async def test_what_fewer_than_five_people_answered_is_not_told_however_often(town: Town) -> None:
    desk = await a_desk(town)
    await put(desk, 9, **ENDED)
    someone = (await resident(town, desk.alice)).id
    for number in range(1, 9):
        await answers(desk, number, "yes", by=someone)
    await answers(desk, 9, "no", "no", "no")
    found = await of_body(desk)
    assert (found.fixed, found.said) == (0, 0)
    await answers(desk, 9, "no")
    found = await of_body(desk)
    assert (found.fixed, found.said) == (8, 12)


async def test_numbers_are_not_for_others(town: Town) -> None:
    desk = await a_desk(town)
    await put(desk, 6)
    await town.tick()
    mallory = await town.member("Mallory")
    for subject, number in (("body", 1), ("community", 1), ("", 0)):
        await mallory.does(Tap(Press(subject=subject, number=number, table=1).pack(), query="q"))
        assert mallory.screen.toasts[-1] == "Only officers of a body and organisers have a desk."
    await desk.ann.does(Tap(Press(subject="community", number=1, table=0).pack(), query="q"))
    assert desk.ann.screen.toasts[-1] == "These numbers are not yours to see."


async def test_they_are_counted_anew_after_some_hours_only(town: Town) -> None:
    desk = await a_desk(town)
    await put(desk, 6)
    await town.tick()
    await put(desk, 6)
    await town.passes(hours=5)
    async with town.folkmoot.database.reading() as session:
        kept = await report_numbers.latest(session, "body:1")
        assert kept is not None
        assert kept[0].reports == 6
    await town.passes(hours=2)
    async with town.folkmoot.database.reading() as session:
        kept = await report_numbers.latest(session, "body:1")
        assert kept is not None
        assert kept[0].reports == 12


@pytest.mark.parametrize("text", ["=1+1", "+44", "-x", "@cmd", "\t=1", " =1", "|x", "%x"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert harmless(text).startswith("'")
    assert harmless("Waste") == "Waste"


OF_OPEN_ONES = ("ix_service_requests_open", "ix_service_requests_desk", "ix_service_requests_near")


async def test_what_ended_long_ago_is_not_looked_at(town: Town) -> None:
    desk = await a_desk(town)
    await put(desk, 3)
    await put(desk, 2, requested_datetime=NOW - timedelta(days=900))
    old = {"requested_datetime": NOW - timedelta(days=800), "status": "fixed", "resolved_at": NOW}
    database = town.folkmoot.database
    async with database.writing() as session:
        one = (await session.scalars(select(ServiceRequest).limit(1))).one()
        like = {column.key: getattr(one, column.key) for column in ServiceRequest.__mapper__.columns}
        rows = [like | old | {"id": 1_000 + n, "service_request_id": f"O{n}"} for n in range(3_000)]
        await session.execute(insert(ServiceRequest), rows)
        await session.execute(text("ANALYZE"))
        community = (await session.scalars(select(Community))).one()
    async with database.reading() as session:
        with listening(database) as asked:
            counted = await report_numbers.of_body(session, desk.council.body, now=NOW)
            assert (await report_numbers.of_community(session, community, now=NOW)).ages == counted.ages
    assert (counted.reports, sum(counted.ages)) == (3, 5)
    plans = [await plan(database, *each[:2]) for each in looking(asked) if "GROUP BY" in each.statement]
    of_body, of_community = plans[:5], plans[5:]
    assert len(of_community) == 5
    for lately, still_open, *clocks in (of_body, of_community):
        assert all("_id_requested" in each for each in (lately, *clocks))
        assert any(name in still_open for name in OF_OPEN_ONES), still_open
