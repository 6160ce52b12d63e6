"""How commands speak: facts as text or as JSON on stdout, complaints as one sentence on stderr."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def say_json(facts: Any) -> None:
    """Print facts for programs; nothing else goes to stdout then."""
    readable = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    print(json.dumps(facts, ensure_ascii=not readable, indent=2, default=_plain))


def say(*lines: str) -> None:
    """Print lines as they are, however long."""
    print(*lines, sep="\n")


def complain(sentence: str) -> None:
    """Say what went wrong."""
    print(sentence, file=sys.stderr)


def moment(when: datetime) -> str:
    """ISO 8601 in UTC, to the second."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return moment(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")
