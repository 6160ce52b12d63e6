"""Posts of bodies: taken up by an invitation, left to a named colleague, and never while open work is left alone."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.message import Tap
from bot.models import Deed, Happening, Invitation, Officer, ServiceRequest
from bot.services.community import invitations
from bot.services.in_charge import officers
from bot.services.in_charge.officers import Place
from tests.council.district import District, a_district, fills, post_of, report
from tests.town import Person, Town


def waste(put: District, post: str = "officer") -> Place:
    return Place(put.bodies["district"], put.teams["waste"], post)


def whole(put: District, post: str = "director") -> Place:
    return Place(put.bodies["district"], None, post)


async def takes(town: Town, put: District, name: str, *numbers: int) -> None:
    """Reports that are in somebody's hands; in nobody's where there is no such person."""
    post = await post_of(town, name)
    async with town.folkmoot.database.writing() as session:
        for number in numbers:
            taken_by = None if post is None else post.id
            session.add(report(number, put.teams["waste"], now=town.clock(), officer_id=taken_by))


async def in_hands(town: Town) -> dict[str, int | None]:
    async with town.folkmoot.database.reading() as session:
        found = await session.scalars(select(ServiceRequest))
        return {one.service_request_id: one.officer_id for one in found}


def code_in(person: Person) -> str:
    """The code that was put on the screen last."""
    return person.latest.rsplit("/start ", 1)[-1].split("\n")[0].rsplit("=", 1)[-1].rsplit("/", 1)[-1]


async def test_an_officer_is_invited_and_is_no_organiser(town: Town) -> None:
    put = await a_district(town)
    pat = town.stranger("Pat")
    async with town.folkmoot.database.writing() as session:
        offer = await officers.invite(session, waste(put), by=None, now=town.clock())
    await pat.opens(offer.code)
    assert pat.sees("You have a post now: officer in Waste, North District.")
    assert pat.sees("What shall your colleagues call you?")
    await pat.taps("Tell my name")
    await pat.says("Pat")
    await pat.says("/posts")
    assert pat.sees("Waste, North District: officer")
    await pat.says("/help")
    assert pat.sees("/posts")
    await pat.says("/poll Keep it? | Yes | No")
    assert pat.sees("Only organisers can ask a question.")


async def test_an_invitation_to_a_post_works_once_and_only_for_a_week(town: Town) -> None:
    put = await a_district(town)
    async with town.folkmoot.database.writing() as session:
        first = await officers.invite(session, waste(put), by=None, now=town.clock())
        second = await officers.invite(session, waste(put), by=None, now=town.clock())
    pat, eve = town.stranger("Pat"), town.stranger("Eve")
    await pat.opens(first.code)
    await pat.opens(first.code)  # their own one does no harm
    await eve.opens(first.code)
    assert eve.sees("This invitation has been used or is too old.")
    town.clock.pass_by(invitations.LIFE)
    await eve.opens(second.code)
    assert eve.latest.count("too old") == 1
    async with town.folkmoot.database.reading() as session:
        assert len((await session.scalars(select(Officer))).all()) == 1


async def test_a_lead_invites_a_colleague_and_takes_an_invitation_back(town: Town) -> None:
    put = await a_district(town)
    lena = await fills(town, "Lena", waste(put, "lead"))
    await lena.says("/invite")
    assert not lena.sees("director")
    await lena.taps("officer: Waste")
    assert lena.sees("Here is an invitation to a post: officer in Waste, North District.")
    await lena.taps("officer: Waste")
    await lena.says("/posts")
    await lena.taps("Waste")
    await lena.taps("Take back the one until")
    assert lena.sees("This invitation does not work any more.")
    async with town.folkmoot.database.reading() as session:
        mine = (await session.scalars(select(Invitation).where(Invitation.made_by.is_not(None)))).all()
        assert sorted(one.revoked_at is not None for one in mine) == [False, True]


async def test_an_organiser_who_leads_a_team_is_asked_whom_to_invite(town: Town) -> None:
    put = await a_district(town)
    olga = await fills(town, "Olga", waste(put, "lead"))
    await olga.opens(await town.invitation("organiser"))
    await olga.says("/invite")
    await olga.taps("Organiser of a community")
    assert olga.sees("Here is an invitation for one new organiser.")


async def test_a_director_fills_every_post_and_an_officer_none(town: Town) -> None:
    put = await a_district(town)
    dora = await fills(town, "Dora", whole(put))
    pat = await fills(town, "Pat", waste(put))
    await dora.says("/invite")
    for label in ("lead: Streets", "officer: Waste", "councillor: North District"):
        assert dora.sees(label)
    await pat.says("/invite")
    assert pat.sees("Only organisers can invite organisers.")
    body, team = put.bodies["district"].id, put.teams["waste"].id
    await pat.does(Tap(f"fi:{body}:{team}:officer", query="q"))
    assert pat.sees("Only the lead of this team or a director can do that.")
    await dora.does(Tap(f"fi:{body}:{put.teams['highways'].id}:officer", query="q"))
    assert dora.sees("I do not know this body.")
    await dora.does(Tap(f"fi:{body}:{team}:director", query="q"))
    assert dora.sees("Officers and leads are in a team")
    await dora.does(Tap(f"fi:{body}:{team}:king", query="q"))
    async with town.folkmoot.database.reading() as session:
        assert len((await session.scalars(select(Invitation))).all()) == 2


async def test_whoever_leaves_hands_everything_to_a_colleague_who_hears_it_once(town: Town) -> None:
    put = await a_district(town)
    pat = await fills(town, "Pat", waste(put))
    quinn = await fills(town, "Quinn", waste(put), language="pl")
    await takes(town, put, "Pat", 1, 2)
    async with town.folkmoot.database.writing() as session:
        closed = report(3, put.teams["waste"], now=town.clock())
        closed.status, closed.officer_id = "fixed", (await post_of(town, "Pat")).id  # type: ignore[union-attr]
        session.add(closed)
    await pat.says("/posts")
    await pat.taps("Waste")
    await pat.taps("Leave this post")
    assert pat.sees("2 open reports are in these hands.")
    await pat.taps("Quinn")
    assert pat.sees("2 open reports go to Quinn.")
    name, payload = pat.button("Yes, do it")
    await pat.presses(payload, on=name)
    assert pat.sees("You have left Waste, North District. Thank you for your work.")
    await pat.presses(payload, on=name)  # a second tap
    assert pat.sees("This post is not filled any more.")
    heir = await post_of(town, "Quinn")
    assert heir is not None
    assert await in_hands(town) == {"E-0001": heir.id, "E-0002": heir.id, "E-0003": None}
    assert sum("E-0001" in str(message.text) for message in quinn.screen.messages.values()) == 1
    async with town.folkmoot.database.reading() as session:
        events = (await session.scalars(select(Happening).order_by(Happening.id))).all()
        assert [(one.event, one.officer_id, one.public) for one in events] == [("taken", heir.id, False)] * 2
        acts = (await session.scalars(select(Deed.act).where(Deed.act.like("officer.%")))).all()
        assert "officer.leave" in acts


async def test_nobody_goes_with_open_work_unless_somebody_takes_it(town: Town) -> None:
    put = await a_district(town)
    pat = await fills(town, "Pat", waste(put))
    await fills(town, "Quinn", waste(put))
    await takes(town, put, "Pat", 1)
    post = await post_of(town, "Pat")
    assert post is not None
    for to in (0, post.id, 999_999):
        await pat.does(Tap(f"fg:{post.id}:{to}:1", query="q"))
        assert pat.sees("Please say first which colleague takes over the open reports.")
    assert await in_hands(town) == {"E-0001": post.id}
    assert await post_of(town, "Pat") is not None


async def test_the_last_one_of_a_team_with_open_work_cannot_go(town: Town) -> None:
    put = await a_district(town)
    pat = await fills(town, "Pat", waste(put))
    await fills(town, "Dora", whole(put))
    await takes(town, put, "nobody", 1)
    post = await post_of(town, "Pat")
    assert post is not None
    for sure in (0, 1):
        await pat.does(Tap(f"fg:{post.id}:0:{sure}", query="q"))
        assert pat.sees("This is the last one in Waste, and open reports wait there: 1.")
    assert await post_of(town, "Pat") is not None


async def test_a_lead_takes_somebody_out_who_hears_it_and_others_cannot(town: Town) -> None:
    put = await a_district(town)
    lena = await fills(town, "Lena", waste(put, "lead"))
    pat = await fills(town, "Pat", waste(put))
    quinn = await fills(town, "Quinn", waste(put))
    await takes(town, put, "Pat", 1)
    post = await post_of(town, "Pat")
    assert post is not None
    await quinn.does(Tap(f"fg:{post.id}:0:1", query="q"))
    assert quinn.sees("Only the lead of this team or a director can do that.")
    await lena.says("/posts")
    await lena.taps("Waste")
    await lena.taps("Take out Pat")
    await lena.taps("Quinn")
    assert lena.sees("Take Pat out of Waste, North District?")
    await lena.taps("Yes, do it")
    assert pat.sees("You do not work in Waste, North District any more.")
    assert quinn.sees("Pat has left Waste, North District. 1 open report is yours now:")
    assert await post_of(town, "Pat") is None


async def test_a_stranger_with_a_made_up_button_is_told_nothing(town: Town) -> None:
    put = await a_district(town)
    await fills(town, "Pat", waste(put))
    post = await post_of(town, "Pat")
    assert post is not None
    mallory = town.stranger("Mallory")
    await mallory.does(Tap(f"fc:{post.id}", query="q"))
    assert mallory.sees("This post is not filled any more.")
    await mallory.does(Tap(f"fg:{post.id}:0:0", query="q"))
    assert mallory.sees("Only the lead of this team or a director can do that.")
    assert not mallory.sees("Pat")
    await mallory.says("/posts")
    assert mallory.sees("You have no post in any body.")


@pytest.mark.parametrize("who", ["lead", "director", "organiser"])
async def test_whoever_erases_themselves_always_can_and_somebody_is_told(town: Town, who: str) -> None:
    put = await a_district(town)
    place = {"lead": waste(put, "lead"), "director": whole(put)}.get(who)
    above = await fills(town, "Above", place) if place else await town.organiser("Above")
    pat = await fills(town, "Pat", waste(put))
    await takes(town, put, "Pat", 1)
    await pat.says("/forgetme")
    await pat.taps("Yes, erase")
    assert pat.sees("I have erased everything about you.")
    assert await post_of(town, "Pat") is None
    assert await in_hands(town) == {"E-0001": None}
    if who == "lead":
        assert above.sees("1 open report waits there for somebody to take it.")
    else:
        assert above.sees("Nobody works in Waste, North District any more. 1 open report waits there.")
    assert not above.sees("Pat")


async def test_two_posts_of_one_person_become_one(town: Town) -> None:
    put = await a_district(town)
    phone = await fills(town, "Pat", waste(put))
    await takes(town, put, "Pat", 1)
    web = await fills(town, "Pat on the web", waste(put, "lead"))
    await web.says("/link")
    code = web.latest.split("/link ")[1].split("\n")[0]
    await phone.says(f"/link {code}")
    async with town.folkmoot.database.reading() as session:
        (kept,) = (await session.scalars(select(Officer))).all()
        assert kept.post == "lead"
        assert await in_hands(town) == {"E-0001": kept.id}


async def test_what_a_director_has_taken_goes_to_whoever_can_work_on_it(town: Town) -> None:
    put = await a_district(town)
    dora = await fills(town, "Dora", whole(put))
    await fills(town, "Pat", waste(put))
    await fills(town, "Sam", Place(put.bodies["district"], put.teams["streets"], "officer"))
    await takes(town, put, "Dora", 1)
    await dora.says("/posts")
    await dora.taps("North District")
    await dora.taps("Leave this post")
    assert dora.sees("1 open report is in these hands.")
    assert "[Pat]" in dora.latest
    assert "[Sam]" not in dora.latest, "the report is not with the streets"
    mine, sam = await post_of(town, "Dora"), await post_of(town, "Sam")
    assert mine is not None
    assert sam is not None
    await dora.does(Tap(f"fg:{mine.id}:{sam.id}:1", query="q"))
    assert await in_hands(town) == {"E-0001": mine.id}
    async with town.folkmoot.database.writing() as session:
        session.add(report(2, put.teams["streets"], now=town.clock(), officer_id=mine.id))
    await dora.does(Tap(f"fg:{mine.id}:0:0", query="q"))
    assert dora.sees("Nobody else can work on everything that is in these hands.")
