"""From files to a bundle: bodies with their teams and duties, areas, and the borders of communities."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from bot import i18n, working_days
from bot.bodies_file import kinds_of_problems, shapes, tables, teams
from bot.bodies_file.fields import Fields, plain
from bot.bodies_file.parts import AreaPart, BodyPart, BorderPart, Bundle
from bot.bodies_file.reading import Said, features_of, yaml_of
from bot.bodies_file.shapes import Point
from bot.bodies_file.wrong import FileWrong

__all__ = ["Bundle", "read"]

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CONTACT = ("phone", "email", "url")
TOP = ("bodies", "areas", "services", "emergencies", "communities")
BODY = ("code", "names", "kind", "jurisdiction", "zone", "calendar", "week", "closed", "contact", "teams")
AREA_FILE = ("file", "code", "name", "kind", "body")


def read(
    paths: Sequence[Path],
    *,
    today: date,
    towns: Sequence[Point] = (),
    swap: bool = False,
    as_it_is: bool = False,
) -> Bundle:
    """What these files say together. `towns` are where the communities are, by which one sees that north and east
    have changed places: `swap` changes them back, `as_it_is` says that they are right."""
    bundle = Bundle()
    for path in paths:
        if path.suffix.lower() in (".json", ".geojson"):
            bundle.areas += _areas(path, {}, swap=swap)
        elif path.suffix.lower() in (".yaml", ".yml"):
            _whole_file(path, bundle, today=today, swap=swap)
        elif path.suffix.lower() == ".csv":
            bundle.tables += tables.read(path)
        else:
            raise FileWrong(
                f"{path.name}: bodies are in YAML files, their areas in GeoJSON, duties also in CSV."
            )
    if not (swap or as_it_is):
        for one in bundle.areas:
            shapes.look_swapped(one.where, [_corner(one.shape.geometry["coordinates"])], towns)
    bundle.notes += [
        f"{one.where}: the shape of {one.slug} was mended ({one.shape.mended})."
        for one in bundle.areas
        if one.shape.mended
    ]
    _once(bundle)
    return bundle


def _corner(coordinates: Any) -> Point:
    while isinstance(coordinates[0], list):
        coordinates = coordinates[0]
    return coordinates[1], coordinates[0]


def _whole_file(path: Path, bundle: Bundle, *, today: date, swap: bool) -> None:
    top = Fields(yaml_of(path), TOP)
    for said in top.each("areas") or ():
        bundle.areas += _areas_of(path, said, swap=swap)
    for said in top.each("bodies") or ():
        bundle.bodies.append(_body(said, today=today))
    for said in top.each("services") or ():
        bundle.services.append(kinds_of_problems.service(said))
    for said in top.each("emergencies") or ():
        bundle.emergencies.append(kinds_of_problems.emergency(said))
    if communities := top.get("communities"):
        borders = Fields(communities, list(communities.value) if isinstance(communities.value, dict) else ())
        for name in borders.said.value:
            bundle.borders.append(BorderPart(str(name), borders.code(name), borders.need(name).where))


def _once(bundle: Bundle) -> None:
    """No short name stands for two things."""
    named = {
        "body": [(one.slug, one.where) for one in bundle.bodies],
        "body's table": [(one.slug, one.where) for one in bundle.tables],
        "area": [(one.slug, one.where) for one in bundle.areas],
        "service": [(one.code, one.where) for one in bundle.services],
        "emergency": [(one.code, one.where) for one in bundle.emergencies],
        "community": [(one.community, one.where) for one in bundle.borders],
    }
    for kind, found in named.items():
        before: dict[str, str] = {}
        for code, where in found:
            if code in before:
                raise FileWrong(f"{where}: the {kind} {code} stands there already, in {before[code]}.")
            before[code] = where


# --- areas --------------------------------------------------------------------------------------


def _areas_of(path: Path, said: Said, *, swap: bool) -> list[AreaPart]:
    """The areas of a GeoJSON file that a YAML file names: `wards.geojson`, or with the names of its properties."""
    if isinstance(said.value, str):
        said = Said({"file": Said(said.value, said.where)}, said.where)
    fields = Fields(said, AREA_FILE)
    place = path.parent / plain(fields.need("file"), "file")
    if place.suffix.lower() not in (".json", ".geojson"):
        raise said.wrong("areas are in a GeoJSON file, whose name ends in .geojson or .json.")
    if not place.is_file():
        raise said.wrong(f"there is no file {place.name} beside this one.")
    how = {name: plain(one, name) for name in AREA_FILE[1:] if (one := fields.get(name))}
    return _areas(place, how, swap=swap)


def _areas(path: Path, how: dict[str, str], *, swap: bool) -> list[AreaPart]:
    """`how` names the properties that hold code and name, and the kind and body of all of them."""
    found = []
    for said in features_of(path):
        properties = said.value.get("properties") or {}
        if not isinstance(properties, dict):
            raise said.wrong("its properties should be names and values.")
        code, name = how.get("code", "code"), how.get("name", "name")
        values = {"code": properties.get(code), "kind": how.get("kind") or properties.get("kind")}
        if "code" in how and isinstance(values["code"], str | int):
            values["code"] = str(values["code"]).lower()
        values["names"] = properties.get("names") or _names(properties, name)
        values["body"] = how.get("body") or properties.get("body")
        fields = Fields(Said(values, said.where), tuple(values))
        kept = {"names": fields.names("names"), "kind": fields.text("kind", most=16) or "area"}
        shape = shapes.read(said, said.value.get("geometry"), swap=swap)
        found.append(AreaPart(fields.code("code"), kept, fields.code_or_none("body"), shape, said.where))
    return found


def _names(properties: dict[str, Any], name: str) -> Any:
    """`name`, or `name_en`, `name_cy` … where there is one for each language."""
    by_language = {
        key.removeprefix(f"{name}_"): value
        for key, value in properties.items()
        if key.startswith(f"{name}_") and key.removeprefix(f"{name}_") in i18n.available()
    }
    return by_language or properties.get(name)


# --- bodies -------------------------------------------------------------------------------------


def _body(said: Said, *, today: date) -> BodyPart:
    fields = Fields(said, BODY)
    kept = {
        "names": fields.names("names"),
        "kind": fields.text("kind", most=16) or "body",
        "jurisdiction_id": fields.text("jurisdiction"),
        "zone": fields.text("zone") or "",
        "calendar": fields.text("calendar", most=16),
        "closed_days": fields.days("closed"),
        "working_week": _week(fields),
        "contact": _contact(fields),
    }
    teams.a_zone(said, kept["zone"])
    if kept["calendar"] is not None and not working_days.known(str(kept["calendar"])):
        raise fields.need("calendar").wrong(
            f"I know no calendar of public holidays called {kept['calendar']}. Some are GB-ENG, GB-WLS, PL and IE."
        )
    try:
        working_days.check(SimpleNamespace(**kept), today)
    except working_days.NeverWorks:
        raise said.wrong("this body has no working day, so nothing could ever be due.") from None
    listed = fields.each("teams")
    return BodyPart(
        fields.code("code"),
        kept,
        None if listed is None else teams.several(listed),
        said.where,
    )


def _week(fields: Fields) -> list[int]:
    named = fields.each("week")
    if named is None:
        return [0, 1, 2, 3, 4]
    for one in named:
        if one.value not in WEEK:
            raise one.wrong(f"week should be some of {', '.join(WEEK)}: “{one.value}”.")
    return working_days.week([WEEK.index(one.value) for one in named])


def _contact(fields: Fields) -> dict[str, str]:
    one = fields.get("contact")
    if one is None:
        return {}
    contact = Fields(one, CONTACT)
    kept = {way: plain(said, way) for way in CONTACT if (said := contact.get(way))}
    if "url" in kept and not kept["url"].startswith(("https://", "http://")):
        raise contact.need("url").wrong("url should begin with https://.")
    return kept
