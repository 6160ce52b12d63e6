"""What any channel must do, as far as a letter can: the row for e-mail. What it cannot is named, with its reason."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from markupsafe import escape
from sqlalchemy import func, select
from sqlalchemy.engine import URL

from bot import outbox
from bot.message import Media, Message
from bot.models import Address, Envelope, ServiceRequest, Team
from bot.outbox import Draft
from bot.services import files
from tests.channels import test_every_channel
from tests.channels.everywhere import sees
from tests.channels.letters_only import CANNOT, HOLDS, ByEmail, Letterbox, a_letterbox
from tests.conversations.test_reporting import reported
from tests.council import a_body
from tests.mails.test_letters import a_picture
from tests.town import PATIENCE

HOUR = timedelta(hours=1)
HOSTILE = "<i>\"Why\"</i> & 'how' <script>alert(1)</script> http://a.example/?x=1&y=2"


@pytest.fixture
async def box(database_url: URL, tmp_path: Path) -> AsyncIterator[Letterbox]:
    """A town with e-mail, on each database."""
    async with a_letterbox(database_url.render_as_string(hide_password=False), tmp_path) as opened:
        yield opened


async def put(box: Letterbox, to: ByEmail, *messages: Message) -> None:
    """Letters of our own to somebody."""
    now = box.town.clock()
    async with box.town.folkmoot.database.writing() as session:
        address = (await session.scalars(select(Address).where(Address.chat == to.email))).one()
        drafts = [Draft(address, one, f"{to.email}:{number}") for number, one in enumerate(messages)]
        await outbox.put(session, drafts, now=now)
    box.town.folkmoot.postmen["email"].wake()


def test_every_rule_of_channels_holds_in_letters_or_is_named_with_the_reason_why_not() -> None:
    rules = {name for name in vars(test_every_channel) if name.startswith("test_")}
    assert rules == CANNOT.keys() | HOLDS
    assert not CANNOT.keys() & HOLDS


async def test_an_announcement_arrives_once_as_it_was_written_and_its_organiser_sees_how_far_it_has_come(
    box: Letterbox,
) -> None:
    alice, olga = await box.member("alice"), await box.town.organiser()
    told = "The <b>hall</b> & the café are closed. See http://a.example/?x=1&y=2"
    await olga.says(f"/announce {told}")
    await olga.taps("Send")
    await sees(alice, f"Elm Park tells you: {told} You get this because you are in Elm Park.")
    async with asyncio.timeout(PATIENCE):
        while not olga.sees("2 of 2 people have it."):
            await box.town.passes(seconds=5)
    assert len(alice.letters) == 1
    assert "&lt;b&gt;hall&lt;/b&gt; &amp; the café" in alice.letters[0].html


async def test_hostile_words_stay_words(box: Letterbox) -> None:
    alice = await box.member("alice")
    poll = await box.town.poll(HOSTILE, "<script>", "ok")
    await sees(alice, HOSTILE)
    (letter,) = alice.letters
    assert "<script" not in letter.html
    assert "<i>" not in letter.html.partition("<body")[2]
    assert "\n" not in str(letter.mail["Subject"])
    page = await alice.looks(alice.link("<script>")[0])
    assert "<script" not in page
    assert "<i>" not in page
    assert "Counted. Thank you." in await alice.taps("<script>")
    assert await box.town.result(poll) == {"<script>": 1, "ok": 0}


async def test_somebody_asked_votes_two_taps_after_the_letter_and_changes_their_mind(box: Letterbox) -> None:
    alice = await box.member("alice")
    poll = await box.town.poll("Keep the market?", "Yes", "No")
    await sees(alice, "Keep the market?")
    for label, result in (("Yes", (1, 0)), ("No", (0, 1)), ("Yes", (1, 0))):
        assert "Counted. Thank you." in await alice.taps(label)
        assert await box.town.result(poll) == dict(zip(("Yes", "No"), result, strict=True))


async def test_a_result_reaches_everyone_who_voted(box: Letterbox) -> None:
    alice = await box.member("alice")
    await box.town.poll("Keep the market?", "Yes", "No")
    await sees(alice, "Keep the market?")
    await alice.taps("Yes")
    await box.town.passes(days=4)
    await sees(alice, "This is how it came out.")
    await sees(alice, "1 of 2 people asked took part.")


async def test_what_a_heading_may_not_hold_does_no_harm(box: Letterbox) -> None:
    alice = await box.member("alice")
    await put(box, alice, Message(escape("Bcc: all@evil.example"), subject="Bin\r\nBcc: all@evil.example"))
    await sees(alice, "Bcc: all@evil.example")
    assert alice.letters[0].mail["Bcc"] is None
    assert {one.to for one in box.hall.arrived} == {alice.email}


async def test_urdu_stands_from_right_to_left_with_what_is_written_the_other_way_inside(
    box: Letterbox,
) -> None:
    amna = await box.member("amna", "ur")
    olga = await box.town.organiser()
    await olga.says("/announce The hall (No. 7) is closed.")
    await olga.taps("Send")
    await sees(amna, "The hall (No. 7) is closed.")
    (letter,) = amna.letters
    assert '<html lang="ur" dir="rtl">' in letter.html
    assert letter.mail["Content-Language"] == "ur"


async def test_a_picture_travels_inside_and_a_document_behind_a_link(box: Letterbox) -> None:
    alice, now = await box.member("alice"), box.town.clock()
    sent: list[Media] = []
    async with box.town.folkmoot.database.writing() as session:
        for kind, name, media_type, content in (
            ("photo", "hall.jpg", "image/jpeg", a_picture()),
            ("document", "plan <1>.pdf", "application/pdf", b"%PDF-1.4"),
        ):
            sent.append(
                await files.keep(
                    session, content, kind=kind, name=name, media_type=media_type, subject="test",  # type: ignore[arg-type]
                    life=HOUR, now=now, about=f"The {kind}",
                )
            )  # fmt: skip
    await put(box, alice, *(Message(escape(f"See the {one.kind}."), media=one) for one in sent))
    await sees(alice, "See the document.")
    await sees(alice, "See the photo.")
    photo, document = sorted(alice.letters, key=lambda one: "document" in one.plain)
    inside = [part for part in photo.mail.walk() if part.get_content_type() == "image/jpeg"]
    assert len(inside) == 1
    assert isinstance(inside[0], EmailMessage)
    assert not [part for part in document.mail.walk() if part.get_content_type() == "application/pdf"]
    link = next(line for line in document.plain.splitlines() if "/e/" in line).split()[-1]
    async with alice.http.get("/e/" + link.partition("/e/")[2]) as page:
        assert (page.status, await page.read()) == (200, b"%PDF-1.4")


async def test_a_press_that_says_what_it_does_is_a_link_and_does_it_once(box: Letterbox) -> None:
    council = await a_body(box.town)
    async with box.town.folkmoot.database.writing() as session:
        (await session.get_one(Team, council.waste.id)).email = "waste@people.example"
    await box.town.tick()
    waste = await box.member("waste")
    alice = await box.town.member("Alice")
    made = await reported(box.town, alice)
    await sees(waste, "Take it:")
    for _ in range(2):
        await waste.taps("Take it")
    await box.town.quiet()
    assert alice.text.count("Somebody is looking after it.") == 1
    async with box.town.folkmoot.database.reading() as session:
        assert (await session.get_one(ServiceRequest, made.id)).officer_id is not None


async def test_what_is_edited_comes_as_a_new_letter_and_a_note_under_a_tap_not_at_all(box: Letterbox) -> None:
    alice, now = await box.member("alice"), box.town.clock()
    async with box.town.folkmoot.database.writing() as session:
        address = (await session.scalars(select(Address).where(Address.chat == alice.email))).one()
        for number, action in enumerate(("send", "edit", "toast", "edit", "send")):
            said = Message(escape(f"It is {action}."), only_in_place=number == 3, only_place=number == 4)
            draft = Draft(address, said, f"a:{number}", action=action, target=str(number))  # type: ignore[arg-type]
            await outbox.put(session, [draft], now=now)
    box.town.folkmoot.postmen["email"].wake()
    await sees(alice, "It is edit.")
    while True:
        async with box.town.folkmoot.database.reading() as session:
            owed = select(func.count()).select_from(Envelope).where(Envelope.done_at.is_(None))
            if not await session.scalar(owed):
                break
        await asyncio.sleep(0.01)
    assert "It is toast." not in await alice.screen()
    assert len(alice.letters) == 2
