"""The files of the house, as a reader would walk through them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("bot", "handlers", "locales", "migrations", "tests", "bench", "docs", ".ci")
KINDS = {".py", ".js", ".css", ".html", ".toml", ".yaml", ".ini", ".sh", ".md"}
FOREIGN = ROOT / "bot/console/static/leaflet"
"""What others wrote, as it came."""

NAMED = {"Makefile", "Dockerfile", ".gitignore", ".dockerignore", ".env.example"}


def name(path: Path) -> str:
    """A file's path from the root, as it is shown to a person."""
    return path.relative_to(ROOT).as_posix()


def sources() -> list[Path]:
    """Every file that somebody wrote by hand and somebody else will read."""
    return sorted(path for path in _everything() if _is_source(path))


def _everything() -> Iterator[Path]:
    yield from (path for path in ROOT.iterdir() if path.is_file())
    for room in ROOMS:
        yield from (
            path for path in (ROOT / room).rglob("*") if path.is_file() and "__pycache__" not in path.parts
        )


def _is_source(path: Path) -> bool:
    ours = path.suffix in KINDS or path.name in NAMED or path.parent == ROOT / ".ci"
    return ours and path.parent != FOREIGN


def command(*words: str) -> subprocess.CompletedProcess[str]:
    """Run `folkmoot` with these words, as the installed command would."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
