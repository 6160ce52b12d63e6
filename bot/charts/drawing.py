"""`python -m bot.charts.drawing`: reads a chart a line, answers with the length of its picture and the picture."""

from __future__ import annotations

import json
import os
import sys

from bot.charts import Chart


def main() -> None:
    """Draw until nobody asks any more. A picture that cannot be drawn is empty; its words are told to nobody."""
    os.nice(2)  # votes go first
    from bot.charts.spec import png

    for line in sys.stdin.buffer:
        try:
            drawn = png(Chart.from_data(json.loads(line)))
        except Exception:  # noqa: BLE001 - whatever it is, the next one can still be drawn
            drawn = b""
        sys.stdout.buffer.write(len(drawn).to_bytes(4) + drawn)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
