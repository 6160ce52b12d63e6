"""A folder with the files of a small district, to be read and changed."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot import bodies_file
from bot.bodies_file import Change
from bot.clock import utc_now
from bot.db import Database
from bot.services.community import communities
from tests.council.district import polygon, square

BODIES = """
areas: [areas.geojson]
bodies:
  - code: district
    names: {en: North District, cy: Dosbarth y Gogledd}
    kind: district
    zone: Europe/London
    calendar: GB-ENG
    closed: [2026-12-29]
    contact: {phone: +44 1632 960100, url: "https://north.example"}
    teams:
      - code: waste
        names: Waste
        email: waste@north.example
        duties:
          - services: [bins, noise]
            areas: [north-ward, south-ward]
            answer: 3
      - code: streets
        names: Streets
        duties:
          - services: [lamps]
services:
  - code: bins
    names: {en: Full bin, cy: Bin llawn}
    keywords: {en: [bin, rubbish], cy: [bin]}
    months: [6, 7, 8]
  - code: lamps
    names: Street light
    radius: 25
    attributes:
      - {code: number, description: {en: "Which number?"}, required: true, found_after: {en: [lamp, lamp no.]}}
      - code: how
        datatype: singlevaluelist
        description: {en: "How is it?"}
        values: [{key: out, names: Out}, {key: flickers, names: Flickers}]
  - code: noise
    names: Noise
    confidential: true
emergencies:
  - {code: gas, names: Gas, phone: 0800 111 999, area: district, keywords: {en: [smell of gas]}}
communities:
  elm-park: north-ward
"""

WARDS = {
    "district": polygon(square(0.1, 51.4, 0.3, 51.6)),
    "north-ward": polygon(square(0.1, 51.5, 0.2, 51.6), square(0.14, 51.54, 0.16, 51.56)),
    "south-ward": polygon(square(0.1, 51.4, 0.2, 51.5)),
}


def geojson(shapes: dict[str, Any], **more: Any) -> str:
    """Areas as a GeoJSON file."""
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": code.title(), "kind": "ward"},
            "geometry": shape,
        }
        for code, shape in shapes.items()
    ]
    return json.dumps({"type": "FeatureCollection", "features": features, **more})


@dataclass
class Folder:
    """The files, and the town they are read into."""

    path: Path
    database: Database

    def write(self, text: str = BODIES, name: str = "bodies.yaml") -> Path:
        """Put a file there."""
        place = self.path / name
        place.write_text(text, "utf-8")
        return place

    async def reads(self, *names: str, dry_run: bool = False, **how: Any) -> list[Change]:
        """Read files into the town, or only look what would change."""
        async with self.database.rehearsing() if dry_run else self.database.writing() as session:
            now = utc_now()
            paths = [self.path / name for name in names or ("bodies.yaml",)]
            bundle = bodies_file.read(paths, today=now.date(), **how)
            return await bodies_file.put(session, bundle, now=now)


def counts(changes: list[Change]) -> dict[str, int]:
    """How many of each."""
    return dict(Counter(one.what for one in changes))


def real(changes: list[Change]) -> list[Change]:
    """What is not as it was."""
    return [one for one in changes if one.what != "unchanged"]


@pytest.fixture
async def folder(tmp_path: Path, database: Database) -> Folder:
    """With whole files, and a community."""
    it = Folder(tmp_path, database)
    it.write()
    it.write(geojson(WARDS), "areas.geojson")
    async with database.writing() as session:
        await communities.add(
            session, "elm-park", {"en": "Elm Park"}, zone="Europe/London", languages=("en",), now=utc_now()
        )
    return it
