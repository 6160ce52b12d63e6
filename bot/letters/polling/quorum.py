"""The words of a quorum: how many people it takes, and whether they were enough. It never hides a result."""

from __future__ import annotations

from markupsafe import Markup

from bot import quorum
from bot.i18n import Tongue
from bot.models import Standing
from bot.quorum import Quorum


def rule(kept: str | None, tongue: Tongue) -> Markup | None:
    """How many it takes, before and while people answer; nothing where every answer counts."""
    asked = quorum.kept(kept)
    if asked is None:
        return None
    if asked.share:
        return tongue._(
            "It counts if {share} of the people asked answer.", share=tongue.percent(asked.number / 100)
        )
    return tongue.n_("It counts if {n} person answers.", "It counts if {n} people answer.", asked.number)


def came(standing: Standing, tongue: Tongue) -> Markup | None:
    """Whether they were enough, once it has closed."""
    asked = quorum.kept(standing.poll.quorum)
    if asked is None or standing.poll.closed_at is None:
        return None
    needed = asked.needed(standing.asked)
    numbers = {"took": tongue.number(standing.took_part), "needed": tongue.number(needed)}
    if standing.took_part < needed:
        return tongue._("Not enough people answered for this to count: {took} of {needed}.", **numbers)
    return tongue._("Enough people answered for this to count: {took}, with {needed} needed.", **numbers)


READY = {"few": Quorum(10), "quarter": Quorum(25, share=True)}


def offered(tongue: Tongue) -> list[tuple[str, Markup]]:
    """Ready answers to when a question counts: none, or one of `READY`."""
    few, quarter = READY.values()
    return [
        ("none", tongue._("Always")),
        ("few", tongue.n_("With {n} person", "With {n} people", few.number)),
        ("quarter", tongue._("With {share} of those asked", share=tongue.percent(quarter.number / 100))),
    ]
