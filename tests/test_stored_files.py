"""Files whose content lies in the store: found through the drawer, kept longer where needed, let go of in time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from bot.chores import Letting
from bot.clock import SetClock
from bot.db import Database
from bot.drawer import Drawer
from bot.errors import RetryLater
from bot.message import Media
from bot.models import File
from bot.services import files
from bot.store import FRESH, Folder
from tests.test_store import CONTENT, KEY
from tests.town import MONDAY, Town

DAY = timedelta(days=1)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(MONDAY)


@pytest.fixture
def store(tmp_path: Path, clock: SetClock) -> Folder:
    return Folder(tmp_path / "kept", clock)


async def named(
    database: Database, store: Folder, clock: SetClock, content: bytes = CONTENT, **more: object
) -> Media:
    stored = await store.put(content)
    given: dict[str, object] = {"subject": "test", "life": DAY, "kind": "photo", "name": "p.jpg", **more}
    async with database.writing() as session:
        return await files.keep_stored(
            session,
            stored,
            media_type="image/jpeg",
            size=len(content),
            now=clock(),
            **given,  # type: ignore[arg-type]
        )


async def look(letting: Letting, database: Database, clock: SetClock) -> None:
    async with database.writing() as session:
        await letting(session, clock())
    await letting.afterwards(database, clock())


async def test_the_drawer_has_what_lies_in_the_store(
    database: Database, store: Folder, clock: SetClock
) -> None:
    drawer = Drawer(database, clock, store=store)
    media = await named(database, store, clock, names={"telegram:1": "lamp"})
    assert media.key is not None
    made = await drawer.take(media.key)
    assert made is not None
    assert (made.content, made.type, made.media.size) == (CONTENT, "image/jpeg", len(CONTENT))
    assert await drawer.name(media.key, "telegram:1") == "lamp"
    assert await Drawer(database, clock).take(media.key) is None
    await store.remove(KEY, unless_since=MONDAY + DAY)
    assert await drawer.take(media.key) is None


async def test_a_store_that_cannot_say_is_asked_again_later(
    database: Database, store: Folder, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = await named(database, store, clock)

    async def stale(_: str) -> bytes:
        raise OSError(116, "Stale file handle")

    monkeypatch.setattr(store, "get", stale)
    with pytest.raises(RetryLater):
        await Drawer(database, clock, store=store).take(media.key or "")


async def test_the_same_key_brought_twice_is_one_file(
    database: Database, store: Folder, clock: SetClock
) -> None:
    first = await named(database, store, clock, key="s" * 32)
    assert await named(database, store, clock, key="s" * 32) == first


async def test_a_file_is_kept_longer_when_something_needs_it_and_never_shorter(
    database: Database, store: Folder, clock: SetClock
) -> None:
    media = await named(database, store, clock)
    key = media.key or ""
    async with database.writing() as session:
        assert await files.prolong(session, key, life=30 * DAY, now=clock(), subject="report")
        assert await files.prolong(session, key, life=DAY, now=clock())
        assert not await files.prolong(session, "nothing", life=DAY, now=clock())
    clock.pass_by(29 * DAY)
    async with database.reading() as session:
        assert (await session.get_one(File, key)).subject == "report"
        assert await files.found(session, key, now=clock()) is not None
    clock.pass_by(2 * DAY)
    async with database.writing() as session:
        assert not await files.prolong(session, key, life=DAY, now=clock()), "what is gone stays gone"


async def test_what_no_file_names_any_more_goes_and_what_one_names_stays(
    database: Database, store: Folder, clock: SetClock
) -> None:
    letting = Letting(store)
    one, two = [await named(database, store, clock) for _ in range(2)]
    other = await named(database, store, clock, b"a bench")
    clock.pass_by(DAY / 2)
    for gone, left in ((one, True), (two, False)):
        async with database.writing() as session:
            await session.execute(delete(File).where(File.key == gone.key))
        for _ in range(3):
            await look(letting, database, clock)
        assert await store.has(KEY) == left
    assert (await Drawer(database, clock, store=store).take(other.key or "")) is not None


async def test_what_was_put_just_now_waits_for_its_row(
    database: Database, store: Folder, clock: SetClock
) -> None:
    letting = Letting(store)
    await store.put(CONTENT)
    for _ in range(4):
        clock.pass_by(FRESH / 5)
        await look(letting, database, clock)
    assert await store.has(KEY)
    for _ in range(3):
        clock.pass_by(FRESH)
        await look(letting, database, clock)
    assert not await store.has(KEY)


async def test_what_is_named_again_between_two_looks_stays(
    database: Database, store: Folder, clock: SetClock
) -> None:
    letting = Letting(store)
    await store.put(CONTENT)
    clock.pass_by(DAY)
    await look(letting, database, clock)
    assert await store.has(KEY), "once is not enough"
    await named(database, store, clock)
    clock.pass_by(2 * FRESH)
    await look(letting, database, clock)
    assert await store.has(KEY)


async def test_of_two_towns_with_one_store_only_the_first_lets_go_of_anything(
    database: Database, store: Folder, clock: SetClock
) -> None:
    await store.put(CONTENT)
    assert await store.claim("another town") == "another town"
    letting = Letting(store)
    for _ in range(4):
        clock.pass_by(DAY)
        await look(letting, database, clock)
    assert await store.has(KEY)


async def test_the_clock_lets_go_of_pictures(town: Town, tmp_path: Path) -> None:
    intake = town.folkmoot.intake
    media = await named(town.folkmoot.database, intake.store, town.clock)  # type: ignore[arg-type]
    await town.passes(hours=23)
    assert await intake.drawer.take(media.key or "") is not None
    for _ in range(4):
        await town.passes(hours=1)
    assert await intake.drawer.take(media.key or "") is None
    assert not await intake.store.has(KEY)
