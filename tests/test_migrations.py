"""The schema's history: from nothing to today, by several at once, and from places where it cannot begin."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, select, text
from sqlalchemy.engine import URL

from bot.clock import utc_now
from bot.db import Database, ready, upgrade
from bot.db.schema import configuration
from bot.errors import DatabaseTrouble
from bot.models import Base, Fact

Opener = Callable[[URL], Database]

UPGRADES = """
import asyncio, sys
from sqlalchemy.engine import make_url
from bot.db import upgrade
sys.stdin.readline()
asyncio.run(upgrade(make_url(sys.argv[1])))
"""


async def test_an_empty_database_is_brought_up_to_date(empty_url: URL, open_database: Opener) -> None:
    database = open_database(empty_url)
    assert (await ready(database) or "").endswith("run `folkmoot migrate`.")
    await upgrade(database)
    assert await ready(database) is None


async def test_looking_at_a_database_that_is_not_there_does_not_make_it(
    tmp_path: Path, open_database: Opener
) -> None:
    path = tmp_path / "town.db"
    database = open_database(URL.create("sqlite+aiosqlite", database=str(path)))
    assert await ready(database) == "There is no database yet; run `folkmoot migrate`."
    assert os.listdir(tmp_path) == []


async def test_the_migrations_make_what_the_models_say(database: Database) -> None:
    def check(connection: Connection) -> None:
        config = configuration()
        config.attributes["connection"] = connection
        command.check(config)  # raises when a migration is missing

    async with database.engine.connect() as connection:
        await connection.run_sync(check)


async def test_a_second_upgrade_changes_nothing(database: Database) -> None:
    async with database.writing() as session:
        session.add(Fact(name="bread", value={}, at=utc_now()))
    await upgrade(database)
    async with database.reading() as session:
        assert await session.scalar(select(Fact.name)) == "bread"


async def test_processes_that_start_at_once_do_not_trip_over_each_other(
    empty_url: URL, open_database: Opener
) -> None:
    address = empty_url.render_as_string(hide_password=False)
    pipe = asyncio.subprocess.PIPE
    starting = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", UPGRADES, address, stdin=pipe, stdout=pipe, stderr=pipe
        )
        for _ in range(3)
    ]
    ends = await asyncio.gather(*(one.communicate(b"go\n") for one in starting))
    assert [one.returncode for one in starting] == [0, 0, 0], [errors.decode() for _, errors in ends]
    assert await ready(open_database(empty_url)) is None


async def test_a_database_of_a_newer_program_is_left_alone(database: Database) -> None:
    async with database.writing() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert "newer version" in (await ready(database) or "")
    with pytest.raises(DatabaseTrouble, match="newer version"):
        await upgrade(database)


async def test_an_upgrade_that_fails_leaves_the_database_as_it_was(
    empty_url: URL, open_database: Opener
) -> None:
    await _make_empty_table(empty_url, open_database)
    database = open_database(empty_url)
    with pytest.raises(DatabaseTrouble, match="cannot be brought up to date"):
        await upgrade(database)
    async with database.reading() as session:
        present = await (await session.connection()).run_sync(
            lambda connection: set(connection.dialect.get_table_names(connection))
        )
    assert present & set(Base.metadata.tables) == {"tallies"}


async def _make_empty_table(url: URL, open_database: Opener) -> None:
    """A table that the last step of the first migration will stumble over."""
    async with open_database(url).writing() as session:
        await session.execute(text("CREATE TABLE tallies (of_another_kind INTEGER)"))


async def test_the_folder_of_a_new_database_is_made(tmp_path: Path, open_database: Opener) -> None:
    url = URL.create("sqlite+aiosqlite", database=str(tmp_path / "some" / "where" / "town.db"))
    await upgrade(url)
    assert await ready(open_database(url)) is None


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    url = URL.create("sqlite+aiosqlite", database=str(tmp_path / "file" / "town.db"))
    with pytest.raises(DatabaseTrouble, match=r"folder .*file cannot be made"):
        await upgrade(url)


@pytest.mark.parametrize("name", [None, "", ":memory:"])
async def test_a_database_in_memory_is_refused(name: str | None) -> None:
    with pytest.raises(DatabaseTrouble, match="must name a file"):
        await upgrade(URL.create("sqlite+aiosqlite", database=name))


def test_developers_may_ask_alembic_itself(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'town.db'}"
    root = Path(__file__).parent.parent
    for words in (["upgrade", "head"], ["check"]):
        asked = [sys.executable, "-m", "alembic", *words]
        said = subprocess.run(
            asked, cwd=root, env=os.environ | {"DATABASE_URL": url}, capture_output=True, check=False
        )
        assert said.returncode == 0, said.stderr.decode()
