"""What residents answered when they were asked whether it is fixed, counted by answers."""

from __future__ import annotations

from sqlalchemy import ColumnElement, distinct, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.crowd import FEWEST
from bot.models import Happening, ServiceRequest


async def counted(session: AsyncSession, whose: ColumnElement[bool]) -> tuple[int, int]:
    """How many answered about these reports, and how many of them said that it is fixed; (0, 0) where fewer than five
    people stand behind that.

    Each resident counts once for each time that was asked, with the newest word of theirs: where a report was asked
    about again, both times count. "I do not know" is an answer too.
    """
    one = Happening
    mine = (one.service_request_id, one.resident_id, one.details["round"].as_integer())
    said = (
        select(
            one.resident_id,
            one.details["answer"].as_string().label("answer"),
            func.row_number().over(partition_by=mine, order_by=one.id.desc()).label("newest"),
        )
        .join(ServiceRequest, ServiceRequest.id == one.service_request_id)
        .where(whose, one.event == literal_column("'checked'"), one.resident_id.is_not(None))
        .subquery()
    )
    yes = func.count().filter(said.c.answer == "yes")
    wanted = select(func.count(), yes, func.count(distinct(said.c.resident_id))).where(said.c.newest == 1)
    answers, fixed, people = (await session.execute(wanted, execution_options={"in_thread": True})).one()
    return (answers, fixed) if people >= FEWEST else (0, 0)
