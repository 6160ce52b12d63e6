"""An announcement under way: followed in one message, paused, stopped, corrected, and joined in the middle."""

from __future__ import annotations

import asyncio
import time

from sqlalchemy import select
from sqlalchemy.engine import URL

from bot.errors import AddressClosed, RetryLater, Undeliverable
from bot.message import Command, Parcel, Tap
from bot.models import Broadcast, Envelope, Following
from bot.outbox import Lane
from tests.announcements import (
    CLOSED,
    Slow,
    announced,
    deeds,
    does,
    how_many_have,
    looks,
    sees,
    taps,
    written_down,
)
from tests.neighbours import neighbours
from tests.town import PATIENCE, Town, a_town


async def test_it_is_paused_in_the_middle_and_gone_on_with(town: Town) -> None:
    people = await neighbours(town, 5)
    olga = await town.organiser()
    wire = Slow(town, takes=2)
    await announced(olga)
    await sees(olga, "It is on its way.\n\n3 of 6 people have it.\n3 people still wait for it.")
    await taps(olga, "Pause")
    assert olga.sees("Paused. Nobody gets it until you tap “Go on”.")
    wire.takes = 100
    for _ in range(5):
        await looks(town)
    await written_down(town)
    assert how_many_have(people, CLOSED) == 2
    await taps(olga, "Go on")
    await sees(olga, "Done.\n\n6 of 6 people have it.")
    assert [person.text.count(CLOSED) for person in people] == [1] * 5
    assert olga.text.count("Announcement in Elm Park") == 1
    assert await deeds(town) == ["send", "hold", "release"]


async def test_it_is_stopped_with_a_second_tap(town: Town) -> None:
    people = await neighbours(town, 5)
    olga = await town.organiser()
    wire = Slow(town, takes=2)
    await announced(olga)
    await sees(olga, "3 of 6 people have it.")
    await taps(olga, "Stop")
    assert olga.sees("Stop it? Whoever has not got it yet will not get it.")
    await taps(olga, "Do not stop it")
    assert not olga.sees("Stop it?")
    await taps(olga, "Stop")
    await looks(town)
    assert olga.sees("Stop it?")
    await taps(olga, "Yes, stop it")
    wire.takes = 100
    await sees(olga, "Stopped.\n\n3 of 6 people have it.\n3 people did not get it: it was stopped before.")
    assert how_many_have(people, CLOSED) == 2
    assert "[Pause]" not in olga.text
    assert await deeds(town) == ["send", "stop"]


async def test_a_second_tap_on_pause_or_one_that_comes_too_late_changes_nothing(town: Town) -> None:
    olga = await town.organiser()
    Slow(town)
    await announced(olga)
    pause, stop = olga.button("Pause"), olga.button("Stop")
    for _ in range(2):
        await does(olga, Tap(pause[1], query="q"), pause[0])
    await taps(olga, "Stop")
    await taps(olga, "Yes, stop it")
    for late in (pause, stop):
        await does(olga, Tap(late[1], query="q"), late[0])
    assert olga.sees("Stopped.")
    assert not olga.sees("Stop it?")
    assert await deeds(town) == ["send", "hold", "stop"]


async def test_whoever_joins_in_the_middle_or_soon_after_gets_it_once(town: Town) -> None:
    await neighbours(town, 2)
    olga = await town.organiser()
    wire = Slow(town, takes=1)
    await announced(olga)
    middle = town.stranger("Middle")
    await does(middle, Command("start", "elm-park"))
    await taps(middle, "Join")
    await sees(olga, "2 of 4 people have it.\n2 people still wait for it.")
    await taps(olga, "Pause")
    await written_down(town)
    wire.takes = 100
    await taps(olga, "Go on")
    await sees(olga, "4 of 4 people have it.\nWhoever joins before Monday 23 November, 11:00 gets it too.")
    await looks(town, minutes=20)
    soon = await town.member("Soon")
    await sees(olga, "5 of 5 people have it.")
    assert (middle.text.count(CLOSED), soon.text.count(CLOSED)) == (1, 1)
    await looks(town, hours=1)
    late = await town.member("Late")
    await looks(town)
    assert not late.sees(CLOSED)
    assert olga.sees("Done.\n\n5 of 5 people have it.")
    assert not olga.sees("Whoever joins")


async def test_two_chats_that_became_one_person_do_not_get_it_twice(town: Town) -> None:
    olga = await town.organiser()
    await announced(olga)
    alice = await town.member("Alice")
    await sees(alice, CLOSED)
    elsewhere = town.stranger("Alice elsewhere")
    await elsewhere.says("/link")
    await alice.says("/link " + elsewhere.latest.split("/link ")[1].split()[0])
    await looks(town)
    assert not elsewhere.sees(CLOSED)
    await elsewhere.says("/link")
    await olga.says("/link " + elsewhere.latest.split("/link ")[1].split()[0])
    async with town.folkmoot.database.reading() as session:
        assert await session.scalar(select(Broadcast.sent_by)) is not None


