"""The container files name only what exists: they cannot be built everywhere, so they are read here."""

from __future__ import annotations

import fnmatch
import json
import re
import shlex
import tomllib
from typing import Any

import yaml

from bot.roles import ROLES
from bot.settings import Settings, read
from tests.house.tree import ROOT, command

DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SETTINGS = {field.upper() for field in Settings.model_fields}


def steps(word: str) -> list[str]:
    """What follows each `word` in the Dockerfile."""
    return re.findall(rf"^{word} (.+)$", DOCKERFILE, re.MULTILINE)


def copied() -> list[str]:
    """The paths that the image gets from this folder."""
    return [source for step in steps("COPY") for source in shlex.split(step)[:-1]]


def test_what_the_image_copies_exists_and_is_not_ignored() -> None:
    ignored = [
        line for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line and line[0] != "#"
    ]
    for path in copied():
        assert (ROOT / path).exists(), path
        assert not any(fnmatch.fnmatch(path, pattern) for pattern in ignored), path


def test_the_image_gets_all_that_the_wheel_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    papers = [
        project["project"]["readme"],
        *project["project"]["license-files"],
        "pyproject.toml",
        "constraints.txt",
    ]
    assert set(copied()) == {*packages, *papers}


def test_the_image_starts_a_command_that_exists() -> None:
    program, *words = json.loads(steps("CMD")[0])
    assert program in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    told = command(*words, "--help")
    assert told.returncode == 0, told.stderr


def test_the_health_check_asks_a_page_that_exists() -> None:
    page = re.search(r"PORT.*?\}(/\w+)'", steps("HEALTHCHECK CMD")[0])
    assert page
    assert any(f'"{page[1]}"' in path.read_text("utf-8") for path in (ROOT / "bot").rglob("*.py")), page[1]


def test_the_image_is_not_run_by_root_and_keeps_data_where_its_user_may_write() -> None:
    user, home = steps("USER")[0], steps("WORKDIR")[-1]
    assert user != "root"
    assert f"--home-dir {home} {user}" in DOCKERFILE
    assert f"--owner {user} {steps('VOLUME')[0]}" in DOCKERFILE


def test_compose_and_image_name_only_settings_that_exist() -> None:
    service = COMPOSE["services"]["folkmoot"]
    in_image = {pair.partition("=")[0] for step in steps("ENV") for pair in shlex.split(step)}
    assert {*service["environment"], *in_image} <= SETTINGS
    port = service["ports"][0].rpartition(":")[2]
    assert port in steps("EXPOSE")
    assert f"PORT={port}" in steps("ENV")[0]


def test_compose_starts_each_role_once_and_together_they_do_everything() -> None:
    services = {name: each for name, each in COMPOSE["services"].items() if "command" in each}
    roles = {
        name: ROLES[each["command"][-1].replace("${ROLE:-all}", "web")] for name, each in services.items()
    }
    assert {each["command"][:-1] == ["folkmoot", "run", "--role"] for each in services.values()} == {True}
    for part in ("doors", "post", "clock"):
        assert [name for name, role in roles.items() if getattr(role, part)] == [PARTS[part]]
    assert [name for name, each in services.items() if "profiles" not in each] == ["folkmoot"]


PARTS = {"doors": "folkmoot", "post": "post", "clock": "jobs"}


def test_compose_gives_an_address_of_its_own_database() -> None:
    service, database = COMPOSE["services"]["folkmoot"], COMPOSE["services"]["database"]
    given = re.sub(r"\$\{\w+:\?[^}]*\}", "secret", service["environment"]["DATABASE_URL"])
    url = read(database_url=given, _env_file=None).database
    assert url.host in COMPOSE["services"]
    assert url.username == database["environment"]["POSTGRES_USER"]
    assert set(service["depends_on"]) == {url.host}


def test_compose_keeps_what_must_survive_in_volumes_that_it_declares() -> None:
    mounts = [mount.split(":") for service in COMPOSE["services"].values() for mount in service["volumes"]]
    assert {volume for volume, _ in mounts} == set(COMPOSE["volumes"])
    assert steps("VOLUME")[0] in {folder for _, folder in mounts}
