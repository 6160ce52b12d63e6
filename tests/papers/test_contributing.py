"""The worked examples of CONTRIBUTING.md, taken out of the page and run."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from babel.messages.pofile import read_po, write_po
from sqlalchemy.engine import URL

import bot.app
from bot import i18n
from bot.conversation.router import Router
from handlers import ROUTERS
from tests.house.tree import ROOT
from tests.papers.reading import code, titled
from tests.town import Town, a_town

PAPER = "CONTRIBUTING.md"
PYTHON = [one.title for one in code(PAPER) if one.language == "python"]


def load(title: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The example as the module that its title names."""
    name = title.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    module = module_from_spec(ModuleSpec(name, None, origin=title))
    monkeypatch.setitem(sys.modules, name, module)
    exec(compile(titled(PAPER, title), title, "exec", dont_inherit=True), module.__dict__)  # noqa: S102
    return module


def sentences(module: ModuleType) -> dict[str, Callable[..., Awaitable[None]]]:
    """The tests of an example."""
    return {name: told for name, told in vars(module).items() if name.startswith("test_")}


@pytest.fixture
async def with_the_handler(database_url: URL, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A town in which the example's handler is in service."""
    handler = load("handlers/community/organisers.py", monkeypatch)
    monkeypatch.setattr(bot.app, "ROUTERS", (*ROUTERS, handler.router))
    async with a_town(database_url.render_as_string(hide_password=False)) as town:
        yield town


HANDLER_TESTS = (
    "test_a_member_is_told_how_many_organisers_there_are",
    "test_a_stranger_with_a_made_up_button_is_told_nothing",
)


@pytest.mark.parametrize("sentence", HANDLER_TESTS)
async def test_the_example_of_a_handler_does_what_its_tests_say(
    with_the_handler: Town, monkeypatch: pytest.MonkeyPatch, sentence: str
) -> None:
    tests = sentences(load("tests/conversations/test_organisers.py", monkeypatch))
    assert set(tests) == set(HANDLER_TESTS)
    await tests[sentence](with_the_handler)


async def test_the_example_of_a_channel_carries_a_talk(
    database_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    load("bot/channels/texts/__init__.py", monkeypatch)
    for sentence in sentences(load("tests/channels/test_texts.py", monkeypatch)).values():
        await sentence(database_url)


@pytest.fixture
def portuguese(tmp_path: Path) -> Iterator[Path]:
    """A copy of the catalogues in which the example's language was begun as the page says."""
    shutil.copytree(ROOT / "locales", tmp_path / "locales")
    program, *words = shlex.split(titled(PAPER, "begin Portuguese"))
    beside_python = str(Path(sys.executable).parent / program)
    subprocess.run([beside_python, *words], cwd=tmp_path, check=True, capture_output=True, timeout=60)
    path = tmp_path / "locales/pt/LC_MESSAGES/folkmoot.po"
    translated = read_po(BytesIO(titled(PAPER, "locales/pt/LC_MESSAGES/folkmoot.po").encode()), locale="pt")
    with path.open("rb") as begun:
        whole = read_po(begun, locale="pt")
    known = {entry.id for entry in whole}
    for entry in translated:
        if entry.id:
            assert entry.id in known, f"the program does not say {entry.id!r}"
            whole[entry.id].string = entry.string
    with path.open("wb") as file:
        write_po(file, whole)
    only = tmp_path / "only"
    shutil.copytree(path.parents[1], only / "pt")
    i18n.look_in(only)
    yield only
    i18n.look_in()


@pytest.mark.usefixtures("portuguese")
def test_the_example_of_a_language_is_spoken() -> None:
    spoken = i18n.tongue("pt")
    assert "pt" in i18n.available()
    assert spoken._("Yes") == "Sim"
    assert spoken._("Join {community}", community="Elm Park") == "Entrar em Elm Park"
    one, many = (
        spoken.n_("{n} person has taken part.", "{n} people have taken part.", number) for number in (1, 5)
    )
    assert (one, many) == ("1 pessoa participou.", "5 pessoas participaram.")
    heard = Router.of(ROUTERS).spoken("Ajuda")
    assert heard is not None
    assert heard.name == "help"


# The examples' files are not there to be found, so it is said what is ours.
OURS = 'lint.isort.known-first-party = ["bot", "handlers", "tests"]'
RULES = ["--config", str(ROOT / "pyproject.toml"), "--config", OURS]


@pytest.mark.parametrize("title", PYTHON)
def test_the_examples_keep_the_rules_of_the_house(title: str) -> None:
    ruff = str(Path(sys.executable).parent / "ruff")
    for words in (["check", "--quiet"], ["format", "--check", "--quiet"]):
        told = subprocess.run(
            [ruff, *words, *RULES, "--stdin-filename", title, "-"],
            cwd=ROOT,
            input=titled(PAPER, title),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert told.returncode == 0, told.stdout + told.stderr
