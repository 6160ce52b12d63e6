"""Every room has its place among the arrows, so that no new one stands outside the rules."""

from __future__ import annotations

import re
import tomllib

from tests.house.tree import ROOT

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
PLACED = {room for layer in CONTRACTS[0]["layers"] for room in re.findall(r"[\w.]+", layer)}


def rooms() -> set[str]:
    """The modules and packages directly in `bot`, and `handlers`."""
    inside = {
        path.stem
        for path in (ROOT / "bot").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    return {"handlers"} | {f"bot.{room}" for room in inside - {"__init__"}}


def test_every_room_has_its_place() -> None:
    assert rooms() - PLACED == set(), "say in pyproject.toml where the new room stands"


def test_no_place_is_kept_for_a_room_that_is_gone() -> None:
    assert PLACED - rooms() == set()
