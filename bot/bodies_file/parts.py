"""What a file says, understood: plain data by short names, before anything is looked up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.bodies_file.shapes import Shape


@dataclass(frozen=True, slots=True)
class DutyPart:
    """A team does a service in an area, or anywhere."""

    service: str
    area: str | None
    fields: dict[str, Any]
    where: str


@dataclass(frozen=True, slots=True)
class TeamPart:
    """A team; `duties` is None where the file says nothing of them."""

    slug: str
    fields: dict[str, Any]
    duties: list[DutyPart] | None
    where: str


@dataclass(frozen=True, slots=True)
class BodyPart:
    """A body; `teams` is None where the file says nothing of them. Where it is not told `whole`, teams and fields that
    are left out stay as they are."""

    slug: str
    fields: dict[str, Any]
    teams: list[TeamPart] | None
    where: str
    whole: bool = True


@dataclass(frozen=True, slots=True)
class AreaPart:
    """An area; `body` is the short name of whose it is."""

    slug: str
    fields: dict[str, Any]
    body: str | None
    shape: Shape
    where: str


@dataclass(frozen=True, slots=True)
class ServicePart:
    """A kind of problem."""

    code: str
    fields: dict[str, Any]
    where: str


@dataclass(frozen=True, slots=True)
class EmergencyPart:
    """What cannot wait; `area` is where its number holds."""

    code: str
    fields: dict[str, Any]
    area: str | None
    where: str


@dataclass(frozen=True, slots=True)
class BorderPart:
    """The borders of a community."""

    community: str
    area: str
    where: str


@dataclass(slots=True)
class Bundle:
    """Everything that some files say together; `tables` are of duties, and come after the rest. `notes` are what the
    operator should know of how it was read."""

    bodies: list[BodyPart] = field(default_factory=list)
    tables: list[BodyPart] = field(default_factory=list)
    areas: list[AreaPart] = field(default_factory=list)
    services: list[ServicePart] = field(default_factory=list)
    emergencies: list[EmergencyPart] = field(default_factory=list)
    borders: list[BorderPart] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
