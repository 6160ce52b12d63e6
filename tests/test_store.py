"""What people sent lies in the store until nothing names it any more: put once, whole, safe, and let go of in time."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.webchat.shelf import Shelf, clear
from bot.clock import SetClock
from bot.message import Media
from bot.services.announcing.enclosures import KEPT
from bot.store import FRESH, Folder
from tests.house.tree import ROOT
from tests.town import MONDAY

CONTENT = b"a lamp post, in the evening"
KEY = hashlib.sha256(CONTENT).hexdigest()
DAY = timedelta(days=1)
OWN = (".turn", ".claimed")


@pytest.fixture
def clock() -> SetClock:
    return SetClock(MONDAY)


@pytest.fixture
def store(tmp_path: Path, clock: SetClock) -> Folder:
    return Folder(tmp_path / "kept", clock)


def lying(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.name not in OWN)


async def test_what_was_put_is_found_by_what_is_in_it_and_the_same_is_kept_once(
    store: Folder, tmp_path: Path
) -> None:
    assert await store.put(CONTENT) == KEY
    assert await store.put(CONTENT) == KEY
    assert await store.get(KEY) == CONTENT
    assert await store.has(KEY)
    assert lying(tmp_path) == [KEY]
    other = await Folder(tmp_path / "kept", SetClock(MONDAY)).put(b"")
    assert (await store.get(other), lying(tmp_path)) == (b"", sorted([KEY, other]))


@pytest.mark.parametrize(
    "key", ["", "../" * 3 + "passwd", "ab/" + KEY, KEY[:-1], KEY.upper() + "\n", "/etc/passwd", "é" * 64]
)
async def test_what_is_no_key_leads_nowhere(store: Folder, key: str) -> None:
    await store.put(CONTENT)
    assert await store.get(key) is None
    assert not await store.has(key)
    assert not await store.remove(key, unless_since=MONDAY + DAY)


async def test_many_who_put_the_same_at_once_keep_it_once_and_whole(store: Folder, tmp_path: Path) -> None:
    large = CONTENT * 50_000
    keys = await asyncio.gather(*(store.put(large) for _ in range(12)))
    assert len(set(keys)) == 1
    assert lying(tmp_path) == keys[:1]
    assert await store.get(keys[0]) == large


async def test_what_could_not_be_written_leaves_nothing(
    store: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        await store.put(CONTENT)
    assert lying(tmp_path) == []


async def test_it_is_on_the_disk_before_it_has_its_name(
    store: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    sync, replace = os.fsync, Path.replace

    def synced(number: int) -> None:
        done.append("on the disk")
        sync(number)

    def replaced(path: Path, to: Path) -> Path:
        done.append("named")
        return replace(path, to)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", replaced)
    await store.put(CONTENT)
    assert done[:3] == ["on the disk", "named", "on the disk"]


KILLED = """
import asyncio, sys
from pathlib import Path
from bot.clock import utc_now
from bot.store import Folder

async def main():
    store, number = Folder(Path(sys.argv[1]), utc_now), 0
    while True:
        number += 1
        print(await store.put(str(number).encode() * 300_000), flush=True)

asyncio.run(main())
"""


def test_after_a_kill_each_key_that_was_told_is_there_and_whole(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path / "kept")], stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as process:
        assert process.stdout is not None
        told = [process.stdout.readline().strip() for _ in range(20)]
        process.send_signal(signal.SIGKILL)
        told += [line.strip() for line in process.stdout if len(line) == 65]
    for key in told:
        content = (tmp_path / "kept" / key[:2] / key).read_bytes()
        assert hashlib.sha256(content).hexdigest() == key


async def test_who_puts_again_what_is_about_to_go_finds_it_there(store: Folder, clock: SetClock) -> None:
    await store.put(CONTENT)
    clock.pass_by(DAY)
    before = clock() - FRESH
    assert [keys async for keys in store.before(before)] == [[KEY]]
    await store.put(CONTENT)  # between the look and the removal
    assert not await store.remove(KEY, unless_since=before)
    assert await store.get(KEY) == CONTENT
    clock.pass_by(DAY)
    assert await store.remove(KEY, unless_since=clock() - FRESH)
    assert await store.remove(KEY, unless_since=clock()), "twice does no harm"
    assert await store.get(KEY) is None


async def test_what_a_kill_left_unfinished_goes(store: Folder, clock: SetClock, tmp_path: Path) -> None:
    await store.put(CONTENT)
    half = tmp_path / "kept" / KEY[:2] / f".{KEY}.12345678"
    half.write_bytes(b"a la")
    os.utime(half, (MONDAY.timestamp(), MONDAY.timestamp()))
    clock.pass_by(2 * FRESH)
    assert [keys async for keys in store.before(clock() - FRESH)] == [[KEY]]
    assert lying(tmp_path) == [KEY]


async def test_the_shelf_clears_its_own_copies_and_nothing_that_is_kept(
    tmp_path: Path, clock: SetClock
) -> None:
    async def fetch(_: Media) -> bytes:
        return b"%PDF"

    store = Folder(tmp_path / "kept", clock)
    await store.put(CONTENT)
    await Shelf(tmp_path, fetch, clock).copy(Media("document", {}, key="k" * 32))
    clear(tmp_path, clock() + 2 * KEPT)
    assert lying(tmp_path) == [KEY]
    assert await store.get(KEY) == CONTENT
