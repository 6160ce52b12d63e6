"""What is known of a person: shown, changed, erased; invitations and two places that are one person."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from bot.message import Tap
from bot.models import Address, Base, Invitation, Membership, Poll, Resident, Tally
from tests.town import Person, Town


async def test_me_shows_and_changes_everything_known(town: Town) -> None:
    alice = await town.member("Alice")
    await alice.says("/me")
    assert "Name: not told" in alice.latest
    await alice.taps("Name")
    await alice.says("Alice of the Mill")
    assert "Name: Alice of the Mill" in alice.latest
    await alice.taps("Part of town")
    await alice.taps("South")
    assert "part of town: South" in alice.latest
    await alice.taps("What I care about")
    await alice.taps("Parks and nature")
    await alice.says("/me")
    assert "You care about: Parks and nature" in alice.latest
    await alice.taps("Language")
    await alice.taps("polski")
    assert alice.sees("✔ polski")


async def test_a_name_that_is_too_long_is_asked_again(town: Town) -> None:
    alice = await town.member("Alice")
    await alice.says("/me")
    await alice.taps("Name")
    await alice.says("x" * 41)
    assert "Please choose a name of 1 to 40 letters." in alice.latest
    assert "What shall I call you?" in alice.latest


async def test_leaving_a_community_ends_its_questions(town: Town) -> None:
    alice = await town.member("Alice")
    await alice.says("/me")
    await alice.taps("Leave Elm Park")
    await alice.taps("Yes, leave")
    assert alice.sees("You have left Elm Park.")
    await town.poll("Keep the market?", "Yes", "No")
    assert not alice.sees("Keep the market?")


async def test_the_last_organiser_names_another_first(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/me")
    await olga.taps("Leave Elm Park")
    await olga.taps("Yes, leave")
    assert olga.sees("You are the last organiser here.")
    await olga.says("/invite")
    code = olga.latest.split("paper:elm-park/")[1].split("\n")[0]
    otto = town.stranger("Otto")
    await otto.opens(code)
    assert otto.sees("You are an organiser of Elm Park now.")
    await olga.does(Tap("x:1:1", query="q"))
    assert olga.sees("You have left Elm Park.")


async def test_an_invitation_works_once_and_not_after_a_week(town: Town) -> None:
    code = await town.invitation("organiser")
    alice, eve = town.stranger("Alice"), town.stranger("Eve")
    await alice.opens(code)
    await alice.opens(code)
    assert not alice.sees("has been used")
    await eve.opens(code)
    assert eve.sees("This invitation has been used or is too old.")
    late = await town.invitation("organiser")
    town.clock.pass_by(timedelta(days=8))
    await eve.opens(late)
    async with town.folkmoot.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Membership)) == 1


async def test_an_invitation_can_be_taken_back_by_its_organisers_only(town: Town) -> None:
    olga = await town.organiser()
    await olga.says("/invite")
    code = olga.latest.split("paper:elm-park/")[1].split("\n")[0]
    await olga.says("/invite")
    async with town.folkmoot.database.reading() as session:
        first = (
            await session.scalars(
                select(Invitation).where(Invitation.used_at.is_(None)).order_by(Invitation.id)
            )
        ).first()
    assert first is not None
    eve = await town.member("Eve")
    await eve.does(Tap(f"ar:{first.id}", query="q"))
    assert eve.sees("Only organisers of this community can do that.")
    await olga.taps("Take back the one until")
    await eve.opens(code)
    assert eve.sees("too old")


async def linked(town: Town, first: Person, second: Person) -> None:
    await first.says("/link")
    code = first.latest.split("/link ")[1].split("\n")[0]
    await second.says(f"/link {code}")


async def test_two_places_become_one_person_counted_once(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    phone, web = town.stranger("Alice on her phone"), town.stranger("Alice on the web")
    await phone.opens(poll.code)
    await phone.taps("Yes")
    await web.opens(poll.code)
    await web.taps("No")
    assert await town.result(poll) == {"Yes": 1, "No": 1}
    await linked(town, phone, web)
    assert web.sees("Both places are you now")
    assert await town.result(poll) == {"Yes": 1, "No": 0}
    await web.taps("No")
    assert await town.result(poll) == {"Yes": 0, "No": 1}
    async with town.folkmoot.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Resident)) == 2  # Olga and Alice
        preferred = select(func.count()).select_from(Address).where(Address.preferred)
        assert await session.scalar(preferred) == 2
        tally = await session.get_one(Tally, poll.id)
        assert tally.asked == 2


async def test_a_vote_from_one_place_only_comes_along(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    phone, web = town.stranger("Phone"), town.stranger("Web")
    await phone.says("/start")
    await web.opens(poll.code)
    await web.taps("No")
    await linked(town, phone, web)
    await phone.opens(poll.code)
    assert phone.sees("✔ No")
    assert await town.result(poll) == {"Yes": 0, "No": 1}


async def test_roles_come_along_and_codes_do_not_last(town: Town) -> None:
    olga = await town.organiser()
    web, eve = town.stranger("Web"), town.stranger("Eve")
    await olga.says("/link")
    code = olga.latest.split("/link ")[1].split("\n")[0]
    await olga.says(f"/link {code}")
    assert olga.sees("This is the code of this very place.")
    town.clock.pass_by(timedelta(minutes=11))
    await eve.says(f"/link {code}")
    assert eve.sees("I do not know this code")
    await linked(town, web, olga)
    await web.says("/poll Keep it? | Yes | No")
    assert web.sees("This is how people will see it:")


async def test_closed_polls_stay_as_they_were_counted(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    phone, web = town.stranger("Phone"), town.stranger("Web")
    for person, answer in ((phone, "Yes"), (web, "No")):
        await person.opens(poll.code)
        await person.taps(answer)
    await town.passes(days=4)
    await linked(town, phone, web)
    assert await town.result(poll) == {"Yes": 1, "No": 1}


async def test_forgetting_takes_open_answers_back_and_leaves_nothing_that_leads_to_the_person(
    town: Town,
) -> None:
    closed = await town.poll("Keep the market?", "Yes", "No")
    alice = town.stranger("Alice")
    await alice.opens(closed.code)
    await alice.taps("Yes")
    await alice.says("Alice of the Mill")
    await alice.taps("South")
    await town.passes(days=4)
    still_open = await town.poll("New benches?", "Yes", "No")
    await alice.taps("Yes")
    await alice.says("/forgetme")
    assert alice.sees("This cannot be undone.")
    await alice.taps("Yes, erase it")
    assert alice.sees("I have erased everything about you.")
    assert await town.result(closed) == {"Yes": 1, "No": 0}
    assert await town.result(still_open) == {"Yes": 0, "No": 0}
    async with town.folkmoot.database.reading() as session:
        for table in Base.metadata.sorted_tables:
            for row in (await session.execute(select(table))).all():
                assert "Alice of the Mill" not in str(row), table.name
        tally = await session.get_one(Tally, still_open.id)
        assert (tally.asked, tally.took_part) == (1, 0)
    await town.passes(days=2)
    async with town.folkmoot.database.reading() as session:
        assert (await session.scalars(select(Address.chat))).all() == ["Olga"]
        assert (await session.get_one(Poll, closed.id)).asked_by is not None


async def test_whoever_forgot_can_come_back_as_a_stranger(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    alice = town.stranger("Alice")
    await alice.opens(poll.code)
    await alice.taps("Yes")
    await alice.says("/forgetme")
    await alice.taps("Yes, erase it")
    await alice.opens(poll.code)
    await alice.taps("No")
    assert await town.result(poll) == {"Yes": 0, "No": 1}
