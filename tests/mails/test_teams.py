"""Teams that are reached by e-mail: reports arrive as letters; what is pressed or answered there counts as theirs."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

from sqlalchemy import func, select

import handlers.in_charge.team_mail
from bot.message import Reply
from bot.models import Address, Happening, Officer, Photo, Resident, ServiceRequest, Team
from bot.services.answering import leaving, team_mail, twins
from tests.channels.webchat_town import until
from tests.conversations.test_reporting import reported
from tests.council import a_body
from tests.mails.conftest import Post
from tests.mails.test_answers import a_mail
from tests.mails.test_letters import a_picture
from tests.mails.test_signed import look, press
from tests.town import Person

TEAM = "waste@council.example"
BOB = "bob@council.example"


async def a_report(post: Post) -> tuple[Person, ServiceRequest]:
    """Alice reports a full bin to a team that has nothing but an e-mail address."""
    post.town.folkmoot.router.contents[Reply] = handlers.in_charge.team_mail.replied
    council = await a_body(post.town)
    async with post.town.folkmoot.database.writing() as session:
        (await session.get_one(Team, council.waste.id)).email = "Waste@council.example"
    await post.town.tick()
    alice = await post.town.member("Alice")
    return alice, await reported(post.town, alice)


async def now_is(post: Post, made: ServiceRequest) -> ServiceRequest:
    async with post.town.folkmoot.database.reading() as session:
        return await session.get_one(ServiceRequest, made.id)


async def test_a_report_arrives_as_a_letter_with_its_links_and_in_its_thread(post: Post) -> None:
    _, made = await a_report(post)
    letter = await post.hall.gets()
    assert letter.to == TEAM
    assert letter.mail["Subject"] == f"Bins [{made.service_request_id}]"
    assert "The bin is full" in letter.plain
    assert "You get an answer by Monday 30 November." not in letter.plain
    assert "An answer is promised by Monday 30 November." in letter.plain
    for label in ("Take it", "Answer", "Fixed", "The day is set", "Cannot, because …", "Not my team's"):
        assert letter.link(label).startswith("http")


async def test_a_link_takes_it_and_all_hear_once(post: Post) -> None:
    alice, made = await a_report(post)
    path = "/e/" + (await post.hall.gets()).link("Take it").partition("/e/")[2]
    async with post.town.visitor() as officer:
        status, words = await look(officer, path)
        assert status == 200
        assert "You look after this report from now on." in words
        assert (await now_is(post, made)).status == "received"
        for _ in range(2):
            status, words = await press(officer, path)
            assert status == 200
    await post.town.quiet()
    after = await now_is(post, made)
    assert (after.status, after.officer_id is not None) == ("confirmed", True)
    assert alice.text.count("Somebody is looking after it.") == 1


async def test_words_on_the_page_are_the_answer(post: Post) -> None:
    alice, made = await a_report(post)
    path = "/e/" + (await post.hall.gets()).link("Answer").partition("/e/")[2]
    async with post.town.visitor() as officer:
        await press(officer, path, words="We come on Tuesday.")
    await post.town.quiet()
    assert alice.text.count("We come on Tuesday.") == 1
    assert (await now_is(post, made)).answered_at is not None


async def test_a_day_on_the_page_is_the_day(post: Post) -> None:
    alice, made = await a_report(post)
    path = "/e/" + (await post.hall.gets()).link("The day is set").partition("/e/")[2]
    async with post.town.visitor() as officer:
        await press(officer, path, words="12 December")
    await post.town.quiet()
    after = await now_is(post, made)
    assert (after.status, str(after.planned_for)) == ("action_scheduled", "2026-12-12")
    assert alice.sees("12 December 2026")


async def test_what_is_not_theirs_goes_to_the_organisers(post: Post) -> None:
    olga = await post.town.organiser()
    alice, made = await a_report(post)
    path = "/e/" + (await post.hall.gets()).link("Not my team's").partition("/e/")[2]
    async with post.town.visitor() as officer:
        await press(officer, path, words="Ask the county.")
    await post.town.quiet()
    after = await now_is(post, made)
    assert (after.team_id, after.hops) == (None, 1)
    assert alice.sees("Waste says it is not theirs. The organisers find out whose. “Ask the county.”")
    assert olga.sees("Nobody is known to be in charge of this report.")


async def test_an_answer_by_mail_is_one_to_everyone_concerned(post: Post) -> None:
    alice, made = await a_report(post)
    letter = await post.hall.gets()
    assert (await post.brings(*a_mail(letter, "We come on Tuesday.", by=TEAM))).startswith("250")
    await post.town.quiet()
    assert alice.text.count("We come on Tuesday.") == 1
    assert not alice.sees("reports wrote")
    back = await post.hall.gets(2)
    assert f"1 person gets your answer to {made.service_request_id}:" in back.plain
    assert back.mail["References"] == letter.mail["References"]
    assert (await post.brings(*a_mail(letter, "We come on Tuesday.", by=TEAM))).startswith("250")
    await post.town.quiet()
    assert alice.text.count("We come on Tuesday.") == 1


async def test_a_note_by_mail_is_for_colleagues_only(post: Post) -> None:
    alice, made = await a_report(post)
    letter = await post.hall.gets()
    await post.brings(*a_mail(letter, "Notatka: same lock as last year", by=TEAM))
    await post.town.quiet()
    assert not alice.sees("lock")
    async with post.town.folkmoot.database.reading() as session:
        noted = select(Happening).where(Happening.event == "note")
        note = (await session.scalars(noted)).one()
    assert (note.words, note.public) == ("same lock as last year", False)
    assert "Only those in charge read it." in (await post.hall.gets(2)).plain
    assert made.id == note.service_request_id


async def test_a_colleague_is_one_of_the_team_after_showing_that_the_address_is_theirs(post: Post) -> None:
    alice, made = await a_report(post)
    letter = await post.hall.gets()
    await post.brings(*a_mail(letter, "We come on Friday.", by=BOB))
    await post.town.quiet()
    assert not alice.sees("We come on Friday.")
    ask = await post.hall.gets(2)
    assert ask.to == BOB
    path = "/e/" + ask.plain.partition("/e/")[2].split()[0]
    async with post.town.visitor() as bob:
        await press(bob, path)
    await post.town.tick()
    await until(lambda: alice.sees("We come on Friday."), "the answer to be passed on")
    await post.quiet()
    await post.town.quiet()
    assert alice.text.count("We come on Friday.") == 1
    async with post.town.folkmoot.database.reading() as session:
        here = select(func.count()).where(Officer.team_id == made.team_id)
        assert await session.scalar(here) == 2


async def test_a_picture_by_mail_comes_with_the_answer(post: Post) -> None:
    _, made = await a_report(post)
    letter = await post.hall.gets()
    raw, to = a_mail(letter, "Done.", by=TEAM)
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    mail.add_attachment(a_picture(), maintype="image", subtype="jpeg", filename="done.jpg")
    await post.brings(bytes(mail), to)
    await post.town.quiet()
    async with post.town.folkmoot.database.reading() as session:
        photo = (await session.scalars(select(Photo))).one()
    assert (photo.kind, photo.service_request_id) == ("work", made.id)


async def test_an_answer_to_a_report_that_went_elsewhere_is_not_passed_on(post: Post) -> None:
    await post.town.organiser()
    alice, made = await a_report(post)
    letter = await post.hall.gets()
    async with post.town.folkmoot.database.writing() as session:
        report = await session.get_one(ServiceRequest, made.id)
        streets = select(Team.id).where(Team.slug == "streets")
        report.team_id = await session.scalar(streets)
    await post.brings(*a_mail(letter, "We come on Tuesday.", by=TEAM))
    await post.town.quiet()
    assert not alice.sees("We come on Tuesday.")
    assert "your answer was not passed on" in (await post.hall.gets(2)).plain


async def test_an_answer_to_a_report_that_was_joined_says_with_which(post: Post) -> None:
    alice, made = await a_report(post)
    letter = await post.hall.gets()
    other = await reported(post.town, alice, "Another bin")
    async with post.town.folkmoot.database.writing() as session:
        team = (await session.scalars(select(Officer))).one()
        reader = await session.get_one(Resident, team.resident_id)
        await twins.merge(session, made.id, other.id, by=reader, now=post.town.clock())
    await post.brings(*a_mail(letter, "We come on Tuesday.", by=TEAM))
    await post.town.quiet()
    assert not alice.sees("We come on Tuesday.")
    await post.hall.gets(3)  # the other one's letter is among them, before or after the answer
    said = f"This report is joined with {other.service_request_id}. Go on with that one"
    assert any(said in one.plain for one in post.hall.arrived)


async def test_a_team_that_gets_another_address_is_written_to_there(post: Post) -> None:
    alice, made = await a_report(post)
    await post.hall.gets()
    async with post.town.folkmoot.database.writing() as session:
        (await session.get_one(Team, made.team_id)).email = "new@council.example"
    await post.town.tick()
    await reported(post.town, alice, "Another bin")
    second = await post.hall.gets(2)
    assert second.to == "new@council.example"
    async with post.town.folkmoot.database.reading() as session:
        assert await session.scalar(select(func.count()).where(Officer.mailbox)) == 1


async def test_organisers_hear_once_of_an_address_where_nothing_arrives(post: Post) -> None:
    olga = await post.town.organiser()
    post.hall.refuses[TEAM] = ["550 5.1.1 unknown"]
    await a_report(post)
    await post.quiet()
    for _ in range(2):
        await post.town.passes(minutes=5)
    assert olga.text.count("Mails to Waste of North District do not arrive") == 1


async def test_nothing_of_the_reporter_is_in_a_letter(post: Post) -> None:
    post.town.folkmoot.router.contents[Reply] = handlers.in_charge.team_mail.replied
    alice = await post.town.member("Alice")
    await alice.says("/me")
    await alice.taps("Name")
    await alice.says("Alice Archer")
    council = await a_body(post.town)
    async with post.town.folkmoot.database.writing() as session:
        (await session.get_one(Team, council.waste.id)).email = TEAM
    await post.town.tick()
    await reported(post.town, alice)
    letter = await post.hall.gets()
    assert "Archer" not in letter.plain + letter.html + letter.mail.as_string()


async def test_who_has_left_the_team_does_not_come_back_by_an_old_letter(post: Post) -> None:
    alice, made = await a_report(post)
    letter = await post.hall.gets()
    await post.brings(*a_mail(letter, "We come on Friday.", by=BOB))
    ask = await post.hall.gets(2)
    await post.brings(*a_mail(ask, "yes", by=BOB, name="yes"))
    await until(lambda: alice.sees("We come on Friday."), "the answer to be passed on")
    async with post.town.folkmoot.database.writing() as session:
        bob = (await session.scalars(select(Officer).where(Officer.mailbox.is_(False)))).one()
        mailbox = (await session.scalars(select(Officer).where(Officer.mailbox))).one()
        await leaving.go(session, bob.id, to=mailbox.id, by=None, now=post.town.clock())
    await post.brings(*a_mail(letter, "I close this for good.", by=BOB, name="old"))
    await post.quiet()
    async with post.town.folkmoot.database.reading() as session:
        here = select(func.count()).where(Officer.team_id == made.team_id)
        assert await session.scalar(here) == 1
    assert any("your answer was not passed on" in one.plain for one in post.hall.arrived if one.to == BOB)
    await post.brings(*a_mail(letter, "We come on Monday.", by=TEAM, name="team"))
    async with post.town.folkmoot.database.reading() as session:
        said = await session.scalars(select(Happening.words).where(Happening.event == "answer"))
        assert list(said) == ["We come on Friday.", "We come on Monday."]


async def test_a_team_may_get_the_address_of_somebody_who_works_there_and_another_one_again(
    post: Post,
) -> None:
    alice, made = await a_report(post)
    letter = await post.hall.gets()
    await post.brings(*a_mail(letter, "We come on Friday.", by=BOB))
    await post.brings(*a_mail(await post.hall.gets(2), "yes", by=BOB, name="yes"))
    await until(lambda: alice.sees("We come on Friday."), "the answer to be passed on")

    async def is_written_to(email: str) -> set[tuple[str, bool]]:
        async with post.town.folkmoot.database.writing() as session:
            (await session.get_one(Team, made.team_id)).email = email
            await session.flush()
            await team_mail.settle(session, now=post.town.clock())
        async with post.town.folkmoot.database.reading() as session:
            rows = await session.execute(
                select(Address.chat, Officer.mailbox)
                .join(Officer, Officer.resident_id == Address.resident_id)
                .where(Officer.team_id == made.team_id)
            )
            return {(chat, mailbox) for chat, mailbox in rows}

    assert await is_written_to(BOB) == {(BOB, True)}
    assert await is_written_to(TEAM) == {(BOB, False), (TEAM, True)}
