"""What is read of a report to speak of it: together for many, and what a session has read already not once more."""

from __future__ import annotations

from sqlalchemy import update

from bot.models import ServiceRequest, Team
from bot.services.reporting import report_views
from tests.council.days import a_desk
from tests.plans import listening
from tests.town import Town


async def test_what_was_read_of_teams_and_kinds_is_not_read_again(town: Town) -> None:
    desk = await a_desk(town)
    database = town.folkmoot.database
    async with database.reading() as session:
        made = await session.get_one(ServiceRequest, desk.number)
        first = await report_views.of(session, made)
        assert first.body is not None
        assert first.team is not None
        with listening(database) as asked:
            assert await report_views.of(session, made) == first
    kinds = ("FROM services", "FROM bodies", "FROM teams", "FROM areas")
    assert [one.statement for one in asked if any(kind in one.statement for kind in kinds)] == []


async def test_what_may_be_out_of_date_is_read_again(town: Town) -> None:
    desk = await a_desk(town)
    async with town.folkmoot.database.rehearsing() as session:
        made = await session.get_one(ServiceRequest, desk.number)
        team = (await report_views.of(session, made)).team
        assert team is not None
        await session.execute(
            update(Team)
            .where(Team.id == team.id)
            .values(names={"en": "Bins and more"})
            .execution_options(synchronize_session=False)
        )
        session.expire(team)
        again = (await report_views.of(session, made)).team
        assert again is not None
        assert again.name_in("en") == "Bins and more"
