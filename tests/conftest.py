"""What tests may ask for: a database of their own on SQLite and on PostgreSQL, and further doors to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from _pytest.terminal import TerminalReporter
from sqlalchemy.engine import URL

from bot import garbage
from bot.db import Database
from tests import compiled
from tests.databases import Postgresql, Sqlite, server_folder, versions
from tests.newsroom import Newsroom, a_newsroom
from tests.town import Town, a_town

BOTH = ("sqlite", "postgresql")

compiled.share()
garbage.look_later()


def pytest_collection_finish() -> None:
    """As a service does once it runs: thousands of tests and all of our modules are no garbage."""
    garbage.look_less()


@pytest.fixture(scope="session", autouse=True)
def no_pictures_of_others(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Whoever runs the tests where a town lives keeps its pictures to themselves."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEDIA_DIR", str(tmp_path_factory.mktemp("media")))
        yield


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> Sqlite:
    """Where SQLite databases come from."""
    return Sqlite(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_server() -> Postgresql:
    """Where PostgreSQL databases come from. A server that does not start fails the run."""
    return Postgresql(server_folder())


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[URL]:
    """The address of a fresh database with the schema."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_files").fresh(tmp_path)
        return
    server: Postgresql = request.getfixturevalue("postgresql_server")
    url = server.fresh()
    yield url
    server.give_back(url)


@pytest.fixture
def postgresql_url(postgresql_server: Postgresql) -> Iterator[URL]:
    """The address of a fresh database on PostgreSQL, for what there is on PostgreSQL only."""
    url = postgresql_server.fresh()
    yield url
    postgresql_server.give_back(url)


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[URL]:
    """The address of a database with nothing in it."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_files").empty(tmp_path)
        return
    server: Postgresql = request.getfixturevalue("postgresql_server")
    url = server.empty()
    yield url
    server.drop(url)


@pytest.fixture
async def open_database() -> AsyncIterator[Callable[[URL], Database]]:
    """Open a database, as another process would; closed when the test ends."""
    async with AsyncExitStack() as opened:

        def opener(url: URL) -> Database:
            database = Database(url)
            opened.push_async_callback(database.close)
            return database

        yield opener


@pytest.fixture
async def database(database_url: URL, open_database: Callable[[URL], Database]) -> Database:
    """A fresh database, on SQLite and on PostgreSQL in turn."""
    return open_database(database_url)


@pytest.fixture
async def town(database_url: URL, tmp_path: Path) -> AsyncIterator[Town]:
    """A running town with a paper wire, on SQLite and on PostgreSQL in turn."""
    url = database_url.render_as_string(hide_password=False)
    async with a_town(url, media_dir=tmp_path / "media") as running_town:
        yield running_town


@pytest.fixture
async def newsroom(database_url: URL) -> AsyncIterator[Newsroom]:
    """A town with its pages open, and somebody who looks at them, on SQLite and on PostgreSQL in turn."""
    async with a_newsroom(database_url) as room:
        yield room


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Say which databases these were."""
    terminalreporter.write_line(versions())
