"""What a start loads: nothing that only some towns need, or that is needed only once somebody asks for it."""

from __future__ import annotations

import subprocess
import sys

from tests.house.tree import ROOT

LATER = {"PIL", "alembic", "dateparser", "httpx", "regex", "telegram"}
PROGRAM = """
import sys
from bot.app import build
from bot.settings import Settings
build(Settings(_env_file=None))
print(*{name.partition(".")[0] for name in sys.modules})
"""


def test_a_service_without_a_bot_starts_without_what_it_may_need_later() -> None:
    """Counted in modules, since seconds depend on the machine."""
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(told.stdout.split()) & LATER == set()
