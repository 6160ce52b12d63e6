"""The papers say what is true: each setting, path and command they name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.settings import Settings
from tests.house.tree import ROOMS, ROOT, command, name

PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SETTINGS = [field.upper() for field in Settings.model_fields]
MADE_WHILE_RUNNING = {"data", "dist", ".venv", ".env"}
FOR_COMPOSE = {"POSTGRES_PASSWORD", "ROLE", "COMPOSE_PROFILES"}


def named_paths(text: str) -> set[str]:
    """Links to files and code words that look like a file of ours, without `#anchors`, globs and placeholders."""
    links = {link.partition("#")[0] for link in re.findall(r"\]\((?!\w+:|#)([^)\s]+)\)", text)}
    links |= set(re.findall(r'<(?:img|source)[^>]* src(?:set)?="(?!\w+:)([^"\s]+)"', text))
    spans = {
        span.rstrip("/")
        for span in re.findall(r"`([\w./-]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    }
    return links | {span for span in spans if span.split("/")[0] in ROOMS and "/" in span}


def commands(text: str, program: str) -> set[str]:
    """The first word after `program` wherever code shows it."""
    code = re.findall(r"```.*?```|`[^`\n]+`", text, flags=re.DOTALL)
    return {
        word for part in code for word in re.findall(rf"(?:^|[`$ ]){program} ([a-z]+)", part, re.MULTILINE)
    }


@pytest.mark.parametrize("setting", SETTINGS)
def test_each_setting_is_explained_to_the_operator(setting: str) -> None:
    assert re.search(rf"^#? ?{setting}=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE)
    assert re.search(rf"`{setting}`", (ROOT / "README.md").read_text("utf-8"))


def test_the_example_names_no_setting_that_is_gone() -> None:
    named = re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE)
    assert set(named) - set(SETTINGS) <= FOR_COMPOSE


@pytest.mark.parametrize("paper", PAPERS, ids=name)
def test_a_paper_names_only_files_that_exist(paper: Path) -> None:
    named = named_paths(paper.read_text("utf-8"))
    gone = [
        path
        for path in sorted(named)
        if path.split("/")[0] not in MADE_WHILE_RUNNING
        and not (paper.parent / path).exists()
        and not (ROOT / path.lstrip("/")).exists()
    ]
    assert gone == []


@pytest.mark.parametrize("paper", PAPERS, ids=name)
def test_a_paper_names_only_make_commands_that_exist(paper: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert commands(paper.read_text("utf-8"), "make") <= targets


def test_the_papers_name_only_folkmoot_commands_that_exist() -> None:
    named = {word for paper in PAPERS for word in commands(paper.read_text("utf-8"), "folkmoot")}
    unknown = {word: told.stderr for word in sorted(named) if (told := command(word, "--help")).returncode}
    assert unknown == {}
