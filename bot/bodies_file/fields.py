"""The fields of a mapping in a file, each read as what it should be; what is not so is said with its place."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from typing import Any

from bot.bodies_file.reading import Said
from bot.bodies_file.wrong import FileWrong

CODE = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a table program would take for the beginning of a formula."""
JOINS = "\u200c\u200d\u200e\u200f"
"""Not printable for Python, and part of what people write."""


class Fields:
    """One mapping of which only these names are known."""

    def __init__(self, said: Said, known: Collection[str]) -> None:
        self.said = said
        if not isinstance(said.value, dict):
            raise said.wrong(f"there should be names and values here, such as {next(iter(known))}: …")
        for name, one in said.value.items():
            if name not in known:
                raise FileWrong(f"{_where(one, said)}: I do not know {name}. I know {', '.join(known)}.")

    def get(self, name: str) -> Said | None:
        """What stands there, if anything does."""
        one = self.said.value.get(name)
        if one is not None and not isinstance(one, Said):
            one = Said(one, self.said.where)
        return None if one is None or one.value is None else one

    def need(self, name: str) -> Said:
        """What has to stand there."""
        one = self.get(name)
        if one is None:
            raise self.said.wrong(f"{name} is missing.")
        return one

    def code(self, name: str, *, most: int = 64) -> str:
        """A short name: small letters, digits, hyphens."""
        one = self.need(name)
        if not isinstance(one.value, str):
            raise one.wrong(f"{name} should be text; put it in quotes: “{one.value}”.")
        if not CODE.fullmatch(one.value) or len(one.value) > most:
            raise one.wrong(
                f"{name} should be up to {most} small letters, digits and hyphens, such as north-ward: "
                f"“{one.value[:80]}”."
            )
        return one.value

    def code_or_none(self, name: str) -> str | None:
        """The same where it may be left out."""
        return None if self.get(name) is None else self.code(name)

    def text(self, name: str, *, most: int = 64) -> str | None:
        """A line of text."""
        one = self.get(name)
        return None if one is None else line(one, name, most=most)

    def names(self, name: str, *, needed: bool = True, most: int = 64) -> dict[str, str]:
        """A text in each of some languages; plain text is English."""
        one = self.need(name) if needed else self.get(name)
        if one is None:
            return {}
        if isinstance(one.value, str):
            return {"en": line(one, name, most=most)}
        if not isinstance(one.value, dict) or not one.value:
            raise one.wrong(
                f"{name} should have a text in each language, such as {{en: Waste, cy: Gwastraff}}."
            )
        return {
            _language(key, one): line(_as_said(value, one), name, most=most)
            for key, value in one.value.items()
        }

    def words(self, name: str) -> dict[str, list[str]]:
        """Several words in each of some languages."""
        one = self.get(name)
        if one is None:
            return {}
        if not isinstance(one.value, dict):
            raise one.wrong(f"{name} should have words in each language, such as {{en: [bin, rubbish]}}.")
        return {
            _language(key, one): [line(each, name) for each in listed(_as_said(value, one), name)]
            for key, value in one.value.items()
        }

    def each(self, name: str) -> list[Said] | None:
        """A list; None where there is none."""
        one = self.get(name)
        return None if one is None else listed(one, name)

    def codes(self, name: str) -> list[Said]:
        """A list of short names, or one of them."""
        one = self.get(name)
        found = [] if one is None else [one] if isinstance(one.value, str) else listed(one, name)
        for each in found:
            Fields(Said({name: each}, each.where), [name]).code(name)
        return found

    def whole(self, name: str, usual: int, *, least: int, most: int) -> int:
        """A whole number."""
        one = self.get(name)
        if one is None:
            return usual
        if not isinstance(one.value, int) or isinstance(one.value, bool) or not least <= one.value <= most:
            raise one.wrong(f"{name} should be a whole number from {least} to {most}: “{one.value}”.")
        return one.value

    def yes(self, name: str) -> bool:
        """Yes or no; no where it is left out."""
        one = self.get(name)
        if one is not None and not isinstance(one.value, bool):
            raise one.wrong(f"{name} should be true or false: “{one.value}”.")
        return bool(one and one.value)

    def days(self, name: str) -> list[str]:
        """Days, as ISO dates."""
        found = []
        for one in self.each(name) or ():
            try:
                day = one.value if isinstance(one.value, date) else date.fromisoformat(str(one.value))
            except ValueError:
                raise one.wrong(f"{name} should be days such as 2026-12-28: “{one.value}”.") from None
            found.append(day.isoformat()[:10])
        return sorted(set(found))


def listed(one: Said, name: str) -> list[Said]:
    """A list's parts."""
    if not isinstance(one.value, list):
        raise one.wrong(f"{name} should be a list.")
    return [_as_said(each, one) for each in one.value]


def line(one: Said, name: str, *, most: int = 64) -> str:
    """One line of text that no table program takes for a formula."""
    if isinstance(one.value, bool) or not isinstance(one.value, str | int | float):
        raise one.wrong(f"{name} should be text.")
    text = " ".join(str(one.value).split())
    if not text or len(text) > most:
        raise one.wrong(f"{name} should be text of 1 to {most} letters.")
    if odd := next((char for char in text if not char.isprintable() and char not in JOINS), None):
        raise one.wrong(f"{name} has a character in it that nobody can read: U+{ord(odd):04X}.")
    if text.startswith(FORMULA) and not isinstance(one.value, int | float):
        raise one.wrong(f"{name} begins like a formula: “{text[:40]}”. Please write it without {text[0]}.")
    return text


def plain(one: Said, name: str, *, most: int = 300) -> str:
    """The same for what may begin with a plus, such as a telephone number."""
    text = " ".join(str(one.value).split())
    if not text or len(text) > most:
        raise one.wrong(f"{name} should be text of 1 to {most} letters.")
    return text


def _as_said(value: Any, around: Said) -> Said:
    return value if isinstance(value, Said) else Said(value, around.where)


def _where(one: Any, around: Said) -> str:
    return one.where if isinstance(one, Said) else around.where


def _language(key: Any, one: Said) -> str:
    if not isinstance(key, str) or not LANGUAGE.fullmatch(key):
        raise one.wrong(f"a language is called by a code such as en or cy: “{key}”.")
    return key
