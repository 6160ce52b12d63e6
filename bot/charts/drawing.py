"""`python -m bot.charts.drawing`: reads a chart or a poster a line, answers with its length and the picture."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from bot.charts import Chart, Lines, Sheet


def main() -> None:
    """Draw until nobody asks any more. A picture that cannot be drawn is empty; its words are told to nobody."""
    os.nice(2)  # votes go first
    for line in sys.stdin.buffer:
        try:
            drawn = _drawn(json.loads(line))
        except Exception:  # noqa: BLE001 - whatever it is, the next one can still be drawn
            drawn = b""
        sys.stdout.buffer.write(len(drawn).to_bytes(4) + drawn)
        sys.stdout.buffer.flush()


def _drawn(read: dict[str, Any]) -> bytes:
    if "sheet" in read:
        from bot.charts import paper

        return paper.drawn(Sheet.from_json(read["sheet"]), read["form"])
    from bot.charts import over_time, spec

    return over_time.png(Lines.from_data(read)) if "lines" in read else spec.png(Chart.from_data(read))


if __name__ == "__main__":
    main()
