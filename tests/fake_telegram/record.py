"""What the fake writes down about the bot's calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.fake_telegram.checks import Json
from tests.fake_telegram.refusal import Refusal


@dataclass(slots=True)
class Call:
    """One call of the bot and what came of it. `fault` names the trouble that struck it."""

    method: str
    params: Json
    at: float
    result: Any = None
    error: Refusal | None = None
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Violation:
    """A call that no well-made bot would make."""

    method: str
    words: str
    params: Json

    def __str__(self) -> str:
        return f"{self.method}: {self.words} ({str(self.params)[:300]})"
