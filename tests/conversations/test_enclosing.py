"""A picture or a document that goes with an announcement: sent along, changed, described, left out, put right."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot import i18n
from bot.channels.telegram.text import parts
from bot.letters.announcing.announcements import announcement
from bot.media import BESIDE_MEDIA
from bot.message import Attached, Command, Content, Media, Odd
from bot.models import Enclosure, Envelope
from bot.services.announcing import enclosures
from tests.announcements import looks, sees
from tests.neighbours import neighbours
from tests.town import Person, Town

CLOSED = "The hall is closed on Friday."
POSTER = Media("photo", {"telegram:1": "poster"}, size=90_000)
PLAN = Media("document", {"telegram:1": "plan"}, "plan.pdf", 120_000, "application/pdf")
ROOM = "A text with a picture or a document can have "


def below(media: Media, words: str) -> Attached:
    """The file, with a command and its words below."""
    name, _, rest = words.removeprefix("/").partition(" ")
    return Attached(media, words, Command(name, rest))


def media_of(person: Person) -> list[Media]:
    return [one.media for one in person.screen.messages.values() if one.media is not None]


async def test_one_picture_with_the_command_below_it_and_one_tap_tell_everyone(town: Town) -> None:
    (alice,) = await neighbours(town, 1)
    olga = await town.organiser()
    await olga.does(below(POSTER, f"/announce {CLOSED}"))
    assert "With the picture that you sent." in olga.latest
    assert CLOSED in olga.latest
    assert "[Leave the picture out]" in olga.latest
    await olga.taps("Send")
    await town.quiet()
    assert alice.latest.startswith(f"Elm Park tells you:\n\n{CLOSED}")
    (got,) = media_of(alice)
    assert (got.kind, got.files, got.type) == ("photo", POSTER.files, "image/jpeg")
    assert got.key is not None
    assert len(got.key) >= 32
    assert media_of(olga) == [got], "everyone gets the same"


async def test_a_picture_may_come_with_the_words_before_them_or_after_them(town: Town) -> None:
    olga = await town.organiser()
    for steps in (
        (Attached(POSTER, CLOSED),),
        (Attached(POSTER), CLOSED),
        (CLOSED, Attached(POSTER)),
        (Attached(PLAN, CLOSED), Attached(POSTER)),
    ):
        await olga.says("/announce")
        for step in steps:
            await (olga.says(step) if isinstance(step, str) else olga.does(step))
        assert "With the picture that you sent." in olga.latest
        assert f"Elm Park tells you:\n\n{CLOSED}" in olga.latest
        assert "Please tap one of the buttons." not in olga.latest
        await olga.taps("Cancel")


async def test_a_picture_alone_is_kept_until_its_words_come(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/announce")
    await olga.does(Attached(POSTER))
    assert "I have the picture. Now write the words that go with it." in olga.latest
    await olga.does(Attached(PLAN))
    assert "I have the document. Now write the words that go with it." in olga.latest


async def test_the_picture_stays_while_the_text_changes_and_goes_when_it_is_left_out(town: Town) -> None:
    (alice,) = await neighbours(town, 1)
    olga = await town.organiser()
    await olga.does(below(POSTER, "/announce Closd."))
    await olga.taps("Edit")
    await olga.says(CLOSED)
    await olga.taps("Add it in polski")
    await olga.says("Sala jest zamknięta.")
    assert "With the picture that you sent." in olga.latest
    await olga.taps("Leave the picture out")
    assert "picture" not in olga.latest
    await olga.taps("Send")
    assert alice.sees(CLOSED)
    assert media_of(alice) == []


async def test_each_language_has_its_text_and_all_have_the_one_picture(town: Town) -> None:
    (anna,) = await neighbours(town, 1, language="pl")
    (alice,) = await neighbours(town, 1)
    olga = await town.organiser()
    await olga.says(f"/announce {CLOSED}")
    await olga.taps("Add it in polski")
    await olga.does(Attached(POSTER, "Sala jest zamknięta."))
    await olga.taps("Send")
    assert "Sala jest zamknięta." in anna.latest
    assert CLOSED in alice.latest
    assert media_of(anna) == media_of(alice) != []


async def test_a_picture_can_be_described_for_people_who_cannot_see_it(town: Town) -> None:
    (alice,) = await neighbours(town, 1)
    olga = await town.organiser()
    await olga.does(below(POSTER, f"/announce {CLOSED}"))
    await olga.taps("Describe the picture")
    await olga.says("x" * 301)
    assert "That has 301 letters. Please make it 300 or fewer." in olga.latest
    await olga.says("The hall,\nits door shut")
    assert "With the picture that you sent. It shows: The hall, its door shut" in olga.latest
    await olga.taps("Send")
    assert [media.about for media in media_of(alice)] == ["The hall, its door shut"]


REFUSED: tuple[tuple[Content, str], ...] = (
    (Odd("video"), "That cannot go with an announcement. One picture or one document can."),
    (Odd("sticker"), "That cannot go with an announcement."),
    (Odd("voice"), "That cannot go with an announcement."),
    (Odd("album"), "Those were several at once."),
    (Odd("forwarded"), "Please send the picture or the document itself."),
    (Attached(Media("document", {}, "run.exe", 10, "application/pdf")), "a file of this kind"),
    (Attached(Media("document", {}, "page.pdf.html", 10)), "a file of this kind"),
    (Attached(Media("document", {}, "film.pdf", 21 * 1024 * 1024)), "larger than 20 megabytes"),
)


async def test_what_cannot_go_along_is_refused_and_nothing_of_the_draft_is_lost(town: Town) -> None:
    olga = await town.organiser()
    await olga.does(below(PLAN, f"/announce {CLOSED}"))
    for what, said in REFUSED:
        await olga.does(what)
        assert said in olga.latest
        assert "With this document: plan.pdf" in olga.latest
        assert f"Elm Park tells you:\n\n{CLOSED}" in olga.latest
        assert "[Send]" in olga.latest


async def test_words_below_what_cannot_go_along_need_not_be_written_again(town: Town) -> None:
    olga = await town.organiser()
    await olga.does(Odd("album", Command("announce", CLOSED)))
    assert olga.sees("One picture or one document can")
    assert f"Elm Park tells you:\n\n{CLOSED}" in olga.latest


async def test_a_text_too_long_to_stand_beside_a_picture_is_said_before_it_goes(town: Town) -> None:
    olga = await town.organiser()
    room = enclosures.room(await town.community())
    await olga.says("/announce")
    await olga.does(Attached(POSTER, "x" * (room + 1)))
    assert f"{ROOM}{room} letters; this one has {room + 1}." in olga.latest
    await olga.says("x" * 3000)
    assert f"{ROOM}{room} letters; this one has 3000." in olga.latest
    await olga.says("x" * room)
    assert "With the picture that you sent." in olga.latest
    await olga.taps("Leave the picture out")
    await olga.taps("Edit")
    await olga.says("y" * (room + 1))
    await olga.does(Attached(POSTER))
    assert f"{ROOM}{room} letters, and yours is longer." in olga.latest
    assert "y" * (room + 1) in olga.latest, "the text is still there"


async def test_the_room_beside_a_picture_is_what_telegram_takes_below_it_in_every_language(
    town: Town,
) -> None:
    community = await town.community()
    room = enclosures.room(community)
    for more, fits in ((0, True), (1, False)):
        texts = {"en": "🌻" + "x" * (room - 2 + more)}
        pieces = [
            parts(
                announcement(community, texts, "en", i18n.tongue(code), correction=again).text,
                BESIDE_MEDIA,
            )
            for code in i18n.available()
            for again in (False, True)
        ]
        assert all(len(each) == 1 for each in pieces) == fits


async def test_what_came_in_the_middle_of_something_else_is_not_lost(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll")
    await olga.does(below(POSTER, f"/announce {CLOSED}"))
    assert "We are in the middle of something." in olga.latest
    await olga.taps("Leave it")
    assert "With the picture that you sent." in olga.latest
    assert CLOSED in olga.latest


async def test_a_picture_where_none_is_asked_for_is_no_answer(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/poll")
    await olga.does(Attached(POSTER, "Shall we?"))
    assert "I cannot use that as an answer here." in olga.latest
    await olga.says("/cancel")
    await olga.does(Attached(POSTER, "/poll Shall we? | Yes | No", Command("poll", "Shall we? | Yes | No")))
    assert olga.sees("send it again with /announce and your words below it")
    bob = town.stranger("Bob")
    await bob.does(Attached(POSTER))
    assert bob.sees("Where is it?")
    assert not bob.sees("/announce")
    await bob.does(Attached(Media("document", {"paper": "x"}, type="application/pdf")))
    assert bob.sees("Please send a photo of it.")


async def test_a_correction_keeps_the_picture_or_takes_another(town: Town) -> None:
    (alice,) = await neighbours(town, 1)
    olga = await town.organiser()
    await olga.does(below(POSTER, f"/announce {CLOSED}"))
    await olga.taps("Send")
    await sees(olga, "2 of 2 people have it.")
    for reply, files in (("It is open.", POSTER.files), (Attached(PLAN, "It is open."), PLAN.files)):
        await olga.taps("Correct it")
        assert "Now write the words that go with it." in olga.latest
        await (olga.says(reply) if isinstance(reply, str) else olga.does(reply))
        await olga.taps("Send")
        await looks(town)
        await sees(olga, "2 of 2 people have it.")
        assert "A correction from Elm Park." in alice.latest
        assert media_of(alice)[-1].files == files
    keys = [media.key for media in media_of(alice)]
    assert keys[0] == keys[1] != keys[2]
    await olga.taps("Correct it")
    await olga.says("It is open.")
    await olga.taps("Send")
    assert olga.sees("That is what it says already.")


async def test_who_joins_within_the_hour_gets_the_picture_too_and_later_it_is_forgotten(town: Town) -> None:
    olga = await town.organiser()
    await olga.does(below(POSTER, f"/announce {CLOSED}"))
    await olga.taps("Send")
    alice = await town.member("Alice")
    await sees(alice, CLOSED)
    assert [media.files for media in media_of(alice)] == [POSTER.files]
    await town.passes(days=32)
    assert await kept(town) == 1
    await town.passes(days=2)
    assert await kept(town) == 0


async def kept(town: Town) -> int:
    async with town.folkmoot.database.reading() as session:
        return len((await session.scalars(select(Enclosure))).all())


async def test_a_plain_answer_carries_nothing_about_pictures(town: Town) -> None:
    stored: list[dict[str, Any]] = []

    async def look(_: object) -> None:
        async with town.folkmoot.database.reading() as session:
            stored.extend(await session.scalars(select(Envelope.body).where(Envelope.body.is_not(None))))

    town.paper.fail = look
    await (await town.organiser()).says(f"/announce {CLOSED}")
    assert stored
    assert all(sorted(body) == ["rows", "text", "wants_place"] for body in stored)


@pytest.mark.parametrize(
    ("given", "name", "kind"),
    [
        ("plan.PDF", "plan.PDF", "application/pdf"),
        ("../../etc/plan.pdf", "plan.pdf", "application/pdf"),
        ("C:\\Papers\\minutes.docx", "minutes.docx", enclosures.TYPES["docx"]),
        ("x" * 200 + ".pdf", "x" * 96 + ".pdf", "application/pdf"),
        (None, "document.pdf", "application/pdf"),
    ],
)
def test_a_document_has_a_name_that_is_safe_to_save(given: str | None, name: str, kind: str) -> None:
    kept = enclosures.proper(Media("document", {}, given, 10, "application/pdf"))
    assert (kept.name, kept.type) == (name, kind)
