"""A file is carried out in one go: shown before, the same when it is done, and nothing the second time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import bodies_file
from bot.bodies_file import Change, FileWrong
from bot.clock import utc_now
from bot.models import (
    Area,
    Body,
    Community,
    Deed,
    Duty,
    Emergency,
    Officer,
    Resident,
    Service,
    ServiceRequest,
    Team,
)
from bot.services.answering import team_mail
from bot.services.in_charge import areas, routing
from bot.services.reporting import histories
from tests.bodies_file.conftest import BODIES, WARDS, Folder, counts, geojson, real
from tests.council.district import IN_NORTH, polygon, report, square


async def test_a_dry_run_says_what_the_real_run_does_and_changes_nothing(folder: Folder) -> None:
    shown = await folder.reads(dry_run=True)
    async with folder.database.reading() as session:
        for table in (Body, Team, Area, Service, Duty, Emergency, Deed):
            rows = (await session.scalars(select(table))).all()
            assert [one for one in rows if getattr(one, "act", "") != "community.add"] == []
    assert await folder.reads() == shown
    assert counts(shown) == {"added": 15, "changed": 1}


async def test_what_was_read_is_there(folder: Folder) -> None:
    await folder.reads()
    async with folder.database.reading() as session:
        body = (await session.scalars(select(Body))).one()
        assert (body.name_in("cy"), body.calendar, body.closed_days) == (
            "Dosbarth y Gogledd",
            "GB-ENG",
            ["2026-12-29"],
        )
        assert body.contact == {"phone": "+44 1632 960100", "url": "https://north.example"}
        town = (await session.scalars(select(Community))).one()
        found = await routing.route(session, town.id, "bins", *IN_NORTH)
        assert found.team is not None
        assert found.team.slug == "waste"
        assert found.duty is not None
        assert (found.duty.acknowledge_days, found.duty.answer_days, found.duty.resolve_days) == (1, 3, 20)
        lamps = await session.get_one(Service, "lamps")
        assert [(one["code"], one["order"], one["datatype"]) for one in lamps.attributes] == [
            ("number", 1, "string"),
            ("how", 2, "singlevaluelist"),
        ]
        assert [one.get("found_after") for one in lamps.attributes] == [{"en": ["lamp", "lamp no."]}, None]
        assert lamps.attributes[1]["values"][0] == {"key": "out", "name": {"en": "Out"}}
        gas = await session.get_one(Emergency, "gas")
        assert (gas.phone, gas.area_id is not None) == ("0800 111 999", True)
        assert town.area_id == found.area.id if found.area else False


async def test_the_second_time_nothing_changes(folder: Folder) -> None:
    await folder.reads()
    async with folder.database.reading() as session:
        stamps = (await session.scalars(select(Area.changed_at))).all()
        acts = len((await session.scalars(select(Deed))).all())
    assert counts(await folder.reads()) == {"unchanged": 16}
    async with folder.database.reading() as session:
        assert (await session.scalars(select(Area.changed_at))).all() == stamps
        assert len((await session.scalars(select(Deed))).all()) == acts


async def test_what_was_written_out_reads_as_unchanged(folder: Folder) -> None:
    await folder.reads()
    async with folder.database.reading() as session:
        text, shapes = await bodies_file.export(session, (), "out.geojson")
    folder.write(text, "out.yaml")
    folder.write(shapes, "out.geojson")
    assert counts(await folder.reads("out.yaml")) == {"unchanged": 16}


async def test_what_changed_is_said_field_by_field(folder: Folder) -> None:
    await folder.reads()
    folder.write(
        BODIES.replace("answer: 3", "answer: 4")
        .replace("waste@north.example", "bins@north.example")
        .replace("closed: [2026-12-29]", "closed: [2026-12-29, 2026-12-30]")
        .replace("radius: 25", "radius: 30")
    )
    assert real(await folder.reads()) == [
        Change("changed", "body", "district", (("closed", "2026-12-29", "2026-12-29, 2026-12-30"),)),
        Change("changed", "service", "lamps", (("radius", "25", "30"),)),
        Change(
            "changed", "team", "district/waste", (("email", "waste@north.example", "bins@north.example"),)
        ),
        *(
            Change("changed", "duty", f"district/waste: {service} in {area}", (("answer", "3", "4"),))
            for service in ("bins", "noise")
            for area in ("north-ward", "south-ward")
        ),
    ]


async def test_a_change_far_behind_in_a_long_field_is_seen(folder: Folder) -> None:
    await folder.reads()
    folder.write(BODIES.replace("lamp no.]", "column]"))
    ((_, before, after),) = real(await folder.reads(dry_run=True))[0].fields
    assert "lamp, lamp no., order: 1" in before
    assert "lamp, column, order: 1" in after
    assert max(len(before), len(after)) <= 90


async def test_a_duty_that_is_left_out_ends_and_comes_back_as_a_new_one(folder: Folder) -> None:
    await folder.reads()
    folder.write(BODIES.replace("[bins, noise]", "[bins]"))
    ended = real(await folder.reads())
    assert [(one.what, one.name) for one in ended] == [
        ("ended", "district/waste: noise in north-ward"),
        ("ended", "district/waste: noise in south-ward"),
    ]
    assert counts(await folder.reads()) == {"unchanged": 14}
    folder.write()
    assert counts(real(await folder.reads())) == {"added": 2}
    async with folder.database.reading() as session:
        duties = (await session.scalars(select(Duty).where(Duty.service_code == "noise"))).all()
        assert sorted(one.ended_at is None for one in duties) == [False, False, True, True]


async def test_a_file_that_says_nothing_of_teams_leaves_them_as_they_are(folder: Folder) -> None:
    await folder.reads()
    folder.write(
        "bodies:\n  - {code: district, names: {en: Northern District}, kind: district, zone: Europe/London}"
    )
    changes = real(await folder.reads())
    assert {one.kind for one in changes} == {"body"}
    async with folder.database.reading() as session:
        live = (await session.scalars(select(Duty).where(Duty.ended_at.is_(None)))).all()
        assert len(live) == 5


async def reported(folder: Folder, team: str, **about: object) -> None:
    async with folder.database.writing() as session:
        its = (await session.scalars(select(Team).where(Team.slug == team))).one()
        duty = (await session.scalars(select(Duty).where(Duty.team_id == its.id).order_by(Duty.id))).first()
        assert duty is not None
        one = report(1, its, now=utc_now(), because={"how": "area", "duty": duty.id})
        for name, value in about.items():
            setattr(one, name, value)
        session.add(one)


WITHOUT_STREETS = BODIES.replace(
    """      - code: streets
        names: Streets
        duties:
          - services: [lamps]
