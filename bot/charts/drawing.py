"""`python -m bot.charts.drawing`: reads a chart a line, answers with the length of its picture and the picture."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from bot.charts import Chart, Line, Lines, Row


def main() -> None:
    """Draw until nobody asks any more. A picture that cannot be drawn is empty; its words are told to nobody."""
    os.nice(2)  # votes go first
    from bot.charts import over_time, spec

    for line in sys.stdin.buffer:
        try:
            read = json.loads(line)
            drawn = over_time.png(_lines(read)) if "lines" in read else spec.png(_chart(read))
        except Exception:  # noqa: BLE001 - whatever it is, the next one can still be drawn
            drawn = b""
        sys.stdout.buffer.write(len(drawn).to_bytes(4) + drawn)
        sys.stdout.buffer.flush()


def _lines(read: dict[str, Any]) -> Lines:
    lines = tuple(Line(one["label"], tuple(one["heights"]), tuple(one["said"])) for one in read.pop("lines"))
    return Lines(**{**read, "lines": lines, "moments": tuple(read["moments"]), "took": tuple(read["took"])})


def _chart(read: dict[str, Any]) -> Chart:
    rows = tuple(Row(**row) for row in read.pop("rows"))
    return Chart(**{**read, "rows": rows, "below": tuple(read["below"])})


if __name__ == "__main__":
    main()
