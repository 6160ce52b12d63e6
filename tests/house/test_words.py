"""The words of the house: of the town in the code, kind in the chat, and silent about how the code was made."""

from __future__ import annotations

import re

import pytest
from babel.messages.pofile import read_po

from tests.house.tree import ROOT, name, sources

NOT_SAID = {
    "how it was made": r"\b(?<!user[-_])a[g]ents?\b|\bass[i]stants?\b|\bsitt[i]ngs?\b|\b(?:issue|task) ?#?[0-9]+\b",
    "something unfinished": r"\b(?:TO[D]O|FIX[M]E|X[X]X)\b",
    "one machine's folders": r"(?<![\w.~}/])/(?:home|root|work|opt|Users)/\w",
    "where packages come from": r"\b(?:py[p]i\.org|pythonh[o]sted\.org|npm[j]s\.org|registry\.\w+\.\w+)\b",
}
OF_THE_MACHINE = re.compile(
    r"(?:^|_)(?:utils?|helpers?|managers?|misc|common|stuff)(?:_|$)|(?:Manager|Helper|Util)s?$"
)


@pytest.mark.parametrize("what", NOT_SAID)
def test_no_file_speaks_of(what: str) -> None:
    found = [
        f"{name(path)}:{number}: {line.strip()}"
        for path in sources()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(NOT_SAID[what], line, re.IGNORECASE)
    ]
    assert found == []


def test_names_are_words_of_the_town() -> None:
    files = [name(path) for path in sources() if OF_THE_MACHINE.search(path.stem)]
    classes = [
        f"{name(path)}: {found}"
        for path in sources()
        if path.suffix == ".py"
        for found in re.findall(r"^class (\w+)", path.read_text("utf-8"), re.MULTILINE)
        if OF_THE_MACHINE.search(found)
    ]
    assert files + classes == []


def test_nobody_is_shouted_at_in_any_language() -> None:
    shouts = []
    for path in (ROOT / "locales").rglob("folkmoot.po*"):
        with path.open("rb") as file:
            said = [text for entry in read_po(file) for text in (entry.id, entry.string) if entry.id]
        shouts += [f"{name(path)}: {text}" for text in said if re.search("[!！]", str(text))]
    assert shouts == []
