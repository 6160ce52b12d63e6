"""Kinds of polls, one file each. A new one is a new file here that holds a `KIND`; nothing else knows them apart."""

from __future__ import annotations

import pkgutil
from functools import lru_cache
from importlib import import_module

from bot import i18n
from bot.kinds.kind import WRITE, Answer, Bar, Figure, Form, Kind, Marks, Table, Tap, Written

__all__ = [
    "WRITE",
    "Answer",
    "Bar",
    "Figure",
    "Form",
    "Kind",
    "Marks",
    "Table",
    "Tap",
    "Written",
    "every",
    "named",
    "spoken",
]

USUAL = "one"
"""The kind of a question that names none."""


@lru_cache(maxsize=1)
def every() -> dict[str, Kind]:
    """All kinds by their names, the usual one first, then in the order of the alphabet."""
    modules = [import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    found = {module.KIND.name: module.KIND for module in modules if hasattr(module, "KIND")}
    return {name: found[name] for name in (USUAL, *sorted(found.keys() - {USUAL}))}


def named(name: str) -> Kind:
    """The kind of that name."""
    return every()[name]


def spoken(head: str) -> tuple[Kind, str] | None:
    """What stands before the colon of a one-line form ("scale 1-5", in any of our languages) → kind and argument."""
    head = " ".join(head.casefold().split())
    for word, kind in _words():
        if head == word or head.startswith(word + " "):
            return kind, head[len(word) :].strip()
    return None


@lru_cache(maxsize=1)
def _words() -> tuple[tuple[str, Kind], ...]:
    """Longer words first: one may begin another."""
    words = {
        " ".join(word.casefold().split()): kind
        for kind in every().values()
        for code in i18n.available()
        for word in str(i18n.tongue(code)._(kind.words).unescape()).split(",")
    }
    return tuple(sorted(words.items(), key=lambda pair: (-len(pair[0]), pair[0])))
