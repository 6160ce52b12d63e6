"""Residents who read mails only: what they get of their reports can be read at a glance, and answered there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from markupsafe import Markup
from sqlalchemy import select, update
from sqlalchemy.engine import URL

from bot.channels.email.drawing import Heading, draw
from bot.i18n import tongue
from bot.message import Message
from bot.models import Address, Happening, Photo, ServiceRequest, Team
from bot.services import files
from bot.services.answering import casework
from tests.channels.everywhere import sees
from tests.channels.letters_only import ByEmail, Letterbox, a_letterbox
from tests.council import a_body
from tests.desk import Desk, a_desk, a_report, resident
from tests.mails.test_letters import a_picture

WORDS = "میں آپ کی رپورٹ کی تصویر نہیں پڑھ سکا: وہ خراب ہے یا بہت بڑی ہے۔ باقی سب کچھ ذمہ داروں کے پاس ہے۔"


def heading(thread: str | None = None) -> Heading:
    return Heading(
        sender="reports@town.example",
        to="alice@people.example",
        name="<a.b@town.example>",
        thread=thread,
        subject=None,
        root=None,
        answers_to="reports+x@town.example",
        date=datetime(2026, 11, 23, 10, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "words", [WORDS, "Mae’r llun wedi’i dorri, " * 6, "This report was handed over, " * 5]
)
def test_a_subject_keeps_every_space_however_it_is_folded(words: str) -> None:
    for start in range(40):
        told = words[start : start + 110].strip()
        mail = draw(Message(Markup("x"), subject=told), heading(), [], None, tongue("en"))
        read = message_from_bytes(bytes(mail), policy=policy.default)
        assert read["Subject"] == " ".join(told.split())
        assert all(len(line) <= 78 for line in bytes(mail).split(b"\r\n\r\n")[0].splitlines())


def test_a_heading_is_not_said_twice() -> None:
    text = Markup("There is news of this report:\n\n<b>Bins, Elm Road</b>\nEP1042")
    mail = draw(Message(text, subject="Bins, Elm Road [EP1042]"), heading(), [], None, tongue("en"))
    body = mail.get_body(("html",))
    assert body is not None
    page = body.get_content()
    assert page.count("There is news of this report:") == 1
    assert ">There is news of this report:</h1>" in page


def test_nobody_is_invited_to_answer_what_nobody_could_tell_the_report_of() -> None:
    for thread, invited in (("EP-1042", True), (None, False)):
        mail = draw(Message(Markup("Hello.\n\nThere.")), heading(thread), [], None, tongue("en"))
        for kind in ("plain", "html"):
            body = mail.get_body((kind,))
            assert body is not None
            assert ("You can answer this e-mail" in body.get_content()) is invited
            assert ("Please write above this line." in body.get_content()) is invited


@pytest.fixture
async def box(database_url: URL, tmp_path: Path) -> AsyncIterator[Letterbox]:
    """A town with e-mail, on each database."""
    async with a_letterbox(database_url.render_as_string(hide_password=False), tmp_path) as opened:
        yield opened


async def a_reader(box: Letterbox) -> tuple[Desk, ServiceRequest, ByEmail]:
    """Alice has reported a full bin, and reads mails from now on."""
    desk = await a_desk(box.town)
    made = await desk.report()
    who = await resident(box.town, desk.alice)
    reader = await box.member("alice")
    async with box.town.folkmoot.database.writing() as session:
        await session.execute(update(Address).where(Address.resident_id == who.id).values(preferred=False))
        of_mail = update(Address).where(Address.chat == reader.email)
        await session.execute(of_mail.values(resident_id=who.id, preferred=True))
    return desk, made, reader


async def said(box: Letterbox, event: str) -> list[str | None]:
    """The words of what happened to reports."""
    async with box.town.folkmoot.database.reading() as session:
        return list(await session.scalars(select(Happening.words).where(Happening.event == event)))


async def test_a_question_of_those_in_charge_is_answered_on_the_page(box: Letterbox) -> None:
    desk, made, alice = await a_reader(box)
    ann = await resident(box.town, desk.ann)
    async with box.town.folkmoot.database.writing() as session:
        await casework.ask(session, made.id, "Which side?", by=ann, now=box.town.clock())
    await sees(alice, "Which side?")
    (letter,) = alice.letters
    assert letter.mail["Subject"] == f"Bins, Elm Road [{made.service_request_id}]"
    assert "Please write some words first." in await alice.taps("Answer the question", words=" ")
    told = await alice.taps("Answer the question", words="The <b>left</b> one.")
    assert "Those in charge have your answer now, and the days go on." in told
    assert await said(box, "replied") == ["The <b>left</b> one."]
    assert len(alice.letters) == 1, "the page has said it"


@pytest.mark.parametrize(
    ("label", "told", "status"),
    [
        ("Yes, it is fixed", "I have written down that it is fixed.", "fixed"),
        ("No", "It is open again, at the same desk", "confirmed"),
        ("I do not know", "I have written that down.", "fixed"),
    ],
)
async def test_whether_it_is_fixed_is_said_with_one_button(
    box: Letterbox, label: str, told: str, status: str
) -> None:
    desk, made, alice = await a_reader(box)
    ann = await resident(box.town, desk.ann)
    async with box.town.folkmoot.database.writing() as session:
        await casework.move(session, made.id, "fixed", words="Done.", by=ann, now=box.town.clock())
    await sees(alice, "Done.")
    await box.town.passes(days=29)
    await sees(alice, "Is it?")
    before = len(alice.letters)
    assert told in await alice.taps(label)
    await box.town.quiet()
    assert (await desk.fresh(made)).status == status
    assert not [one for one in alice.letters[before:] if "What do you see there now?" in one.plain]


async def test_what_is_back_is_opened_again_with_what_is_to_be_seen(box: Letterbox) -> None:
    desk, made, alice = await a_reader(box)
    ann = await resident(box.town, desk.ann)
    async with box.town.folkmoot.database.writing() as session:
        await casework.move(session, made.id, "fixed", words="Done.", by=ann, now=box.town.clock())
    await sees(alice, "Done.")
    told = await alice.taps("It is back", words="It is full once more.")
    assert "It is open again, at the same desk." in told
    assert (await desk.fresh(made)).status == "confirmed"


async def test_where_nothing_can_be_asked_the_number_to_call_is_told_and_names_stay_inside(
    box: Letterbox,
) -> None:
    desk, made, alice = await a_reader(box)
    ann = await resident(box.town, desk.ann)
    async with box.town.folkmoot.database.writing() as session:
        await casework.move(session, made.id, "fixed", words="Done.", by=ann, now=box.town.clock())
    await sees(alice, "Done.")
    words = "Mr Baker put ash into it and now the bin is on fire."
    told = await alice.taps("It is back", words=words)
    assert "Please call 112 now: Fire." in told
    assert "It is open again, at the same desk." in told
    assert not any("Baker" in (told or "") for told in await said(box, "moved"))
    assert await said(box, "added") == [words], "only those in charge read what was added"


async def test_a_letter_to_a_team_has_the_photo_that_came_a_moment_ago(box: Letterbox) -> None:
    council, now = await a_body(box.town), box.town.clock()
    async with box.town.folkmoot.database.writing() as session:
        (await session.get_one(Team, council.waste.id)).email = "waste@people.example"
    await box.town.tick()
    waste = await box.member("waste")
    kept = await box.town.folkmoot.intake.keep(a_picture())
    async with box.town.folkmoot.database.writing() as session:
        about = {"kind": "photo", "name": "bin.jpg", "media_type": "image/jpeg", "size": kept.size}
        media = await files.keep_stored(
            session,
            kept.stored,
            subject="web",
            life=timedelta(days=1),
            now=now,
            **about,  # type: ignore[arg-type]
        )
    alice = await box.town.member("Alice")
    await a_report(box.town, alice, media=[media])
    await sees(waste, "A new report for your team:")
    (letter,) = waste.letters
    assert [part for part in letter.mail.walk() if part.get_content_type() == "image/jpeg"]
    async with box.town.folkmoot.database.writing() as session:
        photo = (await session.scalars(select(Photo))).one()
        photo.hidden_because = "A face."
    assert await box.town.folkmoot.intake.drawer.coming(photo.id) == (None, False)
    assert await box.town.folkmoot.intake.drawer.coming(10**12) == (None, False)
