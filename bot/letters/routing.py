"""Why a report goes where it goes, in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from bot.i18n import Tongue
from bot.models import Area, Body, Service, Team


def because(
    why: Mapping[str, Any],
    team: Team,
    body: Body | None,
    service: Service | None,
    area: Area | None,
    tongue: Tongue,
) -> Markup:
    """It goes to this team, because …"""
    return tongue._(
        "It goes to {team} of {body}.",
        team=team.name_in(tongue.code),
        body=body.name_in(tongue.code) if body else "",
    )
