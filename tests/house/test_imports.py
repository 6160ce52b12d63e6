"""Nothing happens on import: no network, no database, no process, no file written."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.house.tree import ROOT

WATCH = """
import importlib, pkgutil, sys
deeds = []
LOUD = ("socket.connect", "socket.bind", "sqlite3.connect", "subprocess.Popen", "os.system", "os.mkdir")

def watch(event, given):
    written = event == "open" and isinstance(given[1], str) and set(given[1]) & set("wax+")
    if event in LOUD or (written and "__pycache__" not in str(given[0])):
        deeds.append(f"{event} {given[0]!r}")

sys.dont_write_bytecode = True
sys.addaudithook(watch)
package = importlib.import_module(sys.argv[1])
for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    if not found.name.endswith("__main__"):
        importlib.import_module(found.name)
print(*deeds, sep="\\n", end="")
"""


@pytest.mark.parametrize("package", ["bot", "handlers"])
def test_importing_everything_does_nothing(package: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", WATCH, package],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert told.stdout == ""
