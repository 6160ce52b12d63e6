"""Telling a whole community something: in one line or step by step, in several languages, previewed and sent once."""

from __future__ import annotations

from sqlalchemy import func, select

from bot.message import Blocked, Tap
from bot.models import Broadcast, Deed, Letter
from bot.services.announcing.announcements import TEXT_LIMIT
from tests.neighbours import neighbours
from tests.town import Person, Town

CLOSED = "The hall is closed on Friday."


async def announcements(town: Town) -> int:
    async with town.folkmoot.database.reading() as session:
        return await session.scalar(select(func.count()).select_from(Broadcast)) or 0


async def deeds(town: Town) -> list[str]:
    """What organisers did to announcements, in order."""
    async with town.folkmoot.database.reading() as session:
        acts = await session.scalars(select(Deed.act).order_by(Deed.id))
        return [act.removeprefix("announcement.") for act in acts if act.startswith("announcement.")]


async def test_one_line_and_one_tap_tell_everyone(town: Town) -> None:
    (alice,) = await neighbours(town, 1)
    olga = await town.organiser()
    await olga.says(f"/announce {CLOSED}")
    assert olga.latest.startswith("This is how people will see it:\n\nElm Park tells you:\n\n" + CLOSED)
    assert "You get this because you are in Elm Park." in olga.latest
    assert "It goes to 2 people in Elm Park.\nIt reaches everyone at once." in olga.latest
    assert "[Send] [Edit]" in olga.latest
    assert not alice.sees(CLOSED)
    await olga.taps("Send")
    assert alice.latest == (
        f"Elm Park tells you:\n\n{CLOSED}\n\nYou get this because you are in Elm Park. You can leave it with /me."
    )
    await town.passes(seconds=5)
    assert olga.sees("Done.\n\n2 of 2 people have it.")
    assert await deeds(town) == ["send"]


