"""How the Bot API says no: an error code, a description and sometimes parameters."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """An answer with `ok: false`. `improper` marks a call that no well-made bot would make."""

    def __init__(
        self, code: int, description: str, *, improper: bool = False, parameters: dict[str, Any] | None = None
    ) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.improper = improper
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """The answer as Telegram writes it."""
        said: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            said["parameters"] = self.parameters
        return said


def bad(words: str, **parameters: Any) -> Refusal:
    """A refusal that may happen to anybody: the world is not as the bot thought."""
    return Refusal(400, f"Bad Request: {words}", parameters=parameters or None)


def improper(words: str) -> Refusal:
    """A refusal of a call that is wrong whatever the state of the world."""
    return Refusal(400, f"Bad Request: {words}", improper=True)


def forbidden(words: str) -> Refusal:
    """The bot may not do this there."""
    return Refusal(403, f"Forbidden: {words}")
