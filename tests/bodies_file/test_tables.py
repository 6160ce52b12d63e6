"""Duties as a table: put line by line, teams it does not name left alone, and what is wrong said with its line."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot import bodies_file
from bot.bodies_file import FileWrong
from bot.clock import utc_now
from bot.models import Body, Duty, Team
from tests.bodies_file.conftest import Folder, counts, real

HEAD = (
    "body,team,service,area,acknowledge,answer,resolve,confidential,team_name,email,language,body_name,zone"
)


async def put(
    folder: Folder, *lines: str, head: str = HEAD, dry_run: bool = False
) -> list[bodies_file.Change]:
    """A table with these lines, in the town in which the district is."""
    folder.write("\n".join([head, *lines]), "duties.csv")
    return await folder.reads("duties.csv", dry_run=dry_run)


def line(**cells: str) -> str:
    """One line of the table."""
    return ",".join(cells.get(name, "") for name in HEAD.split(","))


LAMPS = line(body="district", team="streets", service="lamps", area="north-ward", answer="2")


async def test_a_line_is_a_duty_and_other_teams_are_left_alone(folder: Folder) -> None:
    await folder.reads()
    shown = await put(folder, LAMPS, dry_run=True)
    done = await put(folder, LAMPS)
    assert done == shown
    assert [(one.what, one.name) for one in real(done)] == [
        ("added", "district/streets: lamps in north-ward"),
        ("ended", "district/streets: lamps in every place"),
    ]
    assert counts(await put(folder, LAMPS)) == {"unchanged": 3}
    async with folder.database.reading() as session:
        live = select(Duty).join(Team, Team.id == Duty.team_id).where(Duty.ended_at.is_(None))
        streets = (await session.scalars(live.where(Team.slug == "streets"))).one()
        assert (streets.acknowledge_days, streets.answer_days, streets.resolve_days) == (1, 2, 20)
        assert len((await session.scalars(live.where(Team.slug == "waste"))).all()) == 4
        body = (await session.scalars(select(Body))).one()
        assert (body.name_in("cy"), body.calendar) == ("Dosbarth y Gogledd", "GB-ENG")


async def test_new_bodies_and_teams_come_with_their_names(folder: Folder) -> None:
    await folder.reads()
    about = {"body": "water", "team": "pipes", "body_name": "Elm Water", "zone": "Europe/London"}
    await put(
        folder,
        line(**about, service="noise", team_name="Pipes", email="pipes@water.example", confidential="Yes"),
        line(body="water", team="pipes", service="lamps", area="south-ward", language="cy"),
    )
    async with folder.database.reading() as session:
        team = (await session.scalars(select(Team).where(Team.slug == "pipes"))).one()
        assert (team.names, team.email, team.language) == ({"en": "Pipes"}, "pipes@water.example", "cy")
        duties = (await session.scalars(select(Duty).where(Duty.team_id == team.id))).all()
        assert sorted((one.service_code, one.confidential) for one in duties) == [
            ("lamps", False),
            ("noise", True),
        ]


async def test_an_empty_cell_changes_nothing_of_a_team(folder: Folder) -> None:
    await folder.reads()
    await put(folder, line(body="district", team="waste", service="bins", area="north-ward"))
    async with folder.database.reading() as session:
        team = (await session.scalars(select(Team).where(Team.slug == "waste"))).one()
        assert (team.names, team.email) == ({"en": "Waste"}, "waste@north.example")


async def test_a_table_and_a_whole_file_go_together(folder: Folder) -> None:
    folder.write(f"{HEAD}\n{LAMPS}", "duties.csv")
    await folder.reads("bodies.yaml", "duties.csv")
    async with folder.database.reading() as session:
        live = select(Duty).where(Duty.ended_at.is_(None), Duty.service_code == "lamps")
        assert (await session.scalars(live)).one().area_id is not None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "duties.csv is empty."),
        (HEAD, "duties.csv: there is no duty in it."),
        ("body,team\na,b", "duties.csv, line 1: a column is missing: service."),
        (
            "body,team,service,colour\na,b,c,d",
            "duties.csv, line 1: I know the columns body, team, service, area,",
        ),
        (f"{HEAD}\n{line(body='district', team='waste')}", "duties.csv, line 2: service is missing."),
        (f"{HEAD}\n{LAMPS}\n{LAMPS}", "duties.csv, line 3: this team does lamps in north-ward already."),
        (f"{HEAD}\n{LAMPS.replace('district', 'Diſtrict')}", "duties.csv, line 2: code should be up to 64"),
        (
            f"{HEAD}\n{LAMPS.replace(',2,', ',soon,')}",
            "duties.csv, line 2: answer should be a whole number from 0",
        ),
        (
            f"{HEAD}\n{LAMPS.replace(',2,', ',-2,')}",
            "duties.csv, line 2: answer should be a whole number from 0",
        ),
        (
            f"{HEAD}\n{LAMPS.replace(',2,', ',999,')}",
            "duties.csv, line 2: answer should be a whole number from 0",
        ),
        (
            f"{HEAD}\n{LAMPS.replace('lamps', 'comets')}",
            "duties.csv, line 2: there is no service called comets",
        ),
        (
            f"{HEAD}\n{LAMPS.replace('north-', 'moon-')}",
            "duties.csv, line 2: there is no area called moon-ward",
        ),
        (
            f"{HEAD}\n{LAMPS.replace('streets', 'comets')}",
            "duties.csv, line 2: there is no team called district/comets yet.",
        ),
        (
            f"{HEAD}\n{LAMPS.replace('district', 'moon')}",
            "duties.csv, line 2: there is no body called moon yet.",
        ),
        (
            f"{HEAD}\n{LAMPS}\n{LAMPS.replace('streets', 'sky').replace('north', 'south')[:-4] + 'Sky,,,'}",
            "duties.csv, line 3:",
        ),
        (
            f"{HEAD}\n" + line(body="district", team="streets", service="bins", area="north-ward"),
            "duties.csv, line 2: waste does bins in north-ward already.",
        ),
        (
            f"{HEAD}\n" + line(body="district", team="waste", service="bins", email="=1+1"),
            "duties.csv, line 2: email begins like a formula",
        ),
        (
            f"{HEAD}\n" + line(body="district", team="waste", service="bins", email="nowhere"),
            "duties.csv, line 2: email should be an address such as",
        ),
        (
            f"{HEAD}\n" + line(body="district", team="waste", service="bins", confidential="perhaps"),
            "duties.csv, line 2: confidential should be true or false",
        ),
        (
            f"{HEAD}\n" + line(body="district", team="waste", service="bins", zone="Elm/Park"),
            "duties.csv, line 2: zone should be a time zone",
        ),
        (
            "\n".join(
                [
                    HEAD,
                    line(body="district", team="waste", service="bins", email="a@b.example"),
                    line(body="district", team="waste", service="noise", email="c@d.example"),
                ]
            ),
            "duties.csv, line 3: email is “c@d.example” here, and “a@b.example” in duties.csv, line 2.",
        ),
    ],
)
async def test_what_is_wrong_is_said_with_its_line_and_nothing_changes(
    folder: Folder, text: str, sentence: str
) -> None:
    await folder.reads()
    folder.write(text, "duties.csv")
    async with folder.database.reading() as session:
        before = len((await session.scalars(select(Duty))).all())
    with pytest.raises(FileWrong) as wrong:
        await folder.reads("duties.csv")
    assert str(wrong.value).startswith(sentence), str(wrong.value)
    async with folder.database.reading() as session:
        assert len((await session.scalars(select(Duty))).all()) == before


def test_a_table_that_stands_there_twice_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("twice")
    for name in ("one.csv", "two.csv"):
        (folder / name).write_text(f"{HEAD}\n{LAMPS}", "utf-8")
    with pytest.raises(FileWrong, match=r"two\.csv, line 2"):
        bodies_file.read([folder / "one.csv", folder / "two.csv"], today=utc_now().date())
