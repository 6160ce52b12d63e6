"""`folkmoot body`, `folkmoot places` and `folkmoot spots`: read from files what bodies do where, and write it out."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.saying import AsJson, say, say_json

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.bodies_file import Change
    from bot.bodies_file.shapes import Point
    from bot.settings import Settings

    Work = Callable[
        [AsyncSession, Sequence[Point], dict[str, bool]], Coroutine[Any, Any, tuple[list[Change], list[str]]]
    ]

Files = Annotated[
    list[Path], typer.Argument(metavar="FILE...", help="YAML, GeoJSON of areas, and CSV of duties.")
]
File = Annotated[Path, typer.Argument(metavar="FILE", help="CSV, or GeoJSON of points.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")]
Swap = Annotated[
    bool | None,
    typer.Option("--swap/--as-it-is", help="Whether north and east have changed places in the file."),
]

SIGNS = {"added": "+", "changed": "~", "ended": "-", "removed": "-"}
SHOWN = 200  # changes that are listed; the rest is counted


def bring_bodies(files: Files, dry_run: DryRun = False, swap: Swap = None, json: AsJson = False) -> None:
    """Bring bodies, their teams, duties and areas up to what files say. Twice changes nothing more."""
    from bot import bodies_file
    from bot.clock import utc_now

    async def work(
        session: AsyncSession, towns: Sequence[Point], how: dict[str, bool]
    ) -> tuple[list[Change], list[str]]:
        now = utc_now()
        bundle = await asyncio.to_thread(bodies_file.read, files, today=now.date(), towns=towns, **how)
        return await bodies_file.put(session, bundle, now=now), bundle.notes

    _carry_out(work, dry_run=dry_run, swap=swap, json=json)


def bring_places(
    file: File,
    dry_run: DryRun = False,
    whole: Annotated[
        bool, typer.Option("--whole", help="The file has all places there are: others are removed.")
    ] = False,
    swap: Swap = None,
    json: AsJson = False,
) -> None:
    """Bring the gazetteer up to what a file says: name, kind, within, lat, long."""
    from bot.bodies_file import places
    from bot.clock import utc_now

    async def work(
        session: AsyncSession, towns: Sequence[Point], how: dict[str, bool]
    ) -> tuple[list[Change], list[str]]:
        read = await asyncio.to_thread(places.read_places, file, towns=towns, **how)
        return await places.put_places(session, read, whole=whole, now=utc_now()), []

    _carry_out(work, dry_run=dry_run, swap=swap, json=json)


def bring_spots(file: File, dry_run: DryRun = False, swap: Swap = None, json: AsJson = False) -> None:
    """Bring lamp posts and bins with links of their own up to what a file says: code, community, name, lat, long,
    service."""
    from bot.bodies_file import places
    from bot.clock import utc_now

    async def work(
        session: AsyncSession, towns: Sequence[Point], how: dict[str, bool]
    ) -> tuple[list[Change], list[str]]:
        read = await asyncio.to_thread(places.read_spots, file, towns=towns, **how)
        return await places.put_spots(session, read, now=utc_now()), []

    _carry_out(work, dry_run=dry_run, swap=swap, json=json)


def _carry_out(work: Work, *, dry_run: bool, swap: bool | None, json: bool) -> None:
    from bot.bodies_file import Swapped
    from bot.settings import read

    settings = read()
    how = {"swap": swap is True, "as_it_is": swap is False}
    try:
        changes, notes = asyncio.run(_in_one_go(settings, work, how, dry_run=dry_run))
    except Swapped as error:
        if not sys.stdin.isatty():
            raise
        wanted = typer.confirm(f"{error}\nChange them back?", err=True)
        how = {"swap": wanted, "as_it_is": not wanted}
        changes, notes = asyncio.run(_in_one_go(settings, work, how, dry_run=dry_run))
    if json:
        say_json(_facts(changes, notes, dry_run=dry_run))
    else:
        _show(changes, notes, dry_run=dry_run)


async def _in_one_go(
    settings: Settings, work: Work, how: dict[str, bool], *, dry_run: bool
) -> tuple[list[Change], list[str]]:
    """In one transaction, which a dry run undoes: so both say the same."""
    from bot.commands.town import town
    from bot.services.community import communities

    async with town(settings) as database:
        async with database.reading() as session:
            towns = [
                (one.lat, one.long)
                for one in await communities.listed(session)
                if one.lat is not None and one.long is not None
            ]
        async with database.rehearsing() if dry_run else database.writing() as session:
            return await work(session, towns, how)


def _facts(changes: Sequence[Change], notes: Sequence[str], *, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "counts": dict(Counter(one.what for one in changes)),
        "changes": [
            {
                "what": one.what,
                "kind": one.kind,
                "name": one.name,
                "fields": [
                    {"name": name, "before": before, "after": after} for name, before, after in one.fields
                ],
            }
            for one in changes
            if one.what != "unchanged"
        ],
        "notes": list(notes),
    }


def _show(changes: Sequence[Change], notes: Sequence[str], *, dry_run: bool) -> None:
    real = [one for one in changes if one.what != "unchanged"]
    for one in real[:SHOWN]:
        say(f"{SIGNS[one.what]} {one.what} {one.kind} {one.name}")
        for name, before, after in one.fields:
            say(f"    {name}: {before} → {after}")
    if len(real) > SHOWN:
        say(f"… and {len(real) - SHOWN} more")
    for note in notes:
        say(note)
    counts = Counter[str](one.what for one in changes)
    said = ", ".join(f"{counts[what]} {what}" for what in (*SIGNS, "unchanged") if counts[what]) or "nothing"
    say(f"This would be: {said}. Nothing was changed." if dry_run else f"Done: {said}.")


def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to, such as bodies.yaml.")],
    body: Annotated[
        list[str] | None, typer.Option(metavar="SLUG", help="Only this body. Repeat at will.")
    ] = None,
) -> None:
    """Write the bodies into a YAML file, with their areas in a GeoJSON file beside it: to be edited and read again."""
    from bot.settings import read

    areas = file.with_suffix(".geojson")
    for place in (file, areas):
        if place.exists():
            raise typer.BadParameter(f"{place} is there already.", param_hint="FILE")
    text, shapes = asyncio.run(_exported(read(), body or (), areas.name))
    file.write_text(text, "utf-8")
    areas.write_text(shapes, "utf-8")
    say(f"Written: {file} and {areas}. Read them again with: folkmoot body import {file}")


async def _exported(settings: Settings, slugs: Sequence[str], areas: str) -> tuple[str, str]:
    from bot import bodies_file
    from bot.commands.town import town
    from bot.errors import Refused
    from bot.i18n import N_
    from bot.services.in_charge import bodies

    async with town(settings) as database, database.reading() as session:
        for slug in slugs:
            if await bodies.by_slug(session, slug) is None:
                raise Refused(N_("There is no body called {slug}."), slug=slug)
        return await bodies_file.export(session, slugs, areas)


def show(json: AsJson = False) -> None:
    """List the bodies with their teams."""
    from bot.settings import read

    found = asyncio.run(_listed(read()))
    if json:
        say_json(found)
    elif not found:
        say("There are no bodies yet. Bring some with: folkmoot body import FILE")
    for one in () if json else found:
        teams = ", ".join(f"{team['slug']} ({team['people']})" for team in one["teams"]) or "no teams"
        say(f"{one['slug']}: {one['name']} ({one['kind']}); teams and their people: {teams}")


async def _listed(settings: Settings) -> list[dict[str, Any]]:
    from bot.commands.town import town
    from bot.i18n import SOURCE
    from bot.services.in_charge import bodies, officers

    async with town(settings) as database, database.reading() as session:
        return [
            {
                "slug": one.slug,
                "name": one.name_in(SOURCE),
                "kind": one.kind,
                "teams": [
                    {
                        "slug": team.slug,
                        "name": team.name_in(SOURCE),
                        "people": len(await officers.members(session, team.id)),
                        "open": await bodies.open_work(session, team.id),
                    }
                    for team in await bodies.teams(session, one.id)
                ],
            }
            for one in await bodies.listed(session)
        ]
