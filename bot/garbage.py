"""How often Python looks for garbage that holds itself."""

from __future__ import annotations

import atexit
import gc

YOUNG = 10_000  # new objects between two looks through the youngest; as it comes it is 700


def look_later() -> None:
    """To be called first of all: a program that begins makes much and throws nothing away, and when it ends the
    system takes all of it back. Looking for garbage would be a third of the time that a short command takes."""
    gc.disable()
    atexit.register(gc.freeze)


def look_less() -> None:
    """To be called when everything runs.

    What is there by then is no garbage, and to look through it takes a tenth of a second each time, in which nobody
    is answered. Of what comes later nearly all goes without being looked for.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)
    gc.enable()
