"""What the papers name is there: links, headings, pictures, commands with their options, settings, and what it says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
from babel.messages.pofile import read_po

from bot.__main__ import app
from bot.conversation.router import Router
from bot.settings import Settings
from handlers import ROUTERS
from tests.house.tree import ROOT, name
from tests.papers.reading import PAPERS, anchors, code, prose
from tests.screenshots.phones import HEAVIEST, PICTURES


@pytest.mark.parametrize("paper", PAPERS, ids=name)
def test_every_link_between_papers_leads_to_a_heading_that_is_there(paper: Path) -> None:
    lost = []
    for link in re.findall(r"\]\((?!\w+:)([^)\s]+)\)", prose(paper)):
        path, _, anchor = link.partition("#")
        there = (paper.parent / path).resolve() if path else paper
        if not there.exists() or (anchor and anchor not in anchors(there)):
            lost.append(link)
    assert lost == []


def test_every_picture_is_shown_described_and_light() -> None:
    shown = {}
    for paper in PAPERS:
        for tag in re.findall(r"<img [^>]+>", prose(paper)):
            found = re.search(r'src="([^"]+)".* alt="([^"]{20,})"', tag)
            assert found, f"{name(paper)}: {tag}"
            shown[(paper.parent / found[1]).resolve()] = found[2]
    taken = set(PICTURES.glob("*.png"))
    assert set(shown) == taken
    assert [path.name for path in taken if path.stat().st_size > HEAVIEST] == []


def typed_commands() -> list[tuple[str, str]]:
    """(paper, words) of every `folkmoot …` in code."""
    found = []
    for paper in PAPERS:
        text = paper.read_text("utf-8").replace("\\\n", " ")
        parts = re.findall(r"^```.*?^```|`[^`\n]+`", text, re.DOTALL | re.MULTILINE)
        for part in parts:
            lines = re.findall(r"(?:^|[`/ ])folkmoot ((?:[a-z]|--).*?)`*$", part, re.MULTILINE)
            found += [(name(paper), line) for line in lines]
    return found


@pytest.mark.parametrize(("paper", "words"), sorted(set(typed_commands())))
def test_every_command_and_option_in_the_papers_exists(paper: str, words: str) -> None:
    command: Any = typer.main.get_command(app)
    rest = shlex.split(words.replace("…", "x"))
    while rest and hasattr(command, "commands"):
        assert rest[0] in command.commands, f"{paper}: {words}"
        command = command.commands[rest.pop(0)]
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    assert {word.partition("=")[0] for word in rest if word.startswith("--")} <= known


def rows(paper: str, heading: str) -> list[list[str]]:
    """The table below a heading, cell by cell."""
    text = (ROOT / paper).read_text("utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line.strip("| ") for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.split(" | ")] for line in lines[2:]]


def test_the_table_of_settings_is_whole_and_tells_the_usual_values() -> None:
    told = {setting.strip("`").lower(): usual for setting, usual, _ in rows("README.md", "Settings")}
    assert set(told) == set(Settings.model_fields)
    for setting, field in Settings.model_fields.items():
        usual = field.default
        if usual is None:
            assert told[setting] == "none"
        elif setting == "telegram_api_url":
            assert told[setting] == "Telegram's own"
        else:
            plain = usual.get_secret_value() if hasattr(usual, "get_secret_value") else usual
            assert told[setting] == f"`{str(plain).lower() if isinstance(plain, bool) else plain}`"


def test_the_table_of_what_people_can_say_is_whole() -> None:
    told = {
        command
        for cell, *_ in rows("README.md", "What people can say to it")
        for command in re.findall(r"`/(\w+)`", cell)
    }
    assert told == set(Router.of(ROUTERS).commands)


def quoted(sentence: str) -> re.Pattern[str]:
    """The sentence, with anything where the paper has an ellipsis."""
    return re.compile(".*".join(re.escape(part) for part in sentence.split("…")))


@pytest.mark.parametrize("row", rows("docs/organisers.md", "If something is odd"), ids=lambda row: row[0])
def test_what_organisers_are_told_to_expect_is_what_it_says(row: list[str]) -> None:
    with (ROOT / "locales/folkmoot.pot").open("rb") as file:
        said = [str(entry.id) for entry in read_po(file)]
    for sentence in re.findall(r'"([^"]+)"', row[0]):
        assert any(quoted(sentence).search(one) for one in said), sentence


@pytest.mark.parametrize("row", rows("docs/operators.md", "What to do when"), ids=lambda row: row[0])
def test_what_operators_are_told_to_expect_is_what_it_says(row: list[str]) -> None:
    program = " ".join(path.read_text("utf-8") for path in sorted((ROOT / "bot").rglob("*.py")))
    for sentence in re.findall(r"`([^`]+ [^`]+)`", row[0]):
        assert quoted(sentence).search(program), sentence


def test_every_example_for_a_shell_has_a_language() -> None:
    bare = [name(paper) for paper in PAPERS if re.search(r"\n\n```\n", paper.read_text("utf-8"))]
    assert bare == []
    assert all(one.text.strip() for paper in PAPERS for one in code(name(paper)))


def test_what_the_paper_about_secrecy_says_was_tried_is_a_test() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "secrecy.md").read_text("utf-8")))
    tests = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert len(named) > 5
    assert {name for name in named if f"def {name}(" not in tests} == set()
