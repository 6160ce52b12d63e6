"""Buttons' payloads: typed, packed in at most 64 bytes of ASCII, and carrying no authority.

A press is declared once and is then both what a button holds and what a handler receives:

    class Vote(Press, code="v"):
        poll: int
        choice: int

    Vote(poll=12, choice=0).pack() == "v:12:0"

A press is answered in private only, unless it is declared with `groups=True`. One that says what it does, in a sentence
to be translated, can be a link in channels without buttons, such as e-mail; the page that the link opens says that
sentence and asks once before anything happens. Where it `asks` for words, the page has a field of this name for them:

    class Answer(Press, code="da", says=N_("Whoever reported this gets your answer."), asks=N_("Your answer")):
        report: int

What was written there comes as `Tap.words`; everywhere else the press comes without, and its handler asks for them.
Where nobody who sees a link may learn what was chosen, a press has a `cover`: the link holds that instead, and the page
behind it offers all there is to choose (`offers` of `Router.press`).
Fields are `int` or `str`; a `str` may hold letters, digits, `_`, `-` and `.`.
Files that declare presses do without `from __future__ import annotations`: types are read at run time.
"""

import dataclasses
import re
from functools import lru_cache
from typing import ClassVar, Self, dataclass_transform

from bot.errors import BadPress

LIMIT = 64  # bytes; Bot API, InlineKeyboardButton.callback_data

_WORD = re.compile(r"[A-Za-z0-9_.\-]*")
_WHOLE = re.compile(r"-?[0-9]{1,19}")
_TYPES: tuple[type, ...] = (int, str)


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Press:
    """What a button stands for. Subclasses become frozen dataclasses by themselves."""

    code: ClassVar[str]
    groups: ClassVar[bool]
    says: ClassVar[str | None]
    asks: ClassVar[str | None]
    fields: ClassVar[tuple[tuple[str, type], ...]]

    def __init_subclass__(
        cls, *, code: str, groups: bool = False, says: str | None = None, asks: str | None = None
    ) -> None:
        cls.code, cls.groups, cls.says, cls.asks = code, groups, says, asks
        dataclasses.dataclass(frozen=True, kw_only=True)(cls)
        fields = [(field.name, field.type) for field in dataclasses.fields(cls)]  # type: ignore[arg-type]
        cls.fields = tuple((name, kind) for name, kind in fields if kind in _TYPES)
        if wrong := {name for name, _ in fields} - {name for name, _ in cls.fields}:
            raise TypeError(f"{cls.__name__}: a press holds int and str only, not {', '.join(sorted(wrong))}")

    @lru_cache(maxsize=4096)  # noqa: B019 - presses are small and the same few are drawn again and again
    def pack(self) -> str:
        """The payload; ValueError when it does not fit in a button."""
        parts = [self.code, *(str(getattr(self, name)) for name, _ in self.fields)]
        if not all(map(_WORD.fullmatch, parts)):
            raise ValueError(f"{type(self).__name__} holds what a button cannot carry")
        packed = ":".join(parts)
        if len(packed) > LIMIT:
            raise ValueError(f"{type(self).__name__} is {len(packed)} bytes long, more than {LIMIT}")
        return packed

    def sentence(self) -> str | None:
        """What it does, as it `says`, for this one (a msgid)."""
        return self.says

    def cover(self) -> "Press | None":
        """The press that stands in a link in the place of this one."""
        return None

    @classmethod
    def unpack(cls, packed: str) -> Self:
        """Read a payload of this kind; BadPress when it is none."""
        code, *parts = packed.split(":")
        if code != cls.code or len(parts) != len(cls.fields):
            raise BadPress("not a press of this kind")
        return cls(**{name: _read(kind, part) for (name, kind), part in zip(cls.fields, parts, strict=True)})


def code_of(packed: str) -> str:
    """The code at the head of a payload; BadPress when it cannot be one of ours."""
    if not packed or len(packed) > LIMIT or not packed.isascii():
        raise BadPress("not a payload of ours")
    return packed.split(":", 1)[0]


def _read(kind: type, part: str) -> int | str:
    if kind is int:
        if not _WHOLE.fullmatch(part) or abs(int(part)) >= 2**63:
            raise BadPress("a number was expected")
        return int(part)
    if not _WORD.fullmatch(part):
        raise BadPress("a word was expected")
    return part
