"""How often Python looks for garbage."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest

from bot import garbage


@pytest.fixture
def as_before() -> Iterator[None]:
    """A collector as Python brings it, and afterwards that of the test process again."""
    thresholds = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*thresholds)  # what is frozen stays so: most of it was frozen before the first test


@pytest.mark.usefixtures("as_before")
def test_what_was_there_is_not_looked_through_again() -> None:
    program = [[number] for number in range(1000)]
    garbage.look_less()
    watched = {id(one) for generation in range(3) for one in gc.get_objects(generation)}
    assert program
    assert not watched & {id(one) for one in program}
    assert gc.get_threshold()[0] == garbage.YOUNG


def test_a_program_looks_for_no_garbage_until_everything_runs() -> None:
    says = (
        "import gc; from bot import garbage; garbage.look_later(); begun = gc.isenabled();"
        "garbage.look_less(); print(begun, gc.isenabled())"
    )
    said = subprocess.run([sys.executable, "-c", says], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["False", "True"]
