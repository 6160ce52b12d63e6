"""A bundle carried out in one transaction: what is new, what changed, what ends; nothing with open reports is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.bodies_file import ending
from bot.bodies_file.changes import Change, compared
from bot.bodies_file.parts import AreaPart, BodyPart, Bundle, DutyPart, TeamPart
from bot.bodies_file.wrong import FileWrong
from bot.models import (
    Area,
    Body,
    Community,
    Duty,
    Emergency,
    Service,
    ServiceRequest,
    Team,
)
from bot.services import audit
from bot.services.in_charge import areas


@dataclass
class _Work:
    """What was found so far, by short names."""

    session: AsyncSession
    now: datetime
    changes: list[Change] = field(default_factory=list)
    bodies: dict[str, Body] = field(default_factory=dict)
    areas: dict[str, Area] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)

    def note(self, kind: str, name: str, fields: list[tuple[str, str, str]], *, new: bool) -> bool:
        """Say what became of something; true when it was not as it is wanted."""
        what = "added" if new else "changed" if fields else "unchanged"
        self.changes.append(Change(what, kind, name, () if new else tuple(fields)))  # type: ignore[arg-type]
        return what != "unchanged"


async def put(session: AsyncSession, bundle: Bundle, *, now: datetime) -> list[Change]:
    """Carry it out, and say what changed; raises FileWrong, and then the transaction is to be undone."""
    work = _Work(session, now)
    work.bodies = {one.slug: one for one in (await session.scalars(select(Body))).all()}
    work.services = {one.service_code: one for one in (await session.scalars(select(Service))).all()}
    work.areas = {one.slug: one for one in (await session.scalars(select(Area))).all()}
    for body in (*bundle.bodies, *bundle.tables):
        await _body(work, body)
    await _areas(work, bundle.areas)
    for service in bundle.services:
        row = work.services.get(service.code)
        new = row is None
        if row is None:
            row = work.services[service.code] = Service(service_code=service.code, **service.fields)
            session.add(row)
        work.note("service", service.code, compared(row, service.fields), new=new)
    await session.flush()
    for body in (*bundle.bodies, *bundle.tables):
        if body.teams is not None:
            await _teams(work, body, body.teams)
    await _emergencies(work, bundle)
    await _borders(work, bundle)
    await session.flush()
    if any(change.what != "unchanged" for change in work.changes):
        audit.record(session, "bodies.import", by=None, community_id=None, now=now)
    return work.changes


async def _body(work: _Work, part: BodyPart) -> None:
    row = work.bodies.get(part.slug)
    new = row is None
    if row is None:
        if missing := {"names", "zone"} - set(part.fields):
            column = "body_name" if "names" in missing else "zone"
            raise FileWrong(
                f"{part.where}: there is no body called {part.slug} yet. Say more of it in the column {column}, "
                "or bring it with a YAML file."
            )
        row = work.bodies[part.slug] = Body(
            slug=part.slug, created_at=work.now, **{"kind": "body", **part.fields}
        )
        work.session.add(row)
        await work.session.flush()
    work.note("body", part.slug, compared(row, part.fields), new=new)


async def _areas(work: _Work, parts: Sequence[AreaPart]) -> None:
    touched = False
    for part in parts:
        whose = None if part.body is None else _known(work.bodies, part.body, "body", part.where).id
        wanted = {**part.fields, "body_id": whose, "geometry": part.shape.geometry, "size": part.shape.size}
        row = work.areas.get(part.slug)
        new = row is None
        if row is None:
            row = work.areas[part.slug] = Area(slug=part.slug, changed_at=work.now, **wanted)
            work.session.add(row)
        shown = {
            "geometry": ("a shape", "another shape"),
            "size": (f"{row.size:.4g} km²", f"{part.shape.size:.4g} km²"),
            "body_id": (_slug_of(work.bodies, row.body_id), part.body or "nothing"),
        }
        if work.note("area", part.slug, compared(row, wanted, shown), new=new):
            row.changed_at, touched = work.now, True
    if touched:
        await work.session.flush()
        await areas.changed(work.session, now=work.now)


def _known(found: dict[str, Any], slug: str, kind: str, where: str) -> Any:
    if slug not in found:
        raise FileWrong(f"{where}: there is no {kind} called {slug}, neither here nor in the town.")
    return found[slug]


def _slug_of(found: dict[str, Any], number: int | None) -> str:
    return next((slug for slug, one in found.items() if one.id == number), "nothing")


# --- teams and duties ---------------------------------------------------------------------------


async def _teams(work: _Work, part: BodyPart, teams: Sequence[TeamPart]) -> None:
    body = work.bodies[part.slug]
    there = {
        one.slug: one
        for one in (await work.session.scalars(select(Team).where(Team.body_id == body.id))).all()
    }
    for slug, row in there.items():
        if part.whole and slug not in {one.slug for one in teams}:
            name = f"{part.slug}/{slug}"
            work.changes.append(await ending.team(work.session, row, name, part.where, now=work.now))
    for team in teams:
        found = there.get(team.slug)
        new = found is None
        if found is None:
            if "names" not in team.fields:
                raise FileWrong(
                    f"{team.where}: there is no team called {part.slug}/{team.slug} yet. "
                    "Say its name in the column team_name."
                )
            found = Team(body_id=body.id, slug=team.slug, created_at=work.now, **team.fields)
            work.session.add(found)
            await work.session.flush()
        if found.email is not None and team.fields.get("email", found.email) is None:
            await ending.address(work.session, found, f"{part.slug}/{team.slug}", team.where)
        changed = compared(found, team.fields)
        work.note("team", f"{part.slug}/{team.slug}", changed, new=new)
    await work.session.flush()
    for team in teams:
        if team.duties is not None:
            await _duties(work, part.slug, await _team(work, body, team.slug), team.duties)
    if not part.whole:
        await _nobody_else(work, body, teams, there)


async def _nobody_else(work: _Work, body: Body, teams: Sequence[TeamPart], there: Mapping[str, Team]) -> None:
    """No team of which the file says nothing does the same in the same place."""
    named = {one.slug for one in teams}
    others = {row.id: slug for slug, row in there.items() if slug not in named}
    live = await work.session.scalars(
        select(Duty).where(Duty.team_id.in_(others), Duty.ended_at.is_(None), Duty.community_id.is_(None))
    )
    done = {(one.service_code, one.area_id): others[one.team_id] for one in live.all()}
    for team in teams:
        for duty in team.duties or ():
            area = None if duty.area is None else work.areas[duty.area].id
            if before := done.get((duty.service, area)):
                place = duty.area or "every place"
                raise FileWrong(f"{duty.where}: {before} does {duty.service} in {place} already.")


async def _team(work: _Work, body: Body, slug: str) -> Team:
    return (await work.session.scalars(select(Team).where(Team.body_id == body.id, Team.slug == slug))).one()


async def _duties(work: _Work, body: str, team: Team, parts: Sequence[DutyPart]) -> None:
    live = await work.session.scalars(
        select(Duty)
        .where(Duty.team_id == team.id, Duty.ended_at.is_(None), Duty.community_id.is_(None))
        .order_by(Duty.id)
    )
    there = {(one.service_code, one.area_id): one for one in live.all()}
    kept = set()
    for part in parts:
        service = _known(work.services, part.service, "service", part.where)
        area = None if part.area is None else _known(work.areas, part.area, "area", part.where)
        key = (service.service_code, area.id if area else None)
        kept.add(key)
        row = there.get(key)
        new = row is None
        if row is None:
            about = {"body_id": team.body_id, "team_id": team.id, "created_at": work.now}
            row = Duty(service_code=key[0], area_id=key[1], **about, **part.fields)
            work.session.add(row)
        work.note("duty", _duty_name(body, team, key[0], part.area), compared(row, part.fields), new=new)
    for key, row in there.items():
        if key not in kept:
            area_slug = None if key[1] is None else _slug_of(work.areas, key[1])
            await _end_duty(work, row, _duty_name(body, team, key[0], area_slug))


async def _end_duty(work: _Work, duty: Duty, name: str) -> None:
    by_it = ServiceRequest.because["duty"].as_integer() == duty.id
    waiting = await ending.open_reports(work.session, ServiceRequest.team_id == duty.team_id, by_it)
    if waiting:
        raise FileWrong(
            f"The duty {name} is left out, and has open reports: {waiting}. Let them be handed over or answered first."
        )
    duty.ended_at = work.now
    work.changes.append(Change("ended", "duty", name))


def _duty_name(body: str, team: Team, service: str, area: str | None) -> str:
    return f"{body}/{team.slug}: {service} in {area or 'every place'}"


# --- the rest -----------------------------------------------------------------------------------


async def _emergencies(work: _Work, bundle: Bundle) -> None:
    there = {one.code: one for one in (await work.session.scalars(select(Emergency))).all()}
    for part in bundle.emergencies:
        area = None if part.area is None else _known(work.areas, part.area, "area", part.where)
        wanted = {**part.fields, "area_id": area.id if area else None}
        row = there.get(part.code)
        new = row is None
        if row is None:
            row = Emergency(code=part.code, **wanted)
            work.session.add(row)
        shown = {"area_id": (_slug_of(work.areas, row.area_id), part.area or "nothing")}
        work.note("emergency", part.code, compared(row, wanted, shown), new=new)


async def _borders(work: _Work, bundle: Bundle) -> None:
    there = {one.slug: one for one in (await work.session.scalars(select(Community))).all()}
    for part in bundle.borders:
        community = _known(there, part.community, "community", part.where)
        area = _known(work.areas, part.area, "area", part.where)
        shown = {"area_id": (_slug_of(work.areas, community.area_id), part.area)}
        work.note("community", part.community, compared(community, {"area_id": area.id}, shown), new=False)
