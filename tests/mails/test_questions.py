"""Questions of a community by e-mail: answered behind a link, without an address, a page or a mail that tells what."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import URL

from bot.letters.polling.polls import Proof
from bot.models import Ballot, Envelope, Poll
from tests.channels.everywhere import sees
from tests.channels.letters_only import ByEmail, Letterbox, a_letterbox
from tests.town import PATIENCE

ASKED = "Shall we keep the market?"


@pytest.fixture
async def box(database_url: URL, tmp_path: Path) -> AsyncIterator[Letterbox]:
    """A town with e-mail and web pages, on each database."""
    url = database_url.render_as_string(hide_password=False)
    async with a_letterbox(url, tmp_path, webchat=True) as opened:
        yield opened


async def asked(box: Letterbox, question: str = f"{ASKED} | Yes | No", **how: str) -> tuple[ByEmail, Poll]:
    """Amy, who has a mail address only, has got a question."""
    amy, olga = await box.member("amy", how.get("language", "en")), await box.town.organiser()
    await olga.says(f"/poll {question}")
    await olga.taps("Send")
    await sees(amy, question.partition(" | ")[0].rpartition(": ")[2])
    async with box.town.folkmoot.database.reading() as session:
        return amy, (await session.scalars(select(Poll))).one()


def _form(page: str, mark: str) -> dict[str, str]:
    form = page.partition(f'id="{mark}"')[2].partition("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))


async def _ballots(box: Letterbox) -> int:
    async with box.town.folkmoot.database.reading() as session:
        return await session.scalar(select(func.count()).select_from(Ballot)) or 0


async def test_to_look_counts_nothing(box: Letterbox) -> None:
    amy, _ = await asked(box)
    path, mark = amy.link("Yes")
    for _ in range(3):
        page = await amy.looks(path)
    assert ASKED in page
    assert f'id="{mark}"' in page
    assert "You act as amy@people.example." in page
    assert await _ballots(box) == 0


async def test_no_address_says_which_answer_it_leads_to(box: Letterbox) -> None:
    amy, _ = await asked(box)
    (yes, mark), (no, other) = amy.link("Yes"), amy.link("No")
    assert yes == no, "what stands behind the # never leaves the browser"
    assert mark != other


async def test_whoever_was_passed_the_letter_does_not_learn_what_was_answered(box: Letterbox) -> None:
    amy, _ = await asked(box)
    path, _ = amy.link("Yes")
    before = await amy.looks(path)
    told = await amy.taps("Yes")
    assert "Yes" not in told
    hide = re.compile(r'name="once" value="\w+"')
    assert hide.sub("", await amy.looks(path)) == hide.sub("", before)
    assert "Whoever has this e-mail can answer in your name." in amy.letters[0].plain
    assert "Whoever has this e-mail can answer in your name." in amy.letters[0].html


async def test_an_answer_brings_no_mail_that_holds_it(box: Letterbox) -> None:
    amy, _ = await asked(box)
    await amy.taps("Yes")
    async with box.town.folkmoot.database.reading() as session:
        put = select(func.count()).select_from(Envelope).where(Envelope.channel == "email")
        assert await session.scalar(put) == 1
    assert len(amy.letters) == 1


async def test_no_page_behind_a_letter_gives_a_receipt(box: Letterbox) -> None:
    """Whoever has the letter would find the answer by it."""
    amy, poll = await asked(box)
    path, mark = amy.link("Yes")
    told = await amy.taps("Yes")
    assert "Counted. Thank you." in told
    form = _form(await amy.looks(path), mark)
    pages = [await amy.presses(path, **form | {"press": Proof(poll=poll.id, again=n).pack()}) for n in (0, 1)]
    for page in (told, await amy.looks(path), *pages):
        assert "My receipt" not in page
        assert "Yours will stand beside this code." not in page
    assert all("This was changed in the meantime." in page for page in pages)
    assert len(amy.letters) == 1


async def test_a_form_sent_twice_is_one_answer_and_a_new_look_another(box: Letterbox) -> None:
    amy, poll = await asked(box)
    path, mark = amy.link("Yes")
    form = _form(await amy.looks(path), mark)
    told = await asyncio.gather(*(amy.presses(path, **form) for _ in range(3)))
    assert sum("Counted. Thank you." in one for one in told) == 1
    assert sum("This was done already." in one for one in told) == 2
    assert await box.town.result(poll) == {"Yes": 1, "No": 0}


@pytest.mark.parametrize("press", ["", "v:1:9", "v:999:0", "p:1", "sg:1", "nonsense", "v:1:0\0", "x" * 5000])
async def test_a_forged_answer_counts_nothing(box: Letterbox, press: str) -> None:
    amy, _ = await asked(box)
    path, _ = amy.link("Yes")
    assert "This was changed in the meantime." in await amy.presses(path, press=press, once="1")
    assert await _ballots(box) == 0


async def test_a_link_to_one_question_answers_no_other(box: Letterbox) -> None:
    amy, _ = await asked(box)
    path, _ = amy.link("Yes")
    other = await box.town.poll("Tea or coffee?", "Tea", "Coffee")
    await amy.presses(path, press=f"v:{other.id}:0", once="1")
    assert await _ballots(box) == 0


async def test_after_the_close_the_link_leads_to_the_result(box: Letterbox) -> None:
    amy, _ = await asked(box)
    path, mark = amy.link("Yes")
    form = _form(await amy.looks(path), mark)
    await box.town.passes(days=4)
    page = await amy.looks(path)
    assert "This is how it came out." in page or "Nobody answered this time." in page
    assert "<form" not in page
    assert "This was changed in the meantime." in await amy.presses(path, **form)
    assert await _ballots(box) == 0


async def test_a_link_lasts_as_long_as_a_question_can_be_open(box: Letterbox) -> None:
    amy, _ = await asked(box)
    path, _ = amy.link("Yes")
    box.town.clock.now += timedelta(days=89)
    await amy.looks(path)
    box.town.clock.now += timedelta(days=2)
    async with amy.http.get(path) as page:
        assert page.status == 410


async def test_whom_it_is_not_for_hears_why(box: Letterbox) -> None:
    amy, poll = await asked(box)
    path, mark = amy.link("Yes")
    form = _form(await amy.looks(path), mark)
    async with box.town.folkmoot.database.writing() as session:
        (await session.get_one(Poll, poll.id)).whom = "area:North"
    async with amy.http.get(path) as page:
        assert page.status == 410
        assert "This question is for people in North only." in await page.text()
    assert "This question is for people in North only." in await amy.presses(path, **form)
    assert await _ballots(box) == 0


async def test_an_answer_in_ones_own_words_is_written_on_the_page(box: Letterbox) -> None:
    amy, _ = await asked(box, "text: What does the park need?")
    assert "Counted. Thank you." in await amy.taps("Write my answer", words="A <b>bench</b>\r\nin the shade")
    async with box.town.folkmoot.database.reading() as session:
        assert await session.scalar(select(Ballot.answer)) == "A <b>bench</b>\nin the shade"
    assert "Please write 1 to 500 letters." in await amy.taps("Write my answer", words="x" * 501)
    assert "Please write some words first." in await amy.taps("Write my answer", words=" ")
    assert "bench" not in await amy.looks(amy.link("Write my answer")[0])
    assert len(amy.letters) == 1


async def test_count_me_in_can_be_taken_back(box: Letterbox) -> None:
    amy, poll = await asked(box, "count 5: Plant bulbs on Sunday?")
    await amy.taps("Count me in")
    path, _ = amy.link("Count me in")
    page = await amy.looks(path)
    assert "Take me out again" in page
    await amy.presses(path, **_form(page, f"at-v-{poll.id}-0"))
    async with box.town.folkmoot.database.reading() as session:
        assert await session.scalar(select(Ballot.answer)) == 0


async def test_what_takes_several_taps_says_so_and_leads_to_its_page(box: Letterbox) -> None:
    amy, poll = await asked(box, "several 2: Where do we need benches? | Park | Square | Pond")
    (letter,) = amy.letters
    assert "This takes more than one tap, so it cannot be answered in an e-mail." in letter.plain
    assert "/e/" not in letter.plain
    assert letter.link("Open the page").endswith(f"/w/elm-park/{poll.code}")
    page = await amy.looks(f"/w/elm-park/{poll.code}")
    assert "Where do we need benches?" in page


async def test_a_reminder_has_the_links_too(box: Letterbox) -> None:
    amy, poll = await asked(box)
    async with box.town.folkmoot.database.writing() as session:
        (await session.get_one(Poll, poll.id)).remind_at = box.town.clock() + timedelta(hours=1)
    await box.town.passes(hours=2)
    async with asyncio.timeout(PATIENCE):
        while len(amy.letters) < 2:
            await asyncio.sleep(0.02)
    assert "This is still open" in amy.letters[1].plain
    assert "Counted. Thank you." in await amy.taps("No")
    assert await box.town.result(poll) == {"Yes": 0, "No": 1}


async def test_a_question_in_urdu_stands_from_right_to_left_with_each_answer_its_own_way(
    box: Letterbox,
) -> None:
    amy, _ = await asked(box, language="ur")
    page = await amy.looks(amy.link("Yes")[0])
    assert '<html lang="ur" dir="rtl">' in page
    assert '<button dir="auto">Yes</button>' in page
    assert '<h1 dir="ltr">' in page
