"""Why a report goes where it goes, in one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from markupsafe import Markup

from bot.i18n import Tongue
from bot.letters.markup import lines
from bot.models import Body


class Named(Protocol):
    """What has a name in several languages."""

    def name_in(self, language: str) -> str:
        """The name in a language, or in the first one there is."""
        ...


@dataclass(frozen=True, slots=True)
class Reason:
    """What there is to say: the names behind a route. See `services/in_charge/routing.py`."""

    how: str
    body: Body | None = None
    team: Named | None = None
    area: Named | None = None
    service: Named | None = None
    address: str | None = None
    rule: bool = False


def because(tongue: Tongue, reason: Reason) -> Markup:
    """Who gets it, and why; or why nobody does yet."""
    if reason.team is not None and reason.body is not None:
        return _goes_to(tongue, reason, reason.body, reason.team)
    if reason.how == "private":
        said = tongue._("This is private ground, so it is its owner who looks after it.")
        return lines([said, contact(tongue, reason.body)])
    if reason.how == "outside":
        said = tongue._("This place lies outside your community.")
        return lines([said, contact(tongue, reason.body)])
    return tongue._(
        "We do not know yet who looks after this. The organisers of your community get it and find out."
    )


def _goes_to(tongue: Tongue, reason: Reason, body: Body, team: Named) -> Markup:
    language = tongue.code
    names = {"team": team.name_in(language), "body": body.name_in(language)}
    if reason.rule:
        return tongue._(
            "It goes to {team} of {body}, because the organisers of your community have settled that.",
            **names,
        )
    if reason.service is None or reason.how == "hand":
        return tongue._("It goes to {team} of {body}.", **names)
    names["service"] = reason.service.name_in(language)
    if reason.how == "area" and reason.area is not None:
        names["area"] = reason.area.name_in(language)
        if reason.address:
            return tongue._(
                "It goes to {team} of {body}, because {place} lies in {area} and they look after this there: "
                "{service}.",
                place=reason.address,
                **names,
            )
        return tongue._(
            "It goes to {team} of {body}, because the place lies in {area} and they look after this there: "
            "{service}.",
            **names,
        )
    return tongue._(
        "It goes to {team} of {body}, because they look after this everywhere: {service}.", **names
    )


def contact(tongue: Tongue, body: Body | None) -> Markup | None:
    """Who to ask instead, as far as it is known."""
    if body is None:
        return None
    ways = [body.contact[way] for way in ("phone", "email", "url") if body.contact.get(way)]
    name = body.name_in(tongue.code)
    if not ways:
        return tongue._("You can ask {body}.", body=name)
    return tongue._("You can ask {body}: {ways}", body=name, ways=", ".join(ways))
