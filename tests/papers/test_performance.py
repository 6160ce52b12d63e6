"""What the paper on performance says is what was measured: its tables come from the results and nowhere else."""

from __future__ import annotations

import re
from copy import deepcopy
from pathlib import Path

import pytest

from bench import picture, report, table
from bench.contenders import CONTENDERS


@pytest.mark.parametrize("paper", report.PAPERS, ids=lambda paper: paper.name)
def test_the_tables_are_those_of_the_results(paper: Path) -> None:
    written = paper.read_text("utf-8")
    assert report.filled(written, table.saved()) == written


def test_another_measurement_would_show() -> None:
    paper, results = report.PAPERS[0].read_text("utf-8"), deepcopy(table.saved())
    for run in results["runs"]["folkmoot-sqlite-polling"]:
        run["votes_per_second"] *= 3
    assert report.filled(paper, results) != paper


@pytest.mark.parametrize("paper", report.PAPERS, ids=lambda paper: paper.name)
def test_every_table_of_numbers_is_a_made_one(paper: Path) -> None:
    by_hand = re.sub(r"<!-- \w+ -->\n.*?<!-- end -->", "", paper.read_text("utf-8"), flags=re.DOTALL)
    assert [line for line in by_hand.splitlines() if line.startswith("|")] == []


def test_the_picture_shows_every_bot_of_the_results() -> None:
    rows = picture.rows(table.saved())
    assert len({row["bot"] for row in rows}) == len(CONTENDERS)
    drawn = picture.chart(table.saved()).to_dict()
    assert drawn["background"] == "white"


def test_the_picture_in_the_paper_is_packed_and_whole() -> None:
    kept = picture.PICTURE.read_bytes()
    assert picture.lighter(kept) == kept
    assert kept.startswith(b"\x89PNG")
    assert b"IEND" in kept[-8:]
