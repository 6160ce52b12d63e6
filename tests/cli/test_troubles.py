"""What can be wrong on an operator's machine: one clear sentence on stderr, and an exit code that is not 0."""

from __future__ import annotations

import socket
import sqlite3

import pytest

from tests.cli.conftest import Desk

WRONG = [
    ("PORT", "eighty", "The setting PORT is wrong"),
    ("PORT", "70000", "The setting PORT is wrong"),
    ("TELEGRAM_TOKEN", "hello", "The setting TELEGRAM_TOKEN is wrong: must look like 123456:ABC-DEF"),
    ("TELEGRAM_MODE", "carrier-pigeon", "The setting TELEGRAM_MODE is wrong"),
    ("PUBLIC_URL", "town.example", "The setting PUBLIC_URL is wrong: must be a web address"),
    (
        "DATABASE_URL",
        "mysql://somewhere/town",
        "The setting DATABASE_URL is wrong: must be a sqlite:/// or postgresql://",
    ),
    ("LOG_FORMAT", "poem", "The setting LOG_FORMAT is wrong"),
    ("METRICS_PORT", "yes", "The setting METRICS_PORT is wrong"),
    (
        "DATABASE_DIRECT_URL",
        "postgresql://server/town",
        "The setting DATABASE_DIRECT_URL is wrong: it is for",
    ),
]


@pytest.mark.parametrize(
    ("name", "value", "sentence"), WRONG, ids=[f"{name}={value}" for name, value, _ in WRONG]
)
@pytest.mark.parametrize("command", ["run", "check"])
def test_a_wrong_setting_is_named(
    bare_desk: Desk, command: str, name: str, value: str, sentence: str
) -> None:
    told = bare_desk.types(command, **{name: value})
    assert told.code == 1
    assert told.err.startswith(sentence)
    assert told.err.count("\n") == 1
    assert value not in told.err or name not in {"TELEGRAM_TOKEN", "DATABASE_URL"}


@pytest.mark.parametrize("role", ["web", "post", "jobs"])
def test_a_part_of_a_town_on_sqlite_is_refused_with_the_reason(bare_desk: Desk, role: str) -> None:
    told = bare_desk.types("run", "--role", role)
    assert told.code == 1
    assert told.err.startswith(f"The role {role} needs PostgreSQL: a SQLite file has one writer at a time")
    assert told.err.count("\n") == 1
    assert list(bare_desk.folder.iterdir()) == []


def test_a_port_for_metrics_that_is_taken_is_named(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        told = desk.types("run", PORT="0", METRICS_PORT=str(taken.getsockname()[1]))
    assert told.code == 1
    assert "Set METRICS_PORT to another number" in told.err


def test_a_language_that_nobody_speaks_is_named(bare_desk: Desk) -> None:
    told = bare_desk.types("run", DEFAULT_LANGUAGE="tlh")
    assert (told.code, told.err.startswith("The setting DEFAULT_LANGUAGE is wrong: it is one of en")) == (
        1,
        True,
    )


def test_a_webhook_without_an_address_is_named(bare_desk: Desk) -> None:
    told = bare_desk.types("run", TELEGRAM_TOKEN="1:abc", TELEGRAM_MODE="webhook")
    assert told.err == "The setting PUBLIC_URL is missing: TELEGRAM_MODE=webhook needs it.\n"


def test_a_port_that_is_taken_is_named(desk: Desk) -> None:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        port = str(door.getsockname()[1])
        told = desk.types("run", PORT=port)
    assert told.code == 1
    assert f"The address 127.0.0.1:{port} cannot be used" in told.err
    assert told.err.count("\n") == 1


def test_a_demo_on_a_port_that_is_taken_seeds_nothing(desk: Desk) -> None:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        assert desk.types("demo", PORT=str(door.getsockname()[1])).code == 1
    assert desk.types("community", "list", "--json").json == []


@pytest.mark.parametrize("command", ["run", "demo", "migrate"])
def test_a_folder_that_cannot_be_made_is_named(bare_desk: Desk, command: str) -> None:
    (bare_desk.folder / "data").write_text("a file stands where the folder should be")
    told = bare_desk.types(command)
    assert told.code == 1
    assert told.err.startswith("The folder data cannot be made for the database")
    assert told.err.count("\n") == 1


@pytest.mark.parametrize("words", [("run",), ("migrate",), ("community", "list"), ("chat",)], ids=" ".join)
def test_a_database_from_a_newer_version_is_left_alone(desk: Desk, words: tuple[str, ...]) -> None:
    path = desk.settings["DATABASE_URL"].partition("///")[2]
    with sqlite3.connect(path) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    newer.close()
    told = desk.types(*words)
    assert told.code == 1
    assert told.err.startswith("The database was made by a newer version of this program")
    assert told.err.count("\n") == 1


@pytest.mark.parametrize(
    "words", [("community", "list"), ("poll", "list", "--community", "x"), ("doctor",)], ids=" ".join
)
def test_reading_makes_no_database(bare_desk: Desk, words: tuple[str, ...]) -> None:
    told = bare_desk.types(*words)
    assert (told.code, told.out) == (1, "")
    assert told.err == "There is no database yet; run `folkmoot migrate`.\n"
    assert not (bare_desk.folder / "data").exists()


def test_a_database_server_that_is_not_there_is_named(bare_desk: Desk) -> None:
    told = bare_desk.types("community", "list", DATABASE_URL="postgresql://town:hush@127.0.0.1:1/town")
    assert told.code == 1
    assert "server" in told.err
    assert "hush" not in told.err
    assert told.err.count("\n") == 1


def test_an_env_file_that_is_no_text_is_named(bare_desk: Desk) -> None:
    (bare_desk.folder / ".env").write_bytes(b"\xff\xfe\x00bad")
    told = bare_desk.types("check")
    assert (told.code, told.err) == (1, "The file .env cannot be read: it is not text in UTF-8.\n")


def test_a_host_of_another_machine_is_named(bare_desk: Desk) -> None:
    told = bare_desk.types("run", HOST="nowhere.invalid")
    assert told.code == 1
    assert "The address nowhere.invalid is not one of this machine. Set HOST" in told.err
