"""Members of a town's community who are there already, many at once: for tests in which only their number matters."""

from __future__ import annotations

from sqlalchemy import insert

from bot.models import Address, Membership, Resident
from tests.town import Person, Town


async def neighbours(
    town: Town, number: int, *, language: str = "en", reachable: bool = True
) -> list[Person]:
    """So many members of Elm Park, each with a chat in the paper channel, unless nobody can reach them."""
    community, now = await town.community(), town.clock()
    first = next(town.numbers)
    names = [f"Neighbour {first}.{each}" for each in range(number)]
    async with town.folkmoot.database.writing() as session:
        person = {"language": language, "interests": [], "created_at": now, "greeted_at": now}
        made = await session.scalars(
            insert(Resident).returning(Resident.id, sort_by_parameter_order=True), [person] * number
        )
        residents = made.all()
        await session.execute(
            insert(Membership),
            [
                {"community_id": community.id, "resident_id": each, "role": "resident", "joined_at": now}
                for each in residents
            ],
        )
        chats = zip(residents, names, strict=True)
        if reachable:
            await session.execute(
                insert(Address),
                [
                    {
                        "channel": "paper",
                        "chat": name,
                        "resident_id": each,
                        "preferred": True,
                        "created_at": now,
                    }
                    for each, name in chats
                ],
            )
    return [town.stranger(name, language) for name in names]
