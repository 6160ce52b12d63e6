"""`folkmoot check`: what is wrong, what to do about it, and nothing changed by looking."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from bot.settings import Settings
from tests.cli.conftest import Desk, free_port
from tests.house.tree import ROOT


def test_an_empty_machine_is_well_and_stays_empty(bare_desk: Desk) -> None:
    told = bare_desk.types("check")
    assert told.code == 0
    assert "✘" not in told.out
    assert "There is none yet; `folkmoot run` makes data/folkmoot.db." in told.out
    assert "Ask @BotFather for a token and set TELEGRAM_TOKEN." in told.out
    assert list(bare_desk.folder.iterdir()) == []


def test_a_ready_database_is_seen(either_desk: Desk) -> None:
    assert "✔ database: It answers and is up to date" in either_desk.types("check").out


def test_findings_for_programs(desk: Desk) -> None:
    findings: list[dict[str, Any]] = desk.types("check", "--json").json
    assert all(list(one) == ["what", "state", "sentence"] for one in findings)
    states = {one["what"]: one["state"] for one in findings if one["what"] != "languages"}
    assert states == {
        "settings": "ok",
        "database": "ok",
        "pictures": "ok",
        "telegram": "note",
        "e-mail": "note",
        "address": "note",
    }


def test_a_folder_that_cannot_be_written_to_is_wrong(desk: Desk) -> None:
    (desk.folder / "a-file").write_text("no folder")
    told = desk.types("check", MEDIA_DIR="a-file/media", DATABASE_URL="sqlite:///a-file/town.db")
    assert told.code == 1
    assert "✘ pictures: a-file/media cannot be written to; set MEDIA_DIR or its rights." in told.out
    assert "✘ database: a-file/town.db cannot be made" in told.out


def test_an_address_that_does_not_answer_is_wrong(desk: Desk) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    told = desk.types("check", PUBLIC_URL=address)
    assert told.code == 1
    assert f"✘ address: {address} does not answer; start the service" in told.out


def test_an_address_that_answers_is_well(desk: Desk) -> None:
    with desk.service("run") as service:
        told = desk.types("check", PUBLIC_URL=service.address)
    assert f"✔ address: {service.address} answers." in told.out


def test_a_language_that_nobody_speaks_is_wrong(desk: Desk) -> None:
    told = desk.types("check", DEFAULT_LANGUAGE="tlh")
    assert told.code == 1
    assert "✘ languages: DEFAULT_LANGUAGE is tlh, but there are only en" in told.out


def test_settings_are_read_from_the_env_file_of_the_folder(desk: Desk) -> None:
    Path(desk.folder / ".env").write_text("PORT=4711\n")
    assert "http://localhost:4711" in desk.types("check").out


def test_the_example_of_settings_works_as_it_stands(desk: Desk) -> None:
    """Every line that is commented out may be commented in: it holds the default, or a form that is accepted."""
    example = (ROOT / ".env.example").read_text("utf-8")
    told = {name.lower(): value for name, value in re.findall(r"^# ([A-Z_]+)=(.*)$", example, re.MULTILINE)}
    assert set(Settings.model_fields) <= set(told)
    given = {name: value for name, value in told.items() if value and name in Settings.model_fields}
    read = Settings(_env_file=None, **given)  # type: ignore[call-arg]
    usual = Settings(_env_file=None)  # type: ignore[call-arg]
    differing = {name for name in given if getattr(read, name) != getattr(usual, name)}
    assert differing == {
        "telegram_token",
        "public_url",
        "database_direct_url",
        "metrics_port",
        "operator_name",
        "operator_contact",
        "smtp_url",
        "mail_from",
        "imap_url",
        "mail_port",
        "map_tiles",
        "map_attribution",
    }
