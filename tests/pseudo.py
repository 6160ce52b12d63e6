"""A make-believe language: every sentence longer, accented and in brackets, so that what is not translated shows."""

from __future__ import annotations

from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from tests.house.tree import ROOT

CODE = "eo"
"""Esperanto's code: a real one, so dates and plural forms have rules, and one that we do not speak."""

_ACCENTS = str.maketrans("aceghijlnosuyzACEGHIJLNOSUYZ", "áçéğĥíĵļñóšúýžÁÇÉĞĤÍĴĻÑÓŠÚÝŽ")


def accented(sentence: str) -> str:
    """The sentence in brackets, half as long again; commands, holes and what may be typed stay usable."""
    if sentence == sentence.lower() and " " not in sentence.replace(", ", ""):
        return sentence  # a word to type instead of a command
    said = []
    for words, hole, _, _ in Formatter().parse(sentence):
        pieces = (word if word.startswith("/") else word.translate(_ACCENTS) for word in words.split(" "))
        said.append(" ".join(pieces) + (f"{{{hole}}}" if hole is not None else ""))
    return "⟦" + "".join(said) + "~" * (len(sentence) // 2) + "⟧"


def write(folder: Path) -> None:
    """Write the catalogue of the make-believe language below `folder`."""
    with (ROOT / "locales" / "folkmoot.pot").open("rb") as file:
        template = read_po(file)
    catalogue = Catalog(locale=CODE)
    for entry in template:
        if entry.id:
            plural = not isinstance(entry.id, str)
            said = tuple(accented(form) for form in entry.id) if plural else accented(str(entry.id))
            catalogue.add(entry.id, said)
    path = folder / CODE / "LC_MESSAGES" / "folkmoot.po"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_po(file, catalogue)
