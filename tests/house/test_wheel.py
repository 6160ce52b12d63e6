"""The wheel carries all that the program needs, and works in any folder."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.house.tree import ROOMS, ROOT

pytestmark = pytest.mark.xdist_group("wheel")

INSIDE = ("bot", "handlers", "locales", "migrations")
WORDS_ABOUT_CATALOGUES = "from bot.i18n import available; print(*available())"


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree, built without asking the network for anything."""
    place = tmp_path_factory.mktemp("wheel")
    words = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(place), str(ROOT)]
    built = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return next(place.glob("folkmoot-*.whl"))


@pytest.fixture(scope="session")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with only the wheel in it; what it depends on is borrowed from this one."""
    place = tmp_path_factory.mktemp("elsewhere")
    venv.create(place, with_pip=False, symlinks=True)
    words = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(place / "bin/python"),
        "install",
        "--no-deps",
        "-q",
        str(wheel),
    ]
    subprocess.run(words, check=True, capture_output=True, timeout=120)
    site = place / "lib" / f"python{sysconfig.get_python_version()}" / "site-packages"
    # A path line is read as it stands: the editable folder of this environment stays out.
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return place


def run(place: Path, folder: Path, *words: str) -> str:
    """Run a program of the fresh environment in `folder`; what it says, or its complaint."""
    told = subprocess.run(
        [place / "bin" / words[0], *words[1:]],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    return told.stdout


def test_every_file_of_the_rooms_travels(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        inside = set(packed.namelist())
    here = {
        path.relative_to(ROOT).as_posix()
        for room in INSIDE
        for path in (ROOT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert here - inside == set()
    assert {path.split("/")[0] for path in inside} & set(ROOMS) == set(INSIDE)


def test_the_command_greets_from_another_folder(elsewhere: Path, tmp_path: Path) -> None:
    help_text = run(elsewhere, tmp_path, "folkmoot", "--help")
    for command in ("run", "demo", "chat", "migrate", "check", "doctor"):
        assert command in help_text


def test_an_installed_town_speaks_all_its_languages(elsewhere: Path, tmp_path: Path) -> None:
    said = run(elsewhere, tmp_path, "python", "-c", WORDS_ABOUT_CATALOGUES).split()
    assert set(said) >= {"en", "cy", "pl", "ur"}


def test_an_installed_town_makes_its_database_from_an_empty_folder(elsewhere: Path, tmp_path: Path) -> None:
    run(elsewhere, tmp_path, "folkmoot", "migrate")
    assert (tmp_path / "data/folkmoot.db").is_file()


def test_the_fresh_environment_uses_the_wheel_and_not_this_folder(elsewhere: Path, tmp_path: Path) -> None:
    where = run(
        elsewhere, tmp_path, "python", "-c", "import bot, handlers; print(bot.__file__, handlers.__file__)"
    )
    assert all(path.startswith(str(elsewhere)) for path in where.split())
