"""Letters that come back: which address fails, for how long, and who is believed about it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.models import Address, Mailbox
from tests.mails.conftest import Post
from tests.mails.desk import BINS
from tests.mails.test_answers import a_letter, a_mail
from tests.mails.town_hall import Arrived

BOUNCE = """From: Mail Delivery System <MAILER-DAEMON@council.example>
To: {to}
Message-ID: <{name}@council.example>
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

I am sorry to have to inform you that your message could not be delivered.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.council.example

Final-Recipient: rfc822; {who}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} no such user

--B--
"""


async def bounces(
    post: Post,
    letter: Arrived,
    *,
    to: str | None = None,
    who: str = BINS,
    action: str = "failed",
    status: str = "5.1.1",
) -> None:
    told = BOUNCE.format(to=to or letter.sender, who=who, action=action, status=status, name="bounce")
    await post.brings(told.encode(), to or letter.sender)


async def state(post: Post) -> tuple[bool, str | None]:
    async with post.town.folkmoot.database.reading() as session:
        there = (await session.scalars(select(Address).where(Address.chat == BINS))).one()
        return there.closed_at is not None, (await session.get_one(Mailbox, there.id)).trouble


async def test_a_letter_that_comes_back_closes_the_address(post: Post) -> None:
    await bounces(post, await a_letter(post))
    assert await state(post) == (True, "5.1.1")
    assert len(post.hall.arrived) == 1, "nobody answers it"


async def test_word_that_it_takes_longer_closes_nothing(post: Post) -> None:
    await bounces(post, await a_letter(post), action="delayed", status="4.4.1")
    assert await state(post) == (False, None)


async def test_a_server_that_gave_up_is_noted_and_the_address_stays(post: Post) -> None:
    await bounces(post, await a_letter(post), status="4.4.7")
    assert await state(post) == (False, "4.4.7")


async def test_one_of_those_behind_a_team_address_does_not_close_it(post: Post) -> None:
    await bounces(post, await a_letter(post), who="gone@council.example")
    assert await state(post) == (False, "5.1.1")


async def test_a_forged_bounce_closes_nothing(post: Post) -> None:
    letter = await a_letter(post)
    await bounces(post, letter, to="reports@town.example")
    await bounces(post, letter, to=letter.sender.replace("+b1.", "+b2."))
    await bounces(post, letter, to=letter.sender[:-20] + "a" * 7 + "@town.example")
    assert await state(post) == (False, None)


async def test_whoever_writes_again_can_be_written_to_again(post: Post) -> None:
    letter = await a_letter(post)
    await bounces(post, letter)
    assert (await state(post))[0]
    await post.brings(*a_mail(letter))
    assert (await state(post))[0] is False
    assert (await post.hall.gets(2)).to == BINS


@pytest.mark.parametrize("status", ["5.7.1", "5.7.26", "5.2.2", "5.2.3", "5.3.4"])
async def test_what_says_nothing_against_the_address_leaves_it_open(post: Post, status: str) -> None:
    """It is us whom the server does not like, or this letter, or the mailbox is full just now."""
    await bounces(post, await a_letter(post), status=status)
    assert await state(post) == (False, status)


async def test_the_telling_code_counts_where_the_other_says_nothing(post: Post) -> None:
    letter = await a_letter(post)
    told = BOUNCE.format(to=letter.sender, who=BINS, action="failed", status="5.7.26", name="vague")
    await post.brings(told.replace("Status: 5.7.26", "Status: 5.0.0").encode(), letter.sender)
    assert await state(post) == (False, "5.7.26")


async def test_the_same_trouble_day_after_day_is_one(post: Post) -> None:
    async def since() -> datetime | None:
        async with post.town.folkmoot.database.reading() as session:
            return await session.scalar(select(Mailbox.troubled_at))

    letter = await a_letter(post)
    began, found = post.town.clock(), set()
    for number in range(5):
        told = BOUNCE.format(to=letter.sender, who=BINS, action="failed", status="5.7.1", name=f"b{number}")
        await post.brings(told.encode(), letter.sender)
        found.add(await since())
        post.town.clock.pass_by(timedelta(days=1))
    assert found == {began}
    await bounces(post, letter, status="5.2.2")
    assert await since() == post.town.clock()
