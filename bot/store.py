"""The store: pictures that people sent, kept under the hash of what is in them until nothing names them any more."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from bot.clock import Clock

FRESH = timedelta(hours=1)
"""For so long nobody takes away what was put, and more: until then its row in the database has been committed."""

_KEY = re.compile(r"[0-9a-f]{64}")


class Store(Protocol):
    """Keeps content under a key that says what is in it, the SHA-256 of it in hexadecimal digits."""

    async def put(self, content: bytes) -> str:
        """Keep it and return its key. When this returns, it is safe from a crash; the same twice is kept once.
        OSError."""

    async def get(self, key: str) -> bytes | None:
        """What is kept under this key; None where there is nothing. OSError."""

    async def has(self, key: str) -> bool:
        """Whether there is something under this key."""

    async def remove(self, key: str, *, unless_since: datetime) -> bool:
        """Let go of it, unless somebody has put it since then; whether it is gone."""

    def before(self, moment: datetime) -> AsyncIterator[list[str]]:
        """The keys of what was last put before then, some at a time."""

    async def claim(self, mark: str) -> str:
        """Whose it is: whoever claimed it first. Nobody else may let go of anything."""


class Folder:
    """A store in a folder, which several processes may share."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder, self._clock = folder, clock

    async def put(self, content: bytes) -> str:
        """See `Store`."""
        return await asyncio.to_thread(self._put, content)

    async def get(self, key: str) -> bytes | None:
        """See `Store`."""
        path = self._path(key)
        return None if path is None else await asyncio.to_thread(_read, path)

    async def has(self, key: str) -> bool:
        """See `Store`."""
        path = self._path(key)
        return path is not None and await asyncio.to_thread(path.is_file)

    async def remove(self, key: str, *, unless_since: datetime) -> bool:
        """See `Store`."""
        path = self._path(key)
        return path is not None and await asyncio.to_thread(self._remove, path, unless_since.timestamp())

    async def before(self, moment: datetime) -> AsyncIterator[list[str]]:
        """See `Store`."""
        for part in await asyncio.to_thread(_parts, self._folder):
            yield await asyncio.to_thread(_older, part, moment.timestamp())

    async def claim(self, mark: str) -> str:
        """See `Store`."""
        return await asyncio.to_thread(self._claim, mark)

    def _claim(self, mark: str) -> str:
        if not self._folder.is_dir():
            return mark  # there is nothing yet
        with self._turn(fcntl.LOCK_EX):
            there = self._folder / ".claimed"
            if not (there.is_file() and there.read_text("utf-8")):
                there.write_text(mark, "utf-8")
            return there.read_text("utf-8")

    def _path(self, key: str) -> Path | None:
        """Where it lies. What is no key leads nowhere, so that no path can be asked for."""
        return self._folder / key[:2] / key if _KEY.fullmatch(key) else None

    def _put(self, content: bytes) -> str:
        key = hashlib.sha256(content).hexdigest()
        path = self._folder / key[:2] / key
        path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        now = self._clock().timestamp()
        with self._turn(fcntl.LOCK_SH):
            try:
                os.utime(path, (now, now))  # it is there, and from now on as good as new
            except FileNotFoundError:
                _write(path, content, now)
        for folder in (path.parent, self._folder, self._folder.parent):
            _sync(folder)
        return key

    def _remove(self, path: Path, unless_since: float) -> bool:
        with contextlib.suppress(FileNotFoundError), self._turn(fcntl.LOCK_EX):
            if path.stat().st_mtime >= unless_since:
                return False
            path.unlink()
        return True

    @contextmanager
    def _turn(self, kind: int) -> Iterator[None]:
        """Whoever puts and whoever removes take turns, so that nothing goes that has just been put again."""
        with (self._folder / ".turn").open("a") as lock:
            fcntl.flock(lock, kind)  # given back when the file is closed, even by a kill
            yield


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _write(path: Path, content: bytes, now: float) -> None:
    """Whole or not at all, and on the disk before it has its name."""
    unfinished = path.parent / f".{path.name}.{secrets.token_hex(4)}"
    try:
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.utime(unfinished, (now, now))
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _sync(folder: Path) -> None:
    """Have the names in a folder on the disk, too."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _parts(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def _older(part: Path, before: float) -> list[str]:
    """The keys of old ones in one part of a folder. What a kill left unfinished goes at once."""
    keys = []
    for path in part.iterdir():
        with contextlib.suppress(FileNotFoundError):  # another process was quicker
            if path.stat().st_mtime >= before:
                continue
            if path.name.startswith("."):
                path.unlink()
            elif _KEY.fullmatch(path.name):
                keys.append(path.name)
    return keys
