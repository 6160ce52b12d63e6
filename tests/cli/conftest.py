"""An operator's desk: a folder of their own, settings, and the `folkmoot` command."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO, TypeVar

import pytest
import structlog
from sqlalchemy.engine import URL

from bot.__main__ import main
from bot.settings import Settings
from tests.databases import Sqlite
from tests.house.tree import ROOT

PATIENCE = 30.0  # seconds for a program to start or to end

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Told:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)


@dataclass
class Desk:
    """Commands are typed here in this process, which is quick, or in a process of their own."""

    folder: Path
    settings: dict[str, str]
    keep: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def types(self, *words: str, typed: str = "", **settings: str) -> Told:
        """Run a command here, with lines typed into it."""
        with self.keep.context() as here, _lines(typed) as keyboard:
            here.chdir(self.folder)
            for name, value in (self.settings | settings).items():
                here.setenv(name, value)
            here.setattr(sys, "argv", ["folkmoot", *words])
            here.setattr(sys, "stdin", keyboard)
            here.setattr(logging.root, "handlers", [])  # a command may set up its own log
            self.capsys.readouterr()
            with pytest.raises(SystemExit) as ended:
                main()
            said = self.capsys.readouterr()
        structlog.reset_defaults()
        return Told(int(ended.value.code or 0), said.out, said.err)

    def runs(self, *words: str, typed: str = "", **settings: str) -> Told:
        """Run a command as a process of its own, with lines typed into it."""
        return self._ended([sys.executable, "-m", "bot", *words], typed, settings)

    async def aside(self, work: Callable[[], Answer]) -> Answer:
        """Do it in a thread, where a fake Telegram answers in this process."""
        return await asyncio.to_thread(work)

    def asks_python(self, program: str) -> Told:
        """Run a few lines of Python in a process of their own."""
        return self._ended([sys.executable, "-c", program], "", {})

    def _ended(self, words: list[str], typed: str, settings: dict[str, str]) -> Told:
        ended = subprocess.run(
            words,
            cwd=self.folder,
            env=self._environment(settings),
            input=typed,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Told(ended.returncode, ended.stdout, ended.stderr)

    @contextmanager
    def service(self, *words: str, **settings: str) -> Iterator[Service]:
        """A service that runs until the block ends."""
        port = settings.setdefault("PORT", str(free_port()))
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", *words],
            cwd=self.folder,
            env=self._environment(settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        service = Service(process, f"http://127.0.0.1:{port}")
        try:
            service.wait_until_ready()
            yield service
        finally:
            service.stop()

    def _environment(self, settings: dict[str, str]) -> dict[str, str]:
        plain = {
            name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields
        }
        return plain | {"PYTHONPATH": str(ROOT)} | self.settings | settings


@contextmanager
def _lines(typed: str) -> Iterator[TextIO]:
    """A real pipe with these lines in it."""
    out, into = os.pipe()
    with open(out, encoding="utf-8") as keyboard:
        with open(into, "w", encoding="utf-8") as writer:
            writer.write(typed)
        yield keyboard


@dataclass
class Service:
    """A `folkmoot run` or `folkmoot demo` at work."""

    process: subprocess.Popen[str]
    address: str
    told: Told | None = None

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.address}/readyz", timeout=5) as answer:  # noqa: S310 - our own
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.05)
        self.stop()
        assert self.told is not None
        raise AssertionError(f"the service did not become ready:\n{self.told.out}\n{self.told.err}")

    def reads(self, words: str) -> str:
        """Wait for a line with these words; everything said up to it."""
        assert self.process.stdout is not None
        lines: list[str] = []
        for line in self.process.stdout:
            lines.append(line)
            if words in line:
                return "".join(lines)
        raise AssertionError(f"{words!r} was not said in {''.join(lines)!r}")

    def stop(self) -> Told:
        """Ask it to end, and hear what it said."""
        if self.told is None:
            self.process.terminate()
            try:
                out, err = self.process.communicate(timeout=PATIENCE)
            finally:
                self.process.kill()
            self.told = Told(self.process.returncode, out, err)
        return self.told


def free_port() -> int:
    """A port that nobody uses just now."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@pytest.fixture
def bare_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    """An empty folder and no settings at all."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    return Desk(tmp_path, {}, monkeypatch, capsys)


@pytest.fixture
def desk(bare_desk: Desk, sqlite_files: Sqlite) -> Desk:
    """A desk with a database that is up to date."""
    return with_database(bare_desk, sqlite_files.fresh(bare_desk.folder))


@pytest.fixture
def either_desk(bare_desk: Desk, database_url: URL) -> Desk:
    """The same on each kind of database."""
    return with_database(bare_desk, database_url)


def with_database(desk: Desk, url: URL) -> Desk:
    """The desk with DATABASE_URL set."""
    desk.settings["DATABASE_URL"] = url.render_as_string(hide_password=False)
    return desk