""",
    "",
)


async def test_a_team_with_open_reports_cannot_be_left_out(folder: Folder) -> None:
    await folder.reads()
    await reported(folder, "streets", service_code="lamps")
    folder.write(WITHOUT_STREETS)
    with pytest.raises(FileWrong, match=r"team district/streets is left out, and has open reports: 1\."):
        await folder.reads()
    assert counts(await folder.reads("areas.geojson")) == {"unchanged": 3}
    async with folder.database.writing() as session:
        (await session.scalars(select(ServiceRequest))).one().status = "fixed"
    assert [(one.what, one.kind, one.name) for one in real(await folder.reads())] == [
        ("ended", "team", "district/streets")
    ]
    assert real(await folder.reads()) == []


async def test_a_team_in_which_people_work_cannot_be_left_out(folder: Folder) -> None:
    await folder.reads()
    async with folder.database.writing() as session:
        its = (await session.scalars(select(Team).where(Team.slug == "streets"))).one()
        pat = Resident(language="en", interests=[], created_at=utc_now())
        session.add(pat)
        await session.flush()
        session.add(
            Officer(body_id=its.body_id, team_id=its.id, resident_id=pat.id, post="officer", since=utc_now())
        )
    folder.write(WITHOUT_STREETS)
    with pytest.raises(FileWrong, match="people work there: 1"):
        await folder.reads()


async def test_a_duty_with_open_reports_cannot_be_left_out(folder: Folder) -> None:
    await folder.reads()
    await reported(folder, "waste")
    folder.write(BODIES.replace("[bins, noise]", "[noise]"))
    with pytest.raises(FileWrong, match="bins in north-ward is left out, and has open reports: 1"):
        await folder.reads()
    async with folder.database.reading() as session:
        ended = (await session.scalars(select(Duty).where(Duty.ended_at.is_not(None)))).all()
        assert ended == [], "nothing of it was done"


async def test_a_team_to_which_nothing_ever_referred_goes_altogether(folder: Folder) -> None:
    folder.write(BODIES.replace("        duties:\n          - services: [lamps]\n", ""))
    await folder.reads()
    folder.write(WITHOUT_STREETS)
    assert [(one.what, one.name) for one in real(await folder.reads())] == [("removed", "district/streets")]


async def test_a_team_that_once_had_a_report_stays_for_its_history(folder: Folder) -> None:
    folder.write(BODIES.replace("        duties:\n          - services: [lamps]\n", ""))
    await folder.reads()
    await reported(folder, "waste")
    async with folder.database.writing() as session:
        streets = (await session.scalars(select(Team.id).where(Team.slug == "streets"))).one()
        made = (await session.scalars(select(ServiceRequest))).one()
        await histories.note(session, made, "routed", now=utc_now(), public=True, team_id=streets)
    folder.write(WITHOUT_STREETS)
    assert real(await folder.reads()) == []


async def test_a_team_that_is_an_address_only_keeps_its_work_and_can_be_left_out(folder: Folder) -> None:
    mailed = BODIES.replace("names: Streets\n", "names: Streets\n        email: streets@council.example\n")
    folder.write(mailed)
    await folder.reads()
    await reported(folder, "streets", service_code="lamps")
    async with folder.database.writing() as session:
        await team_mail.settle(session, now=utc_now())
    folder.write(BODIES)
    with pytest.raises(FileWrong, match="streets has nobody but its address, and open reports: 1"):
        await folder.reads()
    async with folder.database.writing() as session:
        (await session.scalars(select(ServiceRequest))).one().status = "fixed"
    folder.write(WITHOUT_STREETS)
    (change,) = real(await folder.reads())
    assert (change.what, change.name) == ("ended", "district/streets")
    async with folder.database.writing() as session:
        await team_mail.settle(session, now=utc_now())
        theirs = select(Officer).join(Team, Team.id == Officer.team_id).where(Team.slug == "streets")
        assert (await session.scalars(theirs)).all() == []
    assert real(await folder.reads()) == []


async def test_a_moved_border_holds_for_the_next_report(folder: Folder) -> None:
    await folder.reads()
    folder.write(geojson({**WARDS, "south-ward": polygon(square(0.2, 51.4, 0.3, 51.5))}), "areas.geojson")
    (change,) = real(await folder.reads())
    assert change.name == "south-ward"
    assert [name for name, _, _ in change.fields] == ["geometry"]
    async with folder.database.reading() as session:
        assert [one.slug for one in await areas.holding(session, 51.45, 0.25)] == ["south-ward", "district"]


async def test_rules_of_organisers_are_none_of_the_files_business(folder: Folder) -> None:
    await folder.reads()
    async with folder.database.writing() as session:
        town = (await session.scalars(select(Community))).one()
        team = (await session.scalars(select(Team).where(Team.slug == "streets"))).one()
        now = utc_now() - timedelta(days=1)
        session.add(
            Duty(
                body_id=team.body_id,
                team_id=team.id,
                service_code="bins",
                community_id=town.id,
                created_at=now,
            )
        )
    assert counts(await folder.reads()) == {"unchanged": 16}
