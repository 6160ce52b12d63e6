"""Each language says everything: no sentence missing, unsure, or with other holes than the English one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable
from gettext import c2py
from pathlib import Path
from string import Formatter

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from tests.house.tree import ROOT

PROMISED = {"cy", "pl", "ur"}
LANGUAGES = sorted(PROMISED | {path.parent.name for path in (ROOT / "locales").glob("*/LC_MESSAGES")})
WAY_ON = "`make messages` brings the catalogues up to date"


@pytest.fixture(scope="session")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the catalogues, brought up to date with the code of this moment."""
    place = tmp_path_factory.mktemp("collected") / "locales"
    shutil.copytree(ROOT / "locales", place)
    words = [str(ROOT / ".ci/messages"), str(Path(sys.executable).parent), str(place)]
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True, timeout=60)
    return place


def catalogue(folder: Path, language: str) -> Catalog:
    """The catalogue of one language."""
    with (folder / language / "LC_MESSAGES" / "folkmoot.po").open("rb") as file:
        return read_po(file, locale=language.replace("-", "_"))


def entries(folder: Path, language: str) -> list[Message]:
    """Every sentence of one language, without the header."""
    return [entry for entry in catalogue(folder, language) if entry.id]


def forms(said: str | Iterable[str] | None) -> list[str]:
    """One sentence, or the plural forms of one."""
    return [said] if isinstance(said, str) else list(said or [""])


def holes(sentence: str) -> set[str]:
    """The names in braces."""
    return {hole for _, hole, _, _ in Formatter().parse(sentence) if hole is not None}


def wrongly_holed(entry: Message) -> bool:
    """Whether a form lacks or invents a hole; a form for one number need not repeat the number."""
    wanted = set().union(*(holes(form) for form in forms(entry.id)))
    spare = {"n"} if entry.pluralizable else set()
    return any(holes(form) - wanted or wanted - spare - holes(form) for form in forms(entry.string))


def test_the_code_says_something_at_all(collected: Path) -> None:
    with (collected / "folkmoot.pot").open("rb") as file:
        assert len(read_po(file)) > 50


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_missing(collected: Path, language: str) -> None:
    missing = [entry.id for entry in entries(collected, language) if not all(forms(entry.string))]
    assert missing == [], WAY_ON


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_left_over(collected: Path, language: str) -> None:
    said, wanted = ({str(entry.id) for entry in entries(f, language)} for f in (ROOT / "locales", collected))
    assert said - wanted == set(), WAY_ON
    assert not catalogue(ROOT / "locales", language).obsolete, WAY_ON


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_unsure(language: str) -> None:
    assert [entry.id for entry in entries(ROOT / "locales", language) if entry.fuzzy] == []
    assert not catalogue(ROOT / "locales", language).fuzzy, "the header is marked fuzzy"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_has_the_holes_of_the_english_one(language: str) -> None:
    wrong = [
        entry.id
        for entry in entries(ROOT / "locales", language)
        if all(forms(entry.string)) and wrongly_holed(entry)
    ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_gets_the_plural_form_of_its_language(language: str) -> None:
    said = catalogue(ROOT / "locales", language)
    form, kind = c2py(said.plural_expr), Locale.parse(language.replace("-", "_")).plural_form
    pairs = {(kind(number), form(number)) for number in range(1001)}
    assert len({category for category, _ in pairs}) == len(pairs), (
        "two kinds of number share a form, or one kind has two"
    )
    assert max(index for _, index in pairs) < said.num_plurals
    assert all(
        len(forms(entry.string)) == said.num_plurals for entry in said if entry.id and entry.pluralizable
    )
