"""Duties from a table: one line for each, with its body, team, kind of problem and area; the words are those of YAML.

A table says all duties of the teams that it names, with the usual days where it says none, and nothing of other teams.
What it has no column or no word for of a team or a body stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.bodies_file import teams
from bot.bodies_file.fields import Fields
from bot.bodies_file.parts import BodyPart
from bot.bodies_file.reading import Said, rows_of
from bot.bodies_file.wrong import FileWrong

NEEDED = ("body", "team", "service")
OF_DUTIES = {"area": "areas", "acknowledge": "acknowledge", "answer": "answer", "resolve": "resolve"}
OF_TEAMS = {"team_name": "names", "email": "email", "language": "language"}
OF_BODIES = {"body_name": "names", "zone": "zone"}
MORE = (*OF_DUTIES, "confidential", *OF_TEAMS, *OF_BODIES)

YES, NO = ("yes", "true", "1"), ("no", "false", "0")


@dataclass
class _Told:
    """What the lines say of a body or a team: its fields, each with where it was said first; and its parts."""

    where: str
    fields: dict[str, Said] = field(default_factory=dict)
    teams: dict[str, _Told] = field(default_factory=dict)
    duties: list[Said] = field(default_factory=list)

    def says(self, row: Said, columns: dict[str, str]) -> None:
        """What one line says; it may say the same as another line, and nothing else."""
        for column, name in columns.items():
            if not (cell := row.value.get(column)):
                continue
            before = self.fields.setdefault(name, Said(cell, row.where))
            if before.value != cell:
                raise row.wrong(f"{column} is “{cell}” here, and “{before.value}” in {before.where}.")


def read(path: Path) -> list[BodyPart]:
    """The bodies that a table names, each with some of its teams."""
    bodies: dict[str, _Told] = {}
    for row in rows_of(path, NEEDED, MORE):
        for name in NEEDED:
            if not row.value[name]:
                raise row.wrong(f"{name} is missing.")
        body = bodies.setdefault(row.value["body"], _Told(row.where))
        body.says(row, OF_BODIES)
        team = body.teams.setdefault(row.value["team"], _Told(row.where))
        team.says(row, OF_TEAMS)
        team.duties.append(_duty(row))
    if not bodies:
        raise FileWrong(f"{path.name}: there is no duty in it.")
    return [_body(code, told) for code, told in bodies.items()]


def _duty(row: Said) -> Said:
    said: dict[str, Any] = {"services": row.value["service"]}
    for column, name in OF_DUTIES.items():
        if cell := row.value.get(column):
            said[name] = int(cell) if column != "area" and cell.isascii() and cell.isdecimal() else cell
    if cell := row.value.get("confidential", "").lower():
        said["confidential"] = cell in YES if cell in (*YES, *NO) else cell
    return Said(said, row.where)


def _body(code: str, told: _Told) -> BodyPart:
    said = Fields(Said({"code": code, **told.fields}, told.where), ("code", "names", "zone"))
    kept: dict[str, Any] = {}
    if said.get("names"):
        kept["names"] = said.names("names")
    if zone := said.get("zone"):
        teams.a_zone(zone, zone.value)
        kept["zone"] = zone.value
    found = [
        teams.team(Said({"code": team, **its.fields, "duties": its.duties}, its.where), partly=True)
        for team, its in told.teams.items()
    ]
    teams.no_two(found)
    return BodyPart(said.code("code"), kept, found, told.where, whole=False)
