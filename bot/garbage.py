"""How often Python looks for garbage that holds itself."""

from __future__ import annotations

import gc

YOUNG = 10_000  # new objects between two looks through the youngest; as it comes it is 700


def look_less() -> None:
    """To be called when everything runs.

    What is there by then is no garbage, and to look through it takes a tenth of a second each time, in which nobody
    is answered. Of what comes later nearly all goes without being looked for.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)
