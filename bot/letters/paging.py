"""The row below a page of a list that leads to the page before it and to the next one."""

from collections.abc import Callable

from bot.i18n import Tongue
from bot.message import Button, Rows
from bot.press import Press


def turning(number: int, pages: int, to: Callable[[int], Press], tongue: Tongue) -> Rows:
    """Pages count from 0; no row where there is one only. `to` leads to a page."""
    row = []
    if number:
        row.append(Button(tongue._("Back"), to(number - 1)))
    if number + 1 < pages:
        row.append(Button(tongue._("More"), to(number + 1)))
    return (tuple(row),) if row else ()
