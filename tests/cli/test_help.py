"""Help, version and completion: they read well in 80 columns and answer at once."""

from __future__ import annotations

import re

import pytest

from bot import __version__
from bot.__main__ import app
from tests.cli.conftest import Desk

OF_BODIES = ("body", "places", "spots")
COMMANDS = ("run", "demo", "chat", "migrate", "check", "doctor", "invite", "community", "poll", *OF_BODIES)
PAGES = (
    (),
    *((command,) for command in COMMANDS),
    ("community", "add"),
    ("community", "list"),
    ("poll", "list"),
    ("body", "import"),
    ("body", "export"),
    ("body", "list"),
    ("places", "import"),
    ("spots", "import"),
)
HEAVY = {"telegram", "aiohttp", "dateparser", "alembic", "asyncpg", "sqlalchemy", "babel"}


@pytest.mark.parametrize("page", PAGES, ids=" ".join)
def test_help_fits_in_80_columns_and_says_what_a_command_is_for(desk: Desk, page: tuple[str, ...]) -> None:
    told = desk.types(*page, "--help")
    assert told.code == 0
    assert max(len(line) for line in told.out.splitlines()) <= 80
    assert "Usage: folkmoot" in told.out
    about = [line.strip() for line in told.out.splitlines() if re.match(r" [A-Z]", line)]
    assert about[1:], "nothing is said about it"


def test_help_names_every_command(desk: Desk) -> None:
    told = desk.types("--help")
    assert [name for name in COMMANDS if not re.search(rf"^│ {name} ", told.out, re.MULTILINE)] == []
    assert len(app.registered_commands) + len(app.registered_groups) == len(COMMANDS)


def test_without_a_word_help_is_shown(desk: Desk) -> None:
    assert "Usage: folkmoot" in (told := desk.types()).out + told.err


def test_the_version_is_told(desk: Desk) -> None:
    assert desk.types("--version").out == f"folkmoot {__version__}\n"


def test_completion_is_offered_for_the_shell(desk: Desk) -> None:
    assert "--install-completion" in desk.types("--help").out


def test_help_loads_nothing_that_is_slow(desk: Desk) -> None:
    """Counted in modules, since seconds depend on the machine."""
    program = "import sys, bot.__main__; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    told = desk.asks_python(program)
    assert set(told.out.split()) & HEAVY == set()
