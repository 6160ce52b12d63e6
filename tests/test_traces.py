"""What reports hold of a person: gone two years after they ended, erased with them, and made one with another's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import retention
from bot.models import Concern, Happening, Officer, Photo, Resident, ServiceRequest
from bot.services.people import joining, traces
from tests.council.district import District, a_district, report
from tests.town import Town

WORDS = "My neighbour at number five burns rubbish."


async def somebody(session: AsyncSession, town: Town, name: str) -> Resident:
    one = Resident(language="en", interests=[], name=name, created_at=town.clock())
    session.add(one)
    await session.flush()
    return one


async def whole_report(session: AsyncSession, town: Town, put: District, **more: Any) -> ServiceRequest:
    """A report with all that can hang on one, by a resident and an officer."""
    now = town.clock()
    ada, pat = await somebody(session, town, "Ada"), await somebody(session, town, "Pat")
    waste = put.teams["waste"]
    post = Officer(body_id=waste.body_id, team_id=waste.id, resident_id=pat.id, post="officer", since=now)
    session.add(post)
    await session.flush()
    one = report(
        1,
        waste,
        now=now,
        resident_id=ada.id,
        named=True,
        officer_id=post.id,
        address="5 Elm Road",
        service_attributes={"colour": "blue"},
        **more,
    )
    one.description = WORDS
    session.add(one)
    await session.flush()
    for event, public, officer, words in (
        ("reported", True, None, None),
        ("added", True, None, WORDS),
        ("note", False, post.id, "He is known to us."),
        ("answer", True, post.id, "We come on Friday."),
    ):
        session.add(
            Happening(
                service_request_id=one.id,
                at=now,
                event=event,
                public=public,
                words=words,
                officer_id=officer,
                resident_id=ada.id if officer is None else pat.id,
            )
        )
    for kind in ("problem", "work"):
        session.add(Photo(service_request_id=one.id, resident_id=ada.id, kind=kind, file_key=kind, at=now))
    session.add(Concern(service_request_id=one.id, resident_id=ada.id, why="reporter", since=now))
    await session.flush()
    return one


async def left(town: Town) -> tuple[ServiceRequest, list[Happening], list[str], int]:
    async with town.folkmoot.database.reading() as session:
        one = (await session.scalars(select(ServiceRequest))).one()
        events = (await session.scalars(select(Happening).order_by(Happening.id))).all()
        photos = (await session.scalars(select(Photo.kind).order_by(Photo.id))).all()
        concerned = (await session.scalars(select(Concern))).all()
        return one, list(events), list(photos), len(concerned)


@pytest.mark.parametrize("confidential", [False, True])
async def test_two_years_after_its_end_a_report_names_nobody_and_keeps_its_history(
    town: Town, confidential: bool
) -> None:
    put = await a_district(town)
    async with town.folkmoot.database.writing() as session:
        await whole_report(session, town, put, confidential=confidential)
        (await session.scalars(select(ServiceRequest))).one().status = "fixed"
    await town.passes(days=retention.age("report").days - 1)
    assert (await left(town))[0].resident_id is not None
    await town.passes(days=2)
    one, events, photos, concerned = await left(town)
    assert (one.resident_id, one.officer_id, one.named, photos, concerned) == (None, None, False, [], 0)
    assert {(event.resident_id, event.officer_id) for event in events} == {(None, None)}
    said = [event.words for event in events]
    if confidential:
        assert (one.description, one.address, one.service_attributes) == ("", None, {})
        assert said == [None, None, None, "We come on Friday."]
    else:
        assert (one.description, one.address) == (WORDS, "5 Elm Road")
        assert said == [None, WORDS, None, "We come on Friday."]


async def test_an_open_report_stays_whole_however_old(town: Town) -> None:
    put = await a_district(town)
    async with town.folkmoot.database.writing() as session:
        await whole_report(session, town, put)
    await town.passes(days=4000)
    one, _, photos, concerned = await left(town)
    assert one.resident_id is not None
    assert (photos, concerned) == (["problem", "work"], 1)


async def test_what_ended_late_fades_late(town: Town) -> None:
    put = await a_district(town)
    async with town.folkmoot.database.writing() as session:
        one = await whole_report(session, town, put)
        one.status, one.resolved_at = "fixed", town.clock() + timedelta(days=100)
    await town.passes(days=retention.age("report").days + 99)
    assert (await left(town))[3] == 1
    await town.passes(days=2)
    assert (await left(town))[3] == 0


async def test_reports_are_looked_at_some_at_a_time(town: Town) -> None:
    put = await a_district(town)
    async with town.folkmoot.database.writing() as session:
        ada = await somebody(session, town, "Ada")
        for number in range(5):
            one = report(number, put.teams["waste"], now=town.clock(), resident_id=ada.id)
            one.status = "closed"
            session.add(one)
    now, looks = town.clock() + timedelta(days=9999), list[int]()
    after: int | None = 0
    while after is not None:
        async with town.folkmoot.database.writing() as session:
            after = await traces.fade(session, now=now, after=after, looked_at=2)
            whose = await session.scalars(select(ServiceRequest.resident_id))
            looks.append(sum(one is not None for one in whose))
    assert looks == [3, 1, 0]


@pytest.mark.parametrize("confidential", [False, True])
async def test_whoever_erases_themselves_takes_their_name_and_what_was_confidential(
    town: Town, confidential: bool
) -> None:
    put = await a_district(town)
    async with town.folkmoot.database.writing() as session:
        one = await whole_report(session, town, put, confidential=confidential)
        ada = await session.get_one(Resident, one.resident_id)
        await traces.erase(session, ada, now=town.clock())
        await session.delete(ada)
    one, events, photos, concerned = await left(town)
    assert (one.resident_id, one.named, one.people, concerned) == (None, False, 1, 0)
    assert one.description == ("" if confidential else WORDS)
    assert photos == (["work"] if confidential else ["problem", "work"])
    assert [event.words for event in events][1] == (None if confidential else WORDS)


@pytest.mark.parametrize(("theirs", "people"), [("same", 1), ("follow", 2)])
async def test_whom_a_report_concerned_twice_is_counted_once(town: Town, theirs: str, people: int) -> None:
    put = await a_district(town)
    async with town.folkmoot.database.writing() as session:
        one = await whole_report(session, town, put)
        one.people = 2
        ada = await session.get_one(Resident, one.resident_id)
        web = await somebody(session, town, "Ada on the web")
        session.add(Concern(service_request_id=one.id, resident_id=web.id, why=theirs, since=town.clock()))
        await session.flush()
        await joining.merge(session, ada, into=web, now=town.clock())
        number = web.id
    one, events, _, concerned = await left(town)
    assert (one.resident_id, one.people, concerned) == (number, people, 1)
    assert events[0].resident_id == number
    async with town.folkmoot.database.reading() as session:
        assert (await session.scalars(select(Concern.why))).all() == ["reporter"]
