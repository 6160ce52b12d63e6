"""News for a few people each: found together, however many such letters wait, and beside what goes to many."""

from __future__ import annotations

from sqlalchemy import select

from bot import outbox
from bot.claims import Claims
from bot.models import Envelope, Resident
from bot.pace import Limits
from tests.faults.blasts import blast
from tests.faults.desks import note
from tests.faults.letters import Bench
from tests.plans import listening
from tests.town import Town


async def test_news_for_a_few_is_found_together_however_many_there_are(town: Town) -> None:
    bench = Bench(town, Limits())
    await bench.residents(3)
    database = town.folkmoot.database
    asked: list[int] = []
    for count in (2, 30):
        for number in range(count):
            await blast(bench, f"news{count}:{number}")
        with listening(database) as statements:
            found = await Claims(database, "bench", "postman").claim(400, now=bench.clock())
        assert len(found) == 3 * count
        asked.append(sum("'bench'" in str(one.given) for one in statements))
    assert asked[0] == asked[1]


async def test_news_for_a_few_takes_half_of_a_claim_at_most_from_what_goes_to_many(town: Town) -> None:
    bench = Bench(town, Limits())
    await bench.residents(40)
    for number in range(20):
        await blast(bench, f"news:{number}", chats=["b1", "b2"])
    await blast(bench, "fair")
    found = await Claims(town.folkmoot.database, "bench", "postman").claim(20, now=bench.clock())
    words = ["news" in one.message.text for one in found]
    assert words.count(True) == words.count(False) == 10


async def test_where_there_is_room_for_less_than_a_few_they_go_out_in_parts(town: Town) -> None:
    bench = Bench(town, Limits())
    await bench.residents(40)
    await blast(bench, "fair")
    await blast(bench, "news", chats=[f"b{number}" for number in range(1, 8)])
    claims = Claims(town.folkmoot.database, "bench", "postman")
    words: list[str] = []
    for _ in range(7):
        words += [one.message.text for one in await claims.claim(2, now=bench.clock())]
    assert sum("news" in one for one in words) == 7
    assert sum("fair" in one for one in words) == 7


async def test_letters_of_their_own_for_many_are_put_like_one_and_once(town: Town) -> None:
    bench = Bench(town, Limits())
    await bench.residents(12)
    database = town.folkmoot.database
    async with database.reading() as session:
        people = (await session.scalars(select(Resident.id).order_by(Resident.id))).all()
    asked: list[int] = []
    for some in (people[:1], people):
        letters = {one: (f"list:{one}", note(f"your list {one}")) for one in some}
        with listening(database) as statements:
            async with database.writing() as session:
                put = await outbox.put_to_each(session, letters, now=town.clock())
        asked.append(sum("once_key" in one.statement for one in statements))
    assert put == len(people) - 1, "one has theirs already"
    assert asked[1] == asked[0]
    async with database.reading() as session:
        keys = (
            await session.scalars(select(Envelope.once_key).where(Envelope.lane == outbox.Lane.PERSONAL))
        ).all()
    assert sorted(map(str, keys)) == sorted(f"list:{one}" for one in people)
