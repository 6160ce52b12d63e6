"""Asked to stop: what is on its way arrives and is noted, so that the next start repeats nothing."""

from __future__ import annotations

import asyncio

from sqlalchemy import select
from sqlalchemy.engine import URL

from bot.db import Database
from bot.message import Parcel, Tap
from bot.models import Address, Envelope
from tests.town import a_town


async def test_a_stop_in_the_middle_of_a_broadcast_repeats_nothing(database_url: URL) -> None:
    url = database_url.render_as_string(hide_password=False)
    begun: list[str] = []
    some = asyncio.Event()

    async def slowly(parcel: Parcel) -> None:
        if parcel.lane == 2:
            begun.append(parcel.chat)
            if len(begun) >= 5:
                some.set()
            await asyncio.sleep(0.2)

    async with a_town(url) as town:
        for number in range(12):
            await town.member(f"P{number}")
        olga = await town.organiser()
        await olga.says("/poll Keep the market? | Yes | No")
        town.paper.fail = slowly
        _, payload = olga.button("Send")
        await town.folkmoot.dispatcher.submit(olga.incoming(Tap(payload, query="q")))
        await some.wait()
    delivered = [parcel.chat for parcel in town.paper.delivered if parcel.lane == 2]
    database = Database(database_url)
    async with database.reading() as session:
        letters = (
            select(Address.chat).join(Envelope, Envelope.address_id == Address.id).where(Envelope.lane == 2)
        )
        sent = set(await session.scalars(letters.where(Envelope.state == "sent")))
        claimed = set(await session.scalars(letters.where(Envelope.state == "claimed")))
    await database.close()
    assert sorted(delivered) == sorted(set(begun))
    assert sent == set(delivered)
    assert claimed == set()
