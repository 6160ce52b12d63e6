"""What somebody's words tell already of what a kind of problem asks; whatever is not certain is left to be asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import groupby
from typing import Any
from unicodedata import category, normalize

from bot.services.reporting.gazetteer import fold

LONGEST = 4000  # letters of what was written that are looked at
VALUE = 40  # letters of a number that stands on a thing
SHORTEST = 3  # letters of an answer that is looked for: shorter ones stand in too many other words' place
BEYOND = 2  # words behind a value among which another number makes it uncertain: “lamps 12 and 14”
JOINS = ("-", "/", ".")
"""Between two parts of one value: `12-A`, `3/17`."""
LEADS = frozenset({"", "#", "№", "“", "„", '"'})
"""What may stand between a word and the value that belongs to it, with spaces around. Behind a colon or a bracket there
may as well be the number of a house."""

APOSTROPHES = "'’ʼ"


@dataclass(frozen=True, slots=True)
class Token:
    """A word as it was written and as it is compared; `gap` is what stood before it."""

    gap: str
    text: str
    plain: str


def answers(attributes: Iterable[Mapping[str, Any]], words: str, address: str = "") -> dict[str, Any]:
    """Answers by the questions' codes: keys of values for lists, text, or a number. `attributes` are a service's.
    `address` is the place in words: a lamp's number may stand there, while an answer of a list would be chance."""
    tokens = _tokens(words)
    plain = [one.plain for one in tokens]
    found: dict[str, Any] = {}
    for one in attributes:
        datatype = one.get("datatype", "string")
        if datatype in ("singlevaluelist", "multivaluelist"):
            keys = _chosen(one.get("values", ()), plain)
            if datatype == "multivaluelist" and keys:
                found[one["code"]] = keys
            elif len(keys) == 1:
                found[one["code"]] = keys[0]
        elif one.get("found_after"):
            value = _value(one["found_after"], [tokens, _tokens(address)], number=datatype == "number")
            if value is not None:
                found[one["code"]] = value
    return found


def _tokens(text: str) -> list[Token]:
    """Each letter is looked at once, however the text is made."""
    found, gap = [], ""
    for wordy, run in groupby(normalize("NFC", text[:LONGEST]), key=_in_a_word):
        piece = "".join(run)
        plain = fold(piece) if wordy else ""
        if not plain:
            gap += piece
            continue
        found.append(Token(gap, piece.strip(APOSTROPHES), plain))
        gap = ""
    return found


def _in_a_word(letter: str) -> bool:
    return letter.isalnum() or letter in APOSTROPHES or category(letter).startswith("M")


def _chosen(values: Sequence[Mapping[str, Any]], plain: Sequence[str]) -> list[str]:
    """The keys of the values that are named, in their order; none where one is named that may be turned round, or that
    two values are called by."""
    called: dict[tuple[str, ...], set[str]] = {}
    for one in values:
        names = one["name"]
        for name in [names] if isinstance(names, str) else names.values():
            label = tuple(fold(name).split())
            if (
                sum(letter.isalpha() for word in label for letter in word) >= SHORTEST
                and set(label) - _unsure()
            ):
                called.setdefault(label, set()).add(one["key"])
    left: list[str] = list(plain)
    keys: set[str] = set()
    for label in sorted(called, key=len, reverse=True):  # “out by day” is not “out”
        for at in _places(label, left):
            around = (*plain[max(0, at - 2) : at], *plain[at + len(label) : at + len(label) + 2])
            if len(called[label]) > 1 or _unsure() & set(around):
                return []
            keys |= called[label]
            left[at : at + len(label)] = [""] * len(label)
    return [one["key"] for one in values if one["key"] in keys]


def _places(label: Sequence[str], plain: Sequence[str]) -> list[int]:
    found: list[int] = []
    for at, word in enumerate(plain):
        free = not found or at >= found[-1] + len(label)
        if free and word == label[0] and tuple(plain[at : at + len(label)]) == tuple(label):
            found.append(at)
    return found


def _value(
    after: Mapping[str, Sequence[str]], texts: Iterable[Sequence[Token]], *, number: bool
) -> str | int | float | None:
    """The one value that stands behind one of these words; None where there is none, or where there are several."""
    phrases = [(_phrase(word), word.endswith(".")) for words in after.values() for word in words]
    found: dict[str, str] = {}
    for tokens in texts:
        for at in range(len(tokens)):
            for phrase, dotted in phrases:
                end = at + len(phrase)
                if phrase and end < len(tokens) and all(map(_is, phrase, tokens[at:end])):
                    value = _standing(tokens, end, dotted=dotted)
                    if value is not None:
                        found[value.casefold()] = value
    text = next(iter(found.values())) if len(found) == 1 else ""
    return _number(text) if number else text or None


def _phrase(text: str) -> tuple[str, ...]:
    """Its words, folded; a star stays at the end of one that is only a beginning."""
    return tuple(fold(word) + "*" * word.endswith("*") for word in text.split() if fold(word))


def _is(part: str, token: Token) -> bool:
    return token.plain.startswith(part[:-1]) if part.endswith("*") else token.plain == part


def _standing(tokens: Sequence[Token], at: int, *, dotted: bool) -> str | None:
    """The value that begins there; None where none does, "" where one does that is not certain."""
    first = tokens[at]
    gap = "" if first.gap == "-" else first.gap.strip()
    if "\n" in first.gap or not (gap in LEADS or (dotted and gap == ".")):
        return None
    value, after = first.text, at + 1
    while after < len(tokens) and tokens[after].gap in JOINS and len(value) <= VALUE:
        value += tokens[after].gap + tokens[after].text
        after += 1
    if not _has_digit(value):
        return None
    beyond = tokens[after : after + BEYOND]
    sure = len(value) <= VALUE and not any(_has_digit(one.text) for one in beyond)
    return value if sure and not (beyond and _belongs_to(beyond[0])) else ""


def _belongs_to(follower: Token) -> bool:
    """Whether the number before this word is rather its own: `12 Mill Lane`, `3 weeks`."""
    street = not follower.gap.strip() and follower.text[:1].isupper()
    return street or any(_is(one, follower) for one in _counted())


def _has_digit(text: str) -> bool:
    return any(letter.isdecimal() for letter in text)


def _number(text: str) -> int | float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    if "-" in text or not abs(number) < 1e12:
        return None
    return int(number) if number == int(number) else number


@lru_cache(maxsize=1)
def _unsure() -> frozenset[str]:
    return frozenset(_listed("unsure"))


@lru_cache(maxsize=1)
def _counted() -> frozenset[str]:
    return frozenset(_listed("counted"))


def _listed(name: str) -> list[str]:
    import yaml

    read = yaml.safe_load(files("bot.services.reporting").joinpath("said_already.yaml").read_text("utf-8"))
    return [part for words in read[name].values() for word in words for part in _phrase(word)]