async def test_why_somebody_did_not_get_it_is_told_in_plain_words(town: Town) -> None:
    people = [person.chat for person in await neighbours(town, 5)]
    olga = await town.organiser()
    fates = {
        people[0]: AddressClosed("403 Forbidden: bot was blocked by the user"),
        people[1]: AddressClosed("400 Bad Request: chat not found"),
        people[2]: Undeliverable("400 Bad Request: something new"),
        people[3]: RetryLater("the answer was lost", after=1, maybe_arrived=True),
    }

    async def fail(parcel: Parcel) -> None:
        if parcel.lane == Lane.BULK and parcel.chat in fates:
            raise fates[parcel.chat]

    town.paper.fail = fail
    await announced(olga)
    await sees(olga, "2 of 6 people have it.\n2 people did not get it: they have closed their chat with me.")
    assert olga.sees("1 person did not get it: the messenger did not take it.")
    assert olga.sees("1 person may not have it: the messenger gave no answer.")


async def test_what_is_paused_and_forgotten_is_stopped(town: Town) -> None:
    await neighbours(town, 1)
    olga = await town.organiser()
    Slow(town)
    await announced(olga)
    await taps(olga, "Pause")
    await looks(town, days=3, seconds=5)
    await sees(olga, "Stopped.")
    await looks(town)
    assert await deeds(town) == ["send", "hold", "stop"]
    async with town.folkmoot.database.reading() as session:
        assert (await session.scalars(select(Broadcast.done_at))).one() is not None
        assert (await session.scalars(select(Following))).all() == []


async def test_the_message_is_edited_only_when_something_has_changed(town: Town) -> None:
    olga = await town.organiser()
    await announced(olga)
    await sees(olga, "1 of 1 person has it.")
    for _ in range(4):
        await looks(town)
    edits = [str(parcel.message.text) for parcel in town.paper.delivered if parcel.action == "edit"]
    assert len(edits) == 2, edits


async def test_one_edit_at_a_time_is_on_its_way_and_the_last_state_arrives(town: Town) -> None:
    await neighbours(town, 2)
    olga, otto = await town.organiser(), await town.organiser("Otto")
    slow, may_go = Slow(town), asyncio.Event()
    await announced(olga)
    pause = olga.button("Pause")[1]
    edits: list[str] = []

    async def olga_waits(parcel: Parcel) -> None:
        await slow(parcel)
        if parcel.chat == "Olga" and parcel.action == "edit":
            edits.append(str(parcel.message.text))
            await may_go.wait()

    town.paper.fail = olga_waits
    for payload in (pause, pause.replace("bh", "bg"), pause, pause.replace("bh", "bg")):
        await town.folkmoot.dispatcher.submit(otto.incoming(Tap(payload)))
        for entry in town.folkmoot.jobs.entries:
            await town.folkmoot.jobs.run(entry)
    async with town.folkmoot.database.reading() as session:
        unsent = select(Envelope.id).where(Envelope.once_key.like("following:%"), Envelope.done_at.is_(None))
        assert len((await session.scalars(unsent)).all()) == 1
    may_go.set()
    deadline = time.monotonic() + PATIENCE
    while len(edits) < 2 and time.monotonic() < deadline:
        await looks(town)
    assert ["Paused." in edit for edit in edits] == [True, False]
    assert olga.sees("It is on its way.")


async def test_two_organisers_can_follow_and_lead_the_same_one(town: Town) -> None:
    await neighbours(town, 3)
    olga, otto = await town.organiser(), await town.organiser("Otto")
    wire = Slow(town, takes=2)
    await announced(olga)
    await does(otto, Command("announcements"))
    await taps(otto, "The hall is closed")
    await taps(otto, "Pause")
    await sees(olga, "Paused.")
    await written_down(town)
    wire.takes = 100
    await taps(olga, "Go on")
    for organiser in (olga, otto):
        await sees(organiser, "Done.\n\n5 of 5 people have it.")


async def test_who_organises_no_more_follows_no_more(town: Town) -> None:
    await neighbours(town, 1)
    olga = await town.organiser()
    await town.organiser("Otto")
    wire = Slow(town)
    await announced(olga)
    await does(olga, Command("me"))
    await taps(olga, "Leave Elm Park")
    await taps(olga, "Yes, leave")
    wire.takes = 100
    for _ in range(3):
        await looks(town)
    assert olga.sees("0 of 3 people have it.")
    async with town.folkmoot.database.reading() as session:
        assert (await session.scalars(select(Following))).all() == []


async def test_a_restart_in_the_middle_loses_nothing_and_sends_nothing_twice(database_url: URL) -> None:
    url = database_url.render_as_string(hide_password=False)
    async with a_town(url) as before:
        people = await neighbours(before, 4)
        olga = await before.organiser()
        Slow(before, takes=2)
        await announced(olga)
        await sees(olga, "3 of 5 people have it.")
    async with a_town(url, before) as after:
        olga = after.stranger("Olga")
        await sees(olga, "Done.\n\n5 of 5 people have it.")
        assert olga.text.count("Announcement in Elm Park") == 1
        assert [after.stranger(person.name).text.count(CLOSED) for person in people] == [1] * 4
