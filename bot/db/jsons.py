"""How JSON columns are written, the same on both databases."""

from __future__ import annotations

from typing import Any

import orjson


def as_json(value: Any) -> str:
    """Its text. What no JSON can hold raises TypeError."""
    return orjson.dumps(value).decode()


def from_json(text: Any) -> Any:
    """What was written. SQLite gives a lone number back as one; SQLAlchemy takes it when told that it is no text."""
    if not isinstance(text, str | bytes):
        raise TypeError
    return orjson.loads(text)
