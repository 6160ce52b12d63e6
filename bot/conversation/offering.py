"""What a page behind a link in a letter offers to choose from: a read, which changes nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from bot.message import Message
from bot.models import Resident
from bot.press import Press

P = TypeVar("P", bound=Press)


@dataclass(frozen=True, slots=True)
class Offer:
    """The buttons of `message` are what can be chosen, and nothing in it says what was chosen before: a letter may have
    been passed on. With `asks`, the name of a field (a msgid), they want words too."""

    message: Message
    asks: str | None = None


Offers = Callable[[AsyncSession, Resident, P, datetime], Awaitable[Offer]]
