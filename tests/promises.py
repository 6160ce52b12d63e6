"""Polls that were answered, have closed, and of which something is promised: what tests of promises begin with."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.town import Person, Town

TELL = "wait to hear what comes of it"
PROMISED = "This was promised in Elm Park."


async def an_answered_poll(town: Town, olga: Person, *voters: str) -> list[Person]:
    """A poll that these people answered, and that has closed on Thursday 26 November at 10:00."""
    poll = await town.poll("Keep the market?", "Yes", "No", by=olga)
    people = []
    for name in voters or ("Alice",):
        people.append(town.stranger(name))
        await people[-1].opens(poll.code)
        await people[-1].taps("Yes")
    await town.passes(days=3)
    return people


async def promised(town: Town, olga: Person, day: str = "5 December") -> list[Person]:
    """The same, with an outcome that is promised for a day."""
    people = await an_answered_poll(town, olga)
    await olga.taps("Tell them")
    await olga.says("The stalls come back.")
    await olga.taps("the council")
    await olga.says(day)
    await olga.taps("Send")
    return people


async def at(town: Town, *when: int) -> None:
    """Time goes by until this moment in UTC, which is what clocks show in Elm Park in winter."""
    moment = datetime(*when, tzinfo=UTC)  # type: ignore[arg-type, misc]
    assert moment > town.clock()
    town.clock.pass_by(moment - town.clock())
    await reminds(town)


async def reminds(town: Town) -> None:
    """The clock looks at what is owed."""
    for entry in town.folkmoot.jobs.entries:
        if entry.name in ("close polls", "remind of promises"):
            await town.folkmoot.jobs.run(entry)
    await town.quiet()


async def answers(olga: Person, *said: str) -> None:
    """The organiser tells what comes of a poll: what was decided, and who decided it; there is nothing more to do."""
    await olga.taps("Tell them")
    for words in said:
        await olga.says(words)
    await olga.taps("There is nothing more to do")
    await olga.taps("Send")
