"""A town whose doors, postmen and clocks are several processes: who does what, and who takes over."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncSession

from bot.app import Folkmoot, build, running
from bot.clock import utc_now
from bot.db import Database, tell
from bot.db.news import News
from bot.jobs import Entry, Jobs
from bot.models import Seen
from bot.roles import ROLES
from bot.settings import Settings
from tests.fake_telegram import FakeTelegram
from tests.faults.cable import cable
from tests.faults.desks import until
from tests.faults.parts import Part, Parts, town_in_parts


async def test_any_door_takes_the_post_and_the_next_postman_takes_over_within_five_seconds_of_a_kill(
    postgresql_url: URL, tmp_path: Path
) -> None:
    async with town_in_parts(postgresql_url, tmp_path) as town:
        doors = [await town.opens("web"), await town.opens("web")]
        first = await town.starts("post")
        alice = town.telegram.user("Alice", started=True).id
        for number, door in enumerate(doors, 1):
            await town.says(door, alice, "/help")
            await until(lambda number=number: _is(town.telegram.counts["sendMessage"] == number))  # type: ignore[misc]
        second = await town.opens("post")
        await until(lambda: _stands_by(town, second))
        assert (await town.told(first))["standing_by"] == []
        await first.dies()
        killed = time.monotonic()
        await town.says(doors[0], alice, "/help")
        await until(lambda: _is(town.telegram.counts["sendMessage"] == 3), 5)
        assert time.monotonic() - killed < 5
        assert (await town.told(second)) == {"ready": True, "standing_by": []}


async def _stands_by(town: Parts, part: Part) -> bool:
    return bool((await town.told(part))["standing_by"] == ["the postman for telegram"])


async def test_of_two_clocks_one_ticks_and_the_other_takes_over(database_url: URL) -> None:
    ticked: list[str] = []
    stops = {}
    for name in ("Ann", "Bob"):
        database = Database(database_url)

        async def tick(session: AsyncSession, now: datetime, name: str = name) -> None:
            ticked.append(name)

        jobs = Jobs(database, utc_now)
        jobs.entries = [Entry("tick", tick, 0.05)]
        jobs.start()

        async def stop(jobs: Jobs = jobs, database: Database = database) -> None:
            await jobs.stop()
            await database.close()

        stops[name] = stop
    await until(lambda: _is(len(ticked) >= 5))
    one = ticked[0]
    assert set(ticked) == {one}
    await stops.pop(one)()
    seen = len(ticked)
    await until(lambda: _is(len(ticked) >= seen + 3), 5)
    (other, stop_other) = stops.popitem()
    assert set(ticked[seen:]) == {other}
    await stop_other()


async def _is(true: bool) -> bool:
    return true


@asynccontextmanager
async def polling(url: URL, api: FakeTelegram) -> AsyncIterator[Folkmoot]:
    """A whole town that asks Telegram for what is new."""
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        database_url=SecretStr(url.render_as_string(hide_password=False)),
        telegram_token=SecretStr(api.token),
        telegram_api_url=api.url,
        webchat=False,
    )
    async with running(build(settings), listen=False) as folkmoot:
        yield folkmoot


async def test_two_whole_towns_poll_in_turn_and_telegram_never_hears_both(database_url: URL) -> None:
    async with FakeTelegram(lenient=True) as api, AsyncExitStack() as second:
        async with polling(database_url, api) as first:
            other = await second.enter_async_context(polling(database_url, api))
            await until(lambda: _is("receiving from telegram" in other.standing_by()))
            alice = api.user("Alice")
            await alice.sends("/help")
            await until(lambda: _is(api.counts["sendMessage"] == 1))
            assert await first.unready() is None
            assert await other.unready() is None
            assert first.standing_by() == []
        await alice.sends("/help")
        await until(lambda: _is(api.counts["sendMessage"] == 2), 5)
        await until(lambda: _is(other.standing_by() == []))
        assert 409 not in api.errors
        async with other.database.reading() as session:
            assert await session.scalar(select(func.count()).select_from(Seen)) == 2


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_has_the_parts_it_needs_and_no_others(postgresql_url: URL, role: str) -> None:
    url = postgresql_url.render_as_string(hide_password=False)
    settings = Settings(_env_file=None, database_url=SecretStr(url), port=0)  # type: ignore[call-arg]
    async with running(build(settings, role=ROLES[role])) as folkmoot:
        await until(lambda: _ready(folkmoot))
        paths = {resource.canonical for resource in folkmoot.web.router.resources()}
        await until(lambda: _ticked(folkmoot, role in {"all", "jobs"}))
        assert ("/w/say" in paths) == (role in {"all", "web"})
        assert {"/healthz", "/readyz"} <= paths
        assert set(folkmoot.postmen) == ({"web"} if role in {"all", "post"} else set())


async def _ready(folkmoot: Folkmoot) -> bool:
    return await folkmoot.unready() is None and not folkmoot.standing_by()


async def _ticked(folkmoot: Folkmoot, expected: bool) -> bool:
    return folkmoot.jobs.ticking == expected


async def test_news_that_nobody_heard_while_the_line_was_cut_are_looked_for(postgresql_url: URL) -> None:
    async with cable(postgresql_url) as line:
        here, there = Database(line.url), Database(postgresql_url)
        heard: list[str | None] = []
        here.news.hear("post", heard.append)
        listening = asyncio.create_task(here.news.listen())
        await until(lambda: _is(heard == [None]))
        await _put(there, "telegram")
        await until(lambda: _is(heard == [None, "telegram"]))
        await line.cut()
        await until(lambda: _is(not here.news.listening))
        await _put(there, "web")
        await line.mend()
        await until(lambda: _is(len(heard) == 3))
        assert heard == [None, "telegram", None]
        await _put(there, "web")
        await until(lambda: _is(heard[3:] == ["web"]))
        listening.cancel()
        await asyncio.wait([listening])
        for database in (here, there):
            await database.close()


class _StoppedByItsEcho(News):
    """A line whose listener is stopped so many turns of the loop after its own echo has come."""

    turns = 0

    def _on_line(self, connection: object, pid: int, channel: str, line: object) -> None:
        super()._on_line(connection, pid, channel, line)
        self._stop(self.turns)

    def _stop(self, turns: int) -> None:
        if turns:
            asyncio.get_running_loop().call_soon(self._stop, turns - 1)
        else:
            self.listener.cancel()

    async def stopped(self) -> bool:
        self.listener = asyncio.create_task(self.listen())
        done, _ = await asyncio.wait([self.listener], timeout=3)
        return bool(done)


async def test_a_line_that_is_stopped_just_when_it_hears_something_stops(postgresql_url: URL) -> None:
    for turns in range(6):
        news = _StoppedByItsEcho(postgresql_url)
        news.turns = turns
        assert await news.stopped(), turns


@pytest.mark.parametrize(
    ("pooler", "wished", "kept"),
    [(False, "", True), (True, "", False), (False, "0", False), (True, "9", True)],
)
async def test_statements_stay_prepared_unless_a_pooler_is_in_between(
    postgresql_url: URL, pooler: bool, wished: str, kept: bool
) -> None:
    async with cable(postgresql_url, pooler=pooler) as line:
        wish = {"prepared_statement_cache_size": wished} if wished else {}
        database = Database(line.url.update_query_dict(wish))
        async with database.reading() as session:
            for number in range(2):
                assert await session.scalar(select(func.abs(number))) == number
            prepared = select(text("statement")).select_from(text("pg_prepared_statements"))
            statements = (await session.scalars(prepared)).all()
        await database.close()
    assert any("abs(" in one for one in statements) == kept


async def test_nobody_listens_through_a_pooler(
    postgresql_url: URL, capsys: pytest.CaptureFixture[str]
) -> None:
    async with cable(postgresql_url, pooler=True) as line:
        news = News(line.url)
        listening = asyncio.create_task(news.listen())
        said = ""

        async def warned() -> bool:
            nonlocal said
            said += capsys.readouterr().out
            return "set DATABASE_DIRECT_URL to the server itself" in said

        await until(warned)
        assert not news.listening
        listening.cancel()
        await asyncio.wait([listening])


async def _put(database: Database, channel: str) -> None:
    async with database.writing() as session:
        tell(session, "post", channel)


async def test_news_of_what_is_undone_are_never_heard(database: Database) -> None:
    heard: list[str | None] = []
    database.news.hear("post", heard.append)
    with suppress(ZeroDivisionError):
        async with database.writing() as session:
            tell(session, "post", "web")
            raise ZeroDivisionError
    await _put(database, "telegram")
    assert heard == ["telegram"]


def test_what_is_kept_open_for_long_goes_by_the_direct_address_only() -> None:
    given = {
        "database_url": "postgresql://a@pooler/town",
        "database_direct_url": "postgresql://a@server/town",
    }
    folkmoot = build(Settings(_env_file=None, webchat=False, **given))  # type: ignore[call-arg, arg-type]
    assert (folkmoot.database.url.host, folkmoot.database.direct.host) == ("pooler", "server")
