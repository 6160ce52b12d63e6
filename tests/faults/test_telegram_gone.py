"""Telegram gone for a while and back: what was owed arrives then, each chat in its order, each letter once."""

from __future__ import annotations

import asyncio

from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.engine import URL

from bot import outbox
from bot.app import build, running
from bot.clock import utc_now
from bot.models import Address
from bot.outbox import Lane
from bot.settings import Settings
from tests.fake_telegram import FakeTelegram
from tests.faults.desks import note, until


async def test_what_was_owed_while_telegram_was_gone_arrives_in_order_when_it_is_back(
    database_url: URL,
) -> None:
    async with FakeTelegram() as fake:
        settings = Settings(
            _env_file=None,  # type: ignore[call-arg]
            database_url=SecretStr(database_url.render_as_string(hide_password=False)),
            telegram_token=SecretStr(fake.token),
            telegram_api_url=fake.url,
            webchat=False,
        )
        async with running(build(settings), listen=False) as folkmoot:
            people = [fake.user(name) for name in ("Alice", "Bob", "Cem")]
            for one in people:
                await one.sends("/start")
            await fake.settles(40)
            for one in people:
                await one.waits_until(one.screen, "an answer", seconds=40)
            await fake.stop()
            for number in range(3):
                async with folkmoot.database.writing() as session:
                    drafts = [
                        outbox.Draft(
                            address, note(f"letter {number}"), f"{address.id}:{number}", lane=Lane.PERSONAL
                        )
                        for address in await session.scalars(select(Address).order_by(Address.id))
                    ]
                    await outbox.put(session, drafts, now=utc_now())
                folkmoot.postmen["telegram"].wake()

            async def noticed() -> bool:
                return await folkmoot.unready() is not None

            await until(noticed)
            await fake.start()
            for one in people:
                await one.waits_for("letter 2", seconds=40)
                shown = [seen.text for seen in one.screen() if seen.text.startswith("letter")]
                assert shown == [f"letter {number}" for number in range(3)]
            await asyncio.sleep(0)
            fake.assert_proper()
