"""What a file changes, field by field: the same to look at before and to be told after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

What = Literal["added", "changed", "ended", "removed", "unchanged"]

CALLED = {
    "jurisdiction_id": "jurisdiction",
    "closed_days": "closed",
    "working_week": "week",
    "service_notice": "notice",
    "acknowledge_days": "acknowledge",
    "answer_days": "answer",
    "resolve_days": "resolve",
    "body_id": "body",
    "area_id": "area",
}
"""What a field is called in the file, where that differs."""

LONGEST = 90  # letters of a value that are shown
LEAD = 30  # of them before what changed


@dataclass(frozen=True, slots=True)
class Change:
    """One thing. `fields` are what changed of it: name, before, after."""

    what: What
    kind: str
    name: str
    fields: tuple[tuple[str, str, str], ...] = ()


def compared(
    row: Any, wanted: Mapping[str, Any], shown: Mapping[str, tuple[str, str]] | None = None
) -> list[tuple[str, str, str]]:
    """Bring a row to what is wanted, and say which fields changed; `shown` has words for some of them."""
    changed = []
    for name, value in wanted.items():
        before = getattr(row, name)
        if before != value:
            words = (shown or {}).get(name) or _apart(_as_text(before), _as_text(value))
            changed.append((CALLED.get(name, name), *words))
            setattr(row, name, value)
    return changed


def _apart(before: str, after: str) -> tuple[str, str]:
    """Both short enough to be shown; what long ones begin with alike is left out, so that the change is seen."""
    shorter = min(len(before), len(after))
    alike = next((n for n in range(shorter) if before[n] != after[n]), shorter)
    begin = alike - LEAD if max(len(before), len(after)) > LONGEST and alike > LEAD else 0
    return _short(before, begin), _short(after, begin)


def _short(text: str, begin: int) -> str:
    text = f"…{text[begin:]}" if begin else text
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _as_text(value: Any) -> str:
    if isinstance(value, Mapping):
        text = ", ".join(f"{key}: {_as_text(one)}" for key, one in sorted(value.items()))
    elif isinstance(value, list):
        text = ", ".join(map(_as_text, value))
    elif isinstance(value, bool):
        text = "true" if value else "false"
    else:
        text = "" if value is None else str(value)
    return text or "nothing"
