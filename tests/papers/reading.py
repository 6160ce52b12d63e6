"""The papers as a reader has them: code with its title, links, headings, commands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tests.house.tree import ROOT

PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
"""Every paper."""


@dataclass(frozen=True)
class Code:
    """A block of code in a paper; `title` is the file it would live in, or what it does."""

    language: str
    title: str
    text: str


def code(paper: str) -> list[Code]:
    """The blocks of code of a paper."""
    text = (ROOT / paper).read_text("utf-8")
    found = re.findall(r"^```(\w+)(?: title=\"([^\"]+)\")?\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [Code(*parts) for parts in found]


def titled(paper: str, title: str) -> str:
    """The code of that title."""
    (found,) = [one.text for one in code(paper) if one.title == title]
    return found


def prose(path: Path) -> str:
    """A paper without its blocks of code."""
    return re.sub(r"^```.*?^```$", "", path.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)


def anchors(path: Path) -> set[str]:
    """What a link may name after `#`, as GitHub makes it of the headings."""
    headings = re.findall(r"^#+ (.+)$", prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
