"""A channel of paper: what would go over a wire lands on each chat's `screen`."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.message import Message, Parcel


class PaperChannel:
    """A channel whose wire is a dictionary of screens. It can be told to fail: `fail` is asked before each delivery."""

    name = "paper"
    credential = "paper"
    trouble = None

    def __init__(self, before: PaperChannel | None = None) -> None:
        self.screens: dict[str, Screen] = before.screens if before else {}
        self.delivered: list[Parcel] = []
        self.fail: Callable[[Parcel], Awaitable[None]] | None = None
        self._numbers: itertools.count[int] = before._numbers if before else itertools.count(1)

    async def deliver(self, parcel: Parcel) -> str | None:
        if self.fail is not None:
            await self.fail(parcel)
        self.delivered.append(parcel)
        return self.screens.setdefault(parcel.chat, Screen()).show(parcel, next(self._numbers))

    def link(self, code: str, community: str) -> str | None:
        return f"paper:{community}/{code}"

    async def open(self) -> None:
        return None

    async def rest(self) -> None:
        return None

    async def close(self) -> None:
        return None


@dataclass
class Screen:
    """What one chat shows: messages by their names, in order, and the notes under taps."""

    messages: dict[str, Message] = field(default_factory=dict)
    toasts: list[str] = field(default_factory=list)

    def show(self, parcel: Parcel, number: int) -> str | None:
        if parcel.action == "toast":
            self.toasts.append(str(parcel.message.text.unescape()))
            return ""
        if parcel.action == "edit" and parcel.message.only_in_place and parcel.target not in self.messages:
            return None
        name = parcel.target if parcel.action == "edit" and parcel.target else str(number)
        self.messages[name] = parcel.message
        return name
