"""Teams and their duties, as the files of bodies tell them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot import i18n
from bot.bodies_file.fields import Fields
from bot.bodies_file.parts import DutyPart, TeamPart
from bot.bodies_file.reading import Said
from bot.bodies_file.wrong import FileWrong
from bot.clock import zones

TEAM = ("code", "names", "language", "email", "duties")
DUTY = ("services", "areas", "acknowledge", "answer", "resolve", "confidential")
LONGEST = 365  # working days of a target


def several(listed: list[Said]) -> list[TeamPart]:
    """The teams of a body; no two do the same in the same place."""
    found: dict[str, TeamPart] = {}
    for said in listed:
        one = team(said)
        if one.slug in found:
            raise said.wrong(f"the team {one.slug} stands there already, in {found[one.slug].where}.")
        found[one.slug] = one
    no_two(list(found.values()))
    return list(found.values())


def no_two(found: Sequence[TeamPart]) -> None:
    """No two of them do the same in the same place."""
    done: dict[tuple[str, str | None], str] = {}
    for team in found:
        for duty in team.duties or ():
            before = done.setdefault((duty.service, duty.area), team.slug)
            if before != team.slug:
                there = duty.area or "every place"
                raise FileWrong(f"{duty.where}: {before} does {duty.service} in {there} already.")


def team(said: Said, *, partly: bool = False) -> TeamPart:
    """A team. Where it is told `partly`, what is left out of it stays as it is."""
    fields = Fields(said, TEAM)
    kept: dict[str, Any] = {}
    if not partly or fields.get("names"):
        kept["names"] = fields.names("names")
    if not partly or fields.get("language"):
        kept["language"] = fields.text("language", most=16) or i18n.SOURCE
    if not partly or fields.get("email"):
        kept["email"] = fields.text("email", most=300)
    if kept.get("language", i18n.SOURCE) not in i18n.available():
        raise said.wrong(f"language should be one of {', '.join(i18n.available())}: “{kept['language']}”.")
    if kept.get("email") is not None and not _is_address(str(kept["email"])):
        raise fields.need("email").wrong(
            f"email should be an address such as waste@council.example: “{kept['email']}”."
        )
    duties = fields.each("duties")
    return TeamPart(fields.code("code"), kept, None if duties is None else _duties(duties), said.where)


def _is_address(text: str) -> bool:
    name, at, host = text.rpartition("@")
    return bool(at and name and "." in host and not set(text) & set(" <>,;:\"'()"))


def _duties(listed: list[Said]) -> list[DutyPart]:
    found: dict[tuple[str, str | None], DutyPart] = {}
    for said in listed:
        fields = Fields(said, DUTY)
        kept = {
            "acknowledge_days": fields.whole("acknowledge", 1, least=0, most=LONGEST),
            "answer_days": fields.whole("answer", 5, least=0, most=LONGEST),
            "resolve_days": fields.whole("resolve", 20, least=0, most=LONGEST),
            "confidential": fields.yes("confidential"),
        }
        services = fields.codes("services")
        if not services:
            raise said.wrong("services is missing.")
        places: list[Said | None] = [*fields.codes("areas")] or [None]
        for service in services:
            for area in places:
                key = (service.value, area.value if area else None)
                if key in found:
                    raise said.wrong(f"this team does {key[0]} in {key[1] or 'every place'} already.")
                found[key] = DutyPart(*key, kept, (area or service).where)
    return list(found.values())


def a_zone(said: Said, zone: Any) -> None:
    """It is the name of a time zone."""
    if zone not in zones():
        raise said.wrong(f"zone should be a time zone such as Europe/London: “{zone}”.")
