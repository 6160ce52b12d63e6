"""Questions shown in chats that we are not in: who finds which, and how they are answered and kept up to date."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from bot.conversation.searching import Findings, Search, searching
from bot.message import ELSEWHERE, Tap
from bot.models import Address, Board, Consent, Membership, Participation, Poll, Resident
from bot.services.polling import elsewhere
from tests.conversations.test_groups import in_group
from tests.conversations.test_polls_in_groups import connected_town, edits
from tests.town import Person, Town

SHOWN = ELSEWHERE + "AgAAAx"


async def looks(town: Town, name: str, words: str = "", language: str = "en") -> Findings:
    """What somebody is offered."""
    folkmoot = town.folkmoot
    search = searching(folkmoot.database, folkmoot.router.find, town.clock, "en")
    return await search(Search("paper", name, words, language))


def there(town: Town, name: str, message: str = SHOWN) -> Person:
    """Somebody who sees what was shown in some chat."""
    person = town.stranger(name)
    person.group = message
    return person


async def taps(person: Person, payload: str) -> str:
    """They tap there; returns what they are told."""
    incoming = person.incoming(Tap(payload, query="q"), message=person.chat)
    await person.town.folkmoot.dispatcher.submit(replace(incoming, source="inline"))
    await person.town.quiet()
    return person.screen.toasts[-1]


async def titles(town: Town, name: str, words: str = "") -> list[str]:
    return [one.title for one in (await looks(town, name, words)).found]


async def test_a_member_finds_the_open_questions_of_their_communities_by_words(town: Town) -> None:
    olga = await town.organiser("Olga")
    ota = await town.organiser("Ota", slug="oak-hill")
    await town.member("Alice")
    await town.poll("Keep the market?", "Yes", "No", by=olga)
    await town.poll("A café beside the MARKET?", "Yes", "No", by=olga)
    await town.poll("Ławka pod wiązem?", "Tak", "Nie", by=olga)
    await town.poll("Cut the oak?", "Yes", "No", by=ota)
    assert await titles(town, "Alice") == [
        "Ławka pod wiązem?",
        "A café beside the MARKET?",
        "Keep the market?",
    ]
    assert await titles(town, "Alice", "market") == ["A café beside the MARKET?", "Keep the market?"]
    assert await titles(town, "Alice", "MARKET cafe") == ["A café beside the MARKET?"]
    assert await titles(town, "Alice", "lawka") == ["Ławka pod wiązem?"]
    assert await titles(town, "Alice", "oak") == []
    first = (await looks(town, "Alice", "keep")).found[0]
    assert first.about.startswith("Elm Park. It closes")
    assert "Elm Park asks. Tap your answer." in first.message.text
    assert "/forgetme" in first.message.text


async def test_only_what_is_asked_of_everyone_is_offered(town: Town) -> None:
    olga = await connected_town(town, "-42")
    await in_group(town, "Olga").says("/poll Which colour? | Blue | Green")
    await olga.says("/poll For us? | Yes | No")
    await olga.taps("Edit")
    await olga.taps("Who is asked")
    await olga.taps("Organisers only")
    await olga.taps("Send")
    assert len(await titles(town, "Olga")) == 0
    await town.poll("Keep the market?", "Yes", "No", by=olga)
    assert await titles(town, "Olga") == ["Keep the market?"]
    await town.passes(days=4)
    assert await titles(town, "Olga") == []


async def test_at_most_twenty_are_offered_the_newest_first(town: Town) -> None:
    olga = await town.organiser("Olga")
    for number in range(22):
        await town.poll(f"Question {number}?", "Yes", "No", by=olga)
    assert await titles(town, "Olga") == [f"Question {number}?" for number in range(21, 1, -1)]


async def test_whoever_is_in_no_community_is_shown_the_way_and_stays_unknown(town: Town) -> None:
    await town.poll("Keep the market?", "Yes", "No")
    assert await looks(town, "Alice", "market") == Findings(way_in=("Join a community", "_join"))
    assert (await looks(town, "Ala", language="pl")).way_in == ("Dołącz do społeczności", "_join")
    async with town.folkmoot.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Resident)) == 1
    alice = town.stranger("Alice")
    await alice.opens("_join")
    assert "Which community are you in?" in alice.latest
    assert "I do not know this link" not in alice.text


async def test_a_tap_counts_once_wherever_it_is_made_and_the_message_follows(town: Town) -> None:
    await connected_town(town, "-42")
    poll = await town.poll("Keep the market?", "Yes", "No")
    alice = there(town, "Alice")
    assert await taps(alice, f"vi:{poll.id}:0:pl") == "Counted. Thank you."
    await in_group(town, "Alice").does(Tap(f"v:{poll.id}:1", query="q"))
    assert await town.result(poll) == {"Yes": 0, "No": 1}
    await taps(there(town, "Bob"), f"vi:{poll.id}:0:pl")
    await town.passes(seconds=6)
    assert "Do tej pory odpowiedziały 2 osoby." in alice.latest
    assert "✔" not in alice.latest
    async with town.folkmoot.database.reading() as session:
        sources = await session.scalars(select(Participation.source).where(Participation.took_part))
        assert set(sources) == {"inline"}
        said = (await session.scalars(select(Consent).order_by(Consent.id.desc()).limit(1))).one()
        assert said.language == "pl"
        joined = await session.scalars(select(Membership.source).where(Membership.source.is_not(None)))
        assert set(joined) >= {"inline"}


async def test_many_taps_are_shown_by_one_edit_and_the_close_brings_the_result(town: Town) -> None:
    olga = await town.organiser("Olga")
    poll = await town.poll("Keep the market?", "Yes", "No", by=olga)
    people = [there(town, f"Voter {number}") for number in range(30)]
    both = [one.incoming(Tap(f"vi:{poll.id}:0:en", query=one.name), message=SHOWN) for one in people]
    await asyncio.gather(*map(town.folkmoot.dispatcher.submit, both))
    await town.passes(seconds=6)
    assert "30 people have taken part." in people[0].latest
    assert len(edits(town, SHOWN)) == 1
    await town.passes(days=4)
    await town.passes(seconds=6)
    assert "Yes: 30 votes, 100%" in people[0].latest
    assert "[Yes]" not in people[0].latest
    assert len(people[0].screen.messages) == 1
    await olga.taps("Tell them")
    await olga.says("It stays until May")
    await olga.taps("Leave it out")
    await olga.taps("There is nothing more to do")
    await olga.taps("Send")
    await town.passes(seconds=6)
    assert "It stays until May" in people[0].latest
    assert len(edits(town, SHOWN)) == 3


async def test_two_taps_at_once_from_a_group_and_from_elsewhere_are_one_vote(town: Town) -> None:
    await connected_town(town, "-42")
    poll = await town.poll("Keep the market?", "Yes", "No")
    both = [
        in_group(town, "Alice").incoming(Tap(f"v:{poll.id}:0", query="a"), message="1"),
        there(town, "Alice").incoming(Tap(f"vi:{poll.id}:1:en", query="b"), message=SHOWN),
    ]
    await asyncio.gather(*map(town.folkmoot.dispatcher.submit, both))
    await town.quiet()
    assert await town.result(poll) == {"Yes": 0, "No": 1}


async def test_a_message_that_nobody_tapped_is_brought_up_to_date_by_the_first_tap_after_the_close(
    town: Town,
) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    await taps(there(town, "Alice"), f"vi:{poll.id}:0:en")
    await town.passes(days=4)
    late = there(town, "Bob", ELSEWHERE + "Other")
    assert "This poll has closed." in await taps(late, f"vi:{poll.id}:0:en")
    await town.passes(seconds=6)
    assert "Yes: 1 vote, 100%" in late.latest
    assert await town.result(poll) == {"Yes": 1, "No": 0}


async def test_a_message_is_followed_from_the_beginning_where_we_are_told_of_it(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    await town.member("Alice")
    alice = there(town, "Alice")
    found = (await looks(town, "Alice")).found[0]
    await alice.does(Tap(found.key), message=SHOWN)
    assert alice.screen.messages == {}
    bob = town.stranger("Bob")
    await bob.opens(poll.code)
    await bob.taps("Yes")
    await town.passes(seconds=6)
    assert "1 person has taken part." in alice.latest


@pytest.mark.parametrize(
    "payload",
    [
        "vi:99:0:en",
        "vi:{poll}:9:en",
        "vi:{hidden}:0:en",
        "si:{hidden}:en",
        "z:1",
        "m:name",
        "x:1:1",
        "zz",
        "",
        "vi:1",
    ],
)
async def test_a_forged_tap_there_changes_nothing_and_shows_nothing(town: Town, payload: str) -> None:
    olga = await connected_town(town, "-42")
    poll = await town.poll("Keep the market?", "Yes", "No", by=olga)
    await in_group(town, "Olga").says("/poll Which colour? | Blue | Green")
    hidden = await town.newest_poll()
    alice = there(town, "Alice")
    receipt = await alice.does(
        Tap(payload.format(poll=poll.id, hidden=hidden.id), query="q"), message=alice.chat
    )
    assert receipt.outcome == "refused"
    assert alice.screen.toasts[-1]
    assert await town.result(poll) == {"Yes": 0, "No": 0}
    await town.passes(seconds=6)
    assert alice.screen.messages == {}


async def test_nothing_is_said_there_where_nobody_waits_for_a_note(town: Town) -> None:
    await connected_town(town, "-42")
    await in_group(town, "Olga").says("/poll Which colour? | Blue | Green")
    hidden = await town.newest_poll()
    alice = there(town, "Alice")
    for payload in (f"si:{hidden.id}:en", "si:99:en", "z:1"):
        assert (await alice.does(Tap(payload), message=alice.chat)).outcome == "refused"
    assert alice.screen.messages == {}


async def test_a_message_shows_one_question_whatever_is_tapped_later(town: Town) -> None:
    olga = await town.organiser("Olga")
    first = await town.poll("Keep the market?", "Yes", "No", by=olga)
    second = await town.poll("New benches?", "Yes", "No", by=olga)
    alice = there(town, "Alice")
    await taps(alice, f"vi:{first.id}:0:en")
    assert "That button does not work any more." in await taps(alice, f"vi:{second.id}:0:en")
    await town.passes(seconds=6)
    assert "Keep the market?" in alice.latest
    assert await town.result(second) == {"Yes": 0, "No": 0}


async def test_such_a_button_does_nothing_where_we_are(town: Town) -> None:
    await connected_town(town, "-42")
    poll = await town.poll("Keep the market?", "Yes", "No")
    for person in (in_group(town, "Alice"), town.stranger("Bob")):
        receipt = await person.does(Tap(f"vi:{poll.id}:0:en", query="q"), message="1")
        assert receipt.outcome == "refused"
    assert await town.result(poll) == {"Yes": 0, "No": 0}


async def test_own_words_are_written_in_private(town: Town) -> None:
    olga = await town.organiser("Olga")
    await olga.says("/poll text: What is missing?")
    await olga.taps("Send")
    poll = await town.newest_poll()
    assert "in private" in await taps(there(town, "Alice"), f"vi:{poll.id}:-1000:en")


async def test_such_a_message_is_forgotten_when_it_has_not_changed_for_long(town: Town) -> None:
    poll = await town.poll("Keep the market?", "Yes", "No")
    await taps(there(town, "Alice"), f"vi:{poll.id}:0:en")
    await town.passes(days=179)
    count = select(func.count()).select_from(Address).where(Address.chat.startswith(ELSEWHERE))
    async with town.folkmoot.database.reading() as session:
        assert await session.scalar(count) == 1
        assert await session.scalar(select(Board.kind)) == elsewhere.KIND
    await town.passes(days=190)
    await town.tick()
    async with town.folkmoot.database.reading() as session:
        assert await session.scalar(count) == 0
        assert await session.get(Poll, poll.id) is not None


@pytest.mark.parametrize(
    ("text", "found_by"),
    [("Café", "cafe"), ("CYMRÆG", "cymraeg"), ("Łódź", "lodz"), ("Straße", "strasse"), ("کیا", "کیا")],
)
def test_accents_and_capitals_do_not_matter(text: str, found_by: str) -> None:
    assert elsewhere.plain(text) == elsewhere.plain(found_by)
