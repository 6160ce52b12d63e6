"""Following a report: hearing what comes of it without being counted. The press, and its button."""

from bot.i18n import Tongue
from bot.message import Button
from bot.press import Press


class Follow(Press, code="qv"):
    """Hear what comes of a report, or (`on` is 0) no more."""

    report: int
    on: int


def follow(report: int, tongue: Tongue) -> Button:
    """For whoever it does not concern yet."""
    return Button(tongue._("Follow it"), Follow(report=report, on=1))


def leave(report: int, tongue: Tongue) -> Button:
    """For whoever follows it."""
    return Button(tongue._("Follow it no longer"), Follow(report=report, on=0))