async def test_step_by_step_with_back_edit_and_cancel(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/announce")
    assert "What would you like to tell everyone in Elm Park?" in olga.latest
    await olga.says("The hal is closed.")
    await olga.taps("Edit")
    assert "What would you like to tell everyone in Elm Park?" in olga.latest
    await olga.says(CLOSED)
    await olga.taps("Back")
    await olga.says("Nothing at all.")
    await olga.taps("Cancel")
    assert olga.sees("Nothing was sent.")
    assert await announcements(town) == 0


async def test_everyone_reads_their_own_version_and_all_others_the_first_one(town: Town) -> None:
    readers = {code: (await neighbours(town, 1, language=code))[0] for code in ("en", "pl", "ur")}
    olga = await town.organiser()
    await olga.says(f"/announce {CLOSED}")
    await olga.taps("Add it in polski")
    await olga.says("Sala jest w piątek zamknięta.")
    assert "— English and all other languages —\n\nElm Park tells you:" in olga.latest
    assert "— polski —\n\n" in olga.latest
    await olga.taps("Send")
    assert "Sala jest w piątek zamknięta." in readers["pl"].latest
    assert CLOSED not in readers["pl"].latest
    assert CLOSED in readers["en"].latest
    assert CLOSED in readers["ur"].latest
    assert "Elm Park tells you:" not in readers["ur"].latest


async def test_a_version_can_be_changed_and_left_out_again(town: Town) -> None:
    olga = await town.organiser()
    await olga.says(f"/announce {CLOSED}")
    await olga.taps("Add it in polski")
    await olga.says("Sala.")
    await olga.taps("Add it in Cymraeg")
    await olga.says("Y neuadd.")
    await olga.taps("Edit")
    assert "Which text would you like to change?" in olga.latest
    await olga.taps("polski")
    await olga.says("Sala zamknięta.")
    assert "Sala zamknięta." in olga.latest
    await olga.taps("Edit")
    await olga.taps("Cymraeg")
    await olga.taps("Leave this language out")
    assert "Y neuadd." not in olga.latest
    assert "[Add it in Cymraeg]" in olga.latest
    await olga.taps("Send")
    async with town.folkmoot.database.reading() as session:
        broadcast = (await session.scalars(select(Broadcast))).one()
    assert (broadcast.language, broadcast.texts) == ("en", {"en": CLOSED, "pl": "Sala zamknięta."})


async def test_who_gets_it_and_who_does_not_is_told_before(town: Town) -> None:
    bob, _ = await neighbours(town, 2)
    await neighbours(town, 1, reachable=False)
    olga = await town.organiser()
    await bob.does(Blocked())
    await olga.says(f"/announce {CLOSED}")
    assert "It goes to 2 people in Elm Park." in olga.latest
    assert "1 person will not get it: they have closed their chat with me." in olga.latest
    assert "1 person will not get it: I know no way to write to them." in olga.latest
    await olga.taps("Send")
    await town.passes(seconds=5)
    assert olga.sees("2 of 2 people have it.")
    assert not bob.sees(CLOSED)


async def test_how_long_it_takes_is_told_before(town: Town) -> None:
    await neighbours(town, 1)
    olga = await town.organiser()
    for speed, said in (
        (2.0, "It reaches everyone at once."),
        (0.1, "It reaches everyone in less than a minute."),
        (1 / 120, "It reaches everyone in about 4 minutes."),
        (1 / 3600, "It reaches everyone in about 2 hours."),
    ):
        town.folkmoot.speeds["paper"] = speed
        await olga.says(f"/announce {CLOSED}")
        assert said in olga.latest
        await olga.says("/cancel")


async def test_a_double_tap_on_send_sends_once(town: Town) -> None:
    (alice,) = await neighbours(town, 1)
    olga = await town.organiser()
    await olga.says(f"/announce {CLOSED}")
    name, payload = olga.button("Send")
    await olga.taps("Send")
    await olga.does(Tap(payload, query="q"), message=name)
    assert alice.text.count(CLOSED) == 1
    assert await announcements(town) == 1


async def test_whoever_types_send_can_follow_it_too(town: Town) -> None:
    olga = await town.organiser()
    await olga.says(f"/announce {CLOSED}")
    await olga.says("send")
    await town.passes(seconds=5)
    assert olga.text.count("Announcement in Elm Park") == 1
    assert olga.sees("1 of 1 person has it.")


async def test_who_is_no_organiser_can_announce_nothing(town: Town) -> None:
    (alice,) = await neighbours(town, 1)
    await alice.says(f"/announce {CLOSED}")
    assert "Only organisers can make an announcement." in alice.latest
    await alice.says("/announcements")
    assert "Only organisers can see how announcements stand." in alice.latest


async def test_who_organises_several_communities_is_asked_which(town: Town) -> None:
    (alice,) = await neighbours(town, 1)
    bob = await town.member("Bob", "far-away")
    olga = await town.organiser()
    await olga.opens(await town.invitation("organiser", "far-away"))
    await olga.says(f"/announce {CLOSED}")
    assert "For which community?" in olga.latest
    await olga.taps("Far Away")
    await olga.taps("Send")
    assert "Far Away tells you:" in bob.latest
    assert not alice.sees(CLOSED)


async def test_losing_the_role_before_send_sends_nothing(town: Town) -> None:
    olga = await town.organiser()
    await town.organiser("Otto")
    await olga.says(f"/announce {CLOSED}")
    name, payload = olga.button("Send")
    await olga.says("/me")
    await olga.taps("Leave it")
    await olga.taps("Leave Elm Park")
    await olga.taps("Yes, leave")
    await olga.does(Tap(payload, query="q"), message=name)
    assert await announcements(town) == 0


async def test_a_made_up_button_tells_and_does_nothing(town: Town) -> None:
    (mallory,) = await neighbours(town, 1)
    olga = await town.organiser()
    await announced(olga)
    async with town.folkmoot.database.reading() as session:
        number = await session.scalar(select(Broadcast.id))
    for act in ("b:{}", "bh:{}", "bg:{}", "bs:{}:0", "bs:{}:1", "bc:{}"):
        mallory.screen.messages.clear()
        await mallory.does(Tap(act.format(number)))
        assert "Only organisers of this community can do that." in mallory.latest
        await mallory.does(Tap(act.format(999)))
        assert "I do not know this announcement." in mallory.latest
        assert not mallory.sees("people have it")
    assert await deeds(town) == ["send"]


async def announced(organiser: Person, text: str = CLOSED) -> None:
    await organiser.says(f"/announce {text}")
    await organiser.taps("Send")


async def test_a_text_that_is_too_long_is_refused_with_its_length_and_asked_again(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/announce " + "x" * (TEXT_LIMIT + 1))
    assert "The announcement has 2001 letters. Please make it 2000 or fewer." in olga.latest
    assert "What would you like to tell everyone in Elm Park?" in olga.latest
    await olga.says("🙂" * TEXT_LIMIT)
    await olga.taps("Send")
    assert await announcements(town) == 1


async def test_hostile_words_stay_words_and_links_stay_text(town: Town) -> None:
    (alice,) = await neighbours(town, 1)
    olga = await town.organiser()
    hostile = (
        '<a href="https://evil.example">x</a> <script>alert(1)</script> & {n} %s https://a.example/?x=1&y=2'
    )
    await announced(olga, hostile + "\u202e gnorts")
    (letter,) = [message for message in alice.screen.messages.values() if "evil" in message.text]
    assert "<a" not in letter.text
    assert "<script" not in letter.text
    assert "\u202e" not in letter.text
    assert hostile in str(letter.text.unescape())


async def test_lines_stay_lines_and_what_is_empty_is_not_sent(town: Town) -> None:
    (alice,) = await neighbours(town, 1)
    olga = await town.organiser()
    await announced(olga, "\n\nOn Friday:\n\n\n\n- no  hall\r\n- no café\n")
    assert "tells you:\n\nOn Friday:\n\n- no hall\n- no café\n\nYou get this" in alice.latest
    await olga.says("/announce")
    await olga.says("\u202e\n")
    assert "An announcement needs some words." in olga.latest


async def test_many_people_cost_one_statement_and_a_letter_for_each_language(town: Town) -> None:
    await neighbours(town, 50)
    olga = await town.organiser()
    await announced(olga)
    async with town.folkmoot.database.reading() as session:
        letters = (await session.scalars(select(Letter.language).order_by(Letter.language))).all()
    assert letters == ["cy", "en", "pl", "ur"]


async def test_announcements_are_listed_and_looked_at_again(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/announcements")
    assert "Nothing has been announced yet." in olga.latest
    await announced(olga)
    await announced(olga, "The café is open. " + "So come along. " * 9)
    await town.passes(days=5)
    await town.passes(days=5)
    await olga.says("/announcements")
    assert "[Monday 23 November: The café is open." in olga.latest
    await olga.taps("Monday 23 November: The hall")
    assert "Announcement in Elm Park, Monday 23 November, 10:00" in olga.latest
    assert "1 of 1 person has it." in olga.latest
    assert olga.sees("These are the newest announcements.")
    assert "Correct it" not in olga.latest
