"""A turn that fails: it is undone, alone; whoever shared its batch keeps theirs; the person hears that we are sorry."""

import asyncio
import io
import logging
from collections.abc import Iterator

import pytest
import structlog
from sqlalchemy import insert, select

from bot import logs
from bot.conversation.turn import Outcome, Turn
from bot.errors import Refused
from bot.message import Command, Receipt
from bot.models import Fact, Resident
from bot.settings import Settings
from tests.faults.desks import tap
from tests.town import Person, Town

SORRY = "Something went wrong on our side. Nothing was saved; please try again."
NO = "No, not like this."
SECRET = "my door is never locked"
"""What somebody writes and nobody else shall read."""


async def spoil(turn: Turn, rest: str) -> Outcome:
    """Fails in the way that `rest` names first; the other words are the person's own."""
    way = rest.split()[0]
    if way in ("wrote", "refused"):
        await turn.session.execute(insert(Fact).values(name="spoilt", value={}, at=turn.now))
    if way == "added":
        turn.session.add(Fact(name="spoilt", value={}, at=turn.now))
    if way in ("changed", "refused-changed"):
        turn.resident.name = "Spoilt"
    if way == "flushed":
        turn.resident.name = "Spoilt"
        await turn.session.flush()
    if way == "database":
        turn.session.add(Resident(language="en", interests=[], name=rest, created_at=None))
        await turn.session.flush()
    if way.startswith("refused"):
        raise Refused(NO)
    raise RuntimeError(f"a {way} spoon in the works")


WAYS = ("before", "wrote", "added", "changed", "flushed", "database")
REFUSALS = ("refused", "refused-changed")


@pytest.fixture
async def poisoned(town: Town) -> Town:
    """A town with a command that fails."""
    town.folkmoot.router.command("spoil", role=None)(spoil)
    return town


@pytest.fixture(params=["console", "json"])
def told(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the operator reads in the log, as it is set up for the service."""
    read = io.StringIO()
    monkeypatch.setattr("sys.stderr", read)
    root = logging.getLogger()
    before, level = root.handlers, root.level
    logs.configure(Settings(_env_file=None, log_format=request.param))  # type: ignore[call-arg]
    yield read
    root.handlers = before
    root.setLevel(level)
    structlog.reset_defaults()


async def spoils(person: Person, way: str) -> Receipt:
    """Somebody meets the mistake."""
    return await person.town.folkmoot.dispatcher.submit(
        person.incoming(Command("spoil", f"{way} {SECRET}"), key=f"spoil-{way}")
    )


async def traces(town: Town) -> tuple[list[str], list[str | None]]:
    """What a failed turn may have left: facts of its making, and names that it gave."""
    async with town.folkmoot.database.reading() as session:
        facts = await session.scalars(select(Fact.name).where(Fact.name == "spoilt"))
        names = await session.scalars(select(Resident.name).where(Resident.name.is_not(None)))
        return list(facts), list(names)


async def test_turns_that_fail_are_undone_and_their_neighbours_keep_theirs(poisoned: Town) -> None:
    town = poisoned
    poll = await town.poll("Keep the market?", "Yes", "No")
    victims = {way: town.stranger(f"Victor {way}") for way in WAYS + REFUSALS}
    submit = town.folkmoot.dispatcher.submit
    work = []
    for number, (way, victim) in enumerate(victims.items()):
        work += [submit(tap(f"p{number}", poll.id, 0)), spoils(victim, way)]
    receipts = await asyncio.gather(*work)
    await town.quiet()
    assert [receipt.outcome for receipt in receipts[::2]] == ["done"] * len(victims)
    expected = ["broken"] * len(WAYS) + ["refused"] * len(REFUSALS)
    assert [receipt.outcome for receipt in receipts[1::2]] == expected
    assert await town.result(poll) == {"Yes": len(victims), "No": 0}
    assert await traces(town) == ([], [])
    assert all(victims[way].latest == SORRY for way in WAYS)
    assert all(victims[way].latest == NO for way in REFUSALS)
    await victims["wrote"].opens(poll.code)
    await victims["wrote"].taps("No")
    assert await town.result(poll) == {"Yes": len(victims), "No": 1}


async def test_an_update_that_failed_is_not_tried_again(poisoned: Town) -> None:
    victim = poisoned.stranger("Victor")
    assert (await spoils(victim, "wrote")).outcome == "broken"
    assert (await spoils(victim, "wrote")).outcome == "seen"
    await poisoned.quiet()
    assert len(victim.screen.messages) == 1


async def test_failures_are_logged_once_with_kind_and_key_and_without_what_was_said(
    poisoned: Town, told: io.StringIO
) -> None:
    town = poisoned
    people = [town.stranger(f"Victor {way}") for way in WAYS]
    await asyncio.gather(*(spoils(one, way) for one, way in zip(people, WAYS, strict=True)))
    await town.quiet()
    log = told.getvalue()
    assert log.count("a turn failed") == len(WAYS)
    assert log.count("Command") >= len(WAYS)
    for way in WAYS:
        assert f"spoil-{way}" in log
    assert "tests/faults/test_poison.py" in log, "where it happened can be read"
    assert SECRET not in log


async def test_a_refusal_is_no_failure_and_is_not_logged(poisoned: Town, told: io.StringIO) -> None:
    await spoils(poisoned.stranger("Victor"), "refused")
    assert "failed" not in told.getvalue()
