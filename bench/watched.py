"""Folkmoot, with its SQL statements counted: `python -m bench.watched run`. SIGUSR1 writes the counts down."""

from __future__ import annotations

import json
import os
import re
import signal
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

COUNTS = "STATEMENTS"
_TABLE = re.compile(r"\b(?:INTO|FROM|JOIN|UPDATE)\s+(?!unnest\b)([a-z_]\w*)")


def main() -> None:
    """Count, and be Folkmoot."""
    from bot.__main__ import main as folkmoot

    counts: Counter[str] = Counter()

    def executed(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        counts[name(statement)] += 1

    def committed(_connection: Any) -> None:
        counts["COMMIT"] += 1

    def write_down(*_: object) -> None:
        place = Path(os.environ[COUNTS])
        place.with_suffix(".new").write_text(json.dumps(counts))
        place.with_suffix(".new").rename(place)

    event.listen(Engine, "before_cursor_execute", executed)
    event.listen(Engine, "commit", committed)
    signal.signal(signal.SIGUSR1, write_down)
    folkmoot()


def name(statement: str) -> str:
    """What it does and to which tables, such as `SELECT tallies + polls`."""
    tables = " + ".join(dict.fromkeys(_TABLE.findall(statement)))
    return f"{statement.split(None, 1)[0].upper()} {tables}".strip()


if __name__ == "__main__":
    main()
