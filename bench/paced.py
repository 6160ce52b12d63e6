"""Folkmoot whose broadcasts keep Telegram's usual pace while nothing else is held back: `python -m bench.paced run`.

At Telegram's usual 30 messages a second nobody's answers could be measured at hundreds of votes a second: their edits
would wait for each other, broadcast or not.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

BULK = 24.0  # messages a second: the 80 % of 30 that a broadcast may use


def main() -> None:
    """Change one limit, and be Folkmoot."""
    from bot import app
    from bot.__main__ import main as folkmoot

    usual = vars(app)["limits"]

    def limits(*given: Any, **named: Any) -> Any:
        made = usual(*given, **named)
        assert made.whole
        return replace(made, bulk_share=BULK / made.whole.per_second)

    vars(app)["limits"] = limits
    folkmoot()


if __name__ == "__main__":
    main()
