"""A language in which every sentence is longer and in brackets reaches everything that people see."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from bot import i18n
from bot.errors import AddressClosed
from bot.letters.announcing import followings as letters
from bot.message import Blocked, Odd, Parcel, Tap
from bot.models import Broadcast
from bot.models.broadcasts import BROADCAST_STATES
from bot.outbox import Progress
from tests import pseudo
from tests.town import MONDAY, Person, Town

THEIRS = re.compile(
    r"paper:\S+|/(?:link|connect) \S+|Keep the market\?|New benches\?|It stays until May|Elm Park|Far Away|"
    r"North|South|English|Cymraeg|polski|اردو|[Ee]speranto|Alice|/\w+"
)
"""What is not ours to translate: people's own words, names, links and commands."""


@pytest.fixture(scope="module", autouse=True)
def make_believe_language(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The language, for the tests of this file only."""
    folder = tmp_path_factory.mktemp("locales")
    pseudo.write(folder)
    i18n.look_in(folder)
    yield
    i18n.look_in()


def left_over(text: str) -> str:
    """What stands outside all brackets and is not somebody's own."""
    while (shorter := re.sub(r"⟦[^⟦⟧]*⟧", "", text)) != text:
        text = shorter
    return "".join(re.findall(r"[^\W\d_]+", THEIRS.sub("", text)))


def speaks_throughout(person: Person) -> None:
    for message in person.screen.messages.values():
        assert left_over(str(message.text.striptags())) in {"", "vendredo", "novembro"}, message.text
        for row in message.rows:
            for button in row:
                assert left_over(button.label) == "", button.label
                assert len(button.label) <= 90, button.label
    for toast in person.screen.toasts:
        assert left_over(toast) == "", toast


def bracketed(sentence: str) -> str:
    """How a button's label reads in the make-believe language."""
    return pseudo.accented(sentence)


async def test_a_resident_meets_no_sentence_that_is_not_translated(town: Town) -> None:
    poll = await town.poll("Keep the market?", "North", "South")
    alice = town.stranger("Alice", language=pseudo.CODE)
    await alice.says("/start")
    await alice.says("Atlantis")
    await alice.opens("nosuchcode")
    await alice.opens(poll.code)
    await alice.taps("North")
    await alice.taps(bracketed("Skip"))
    await alice.taps("South")
    for act in (
        "/help",
        "/me",
        "/language",
        "/polls",
        "/link",
        "/link wrong",
        "/forgetme",
        "/mydata",
        "/mydata",
        "/mydata",
        "/mydata",
        "/cancel",
        "/fly",
        "/poll",
        "hm",
    ):
        await alice.says(act)
    for kind in ("photo", "forwarded", "edited"):
        await alice.does(Odd(kind))
    for payload in (
        "zz:1",
        "v:99:0",
        f"v:{poll.id}:9",
        "x:1:0",
        "k:1:a:b",
        "n:1:back",
        f"p:{poll.id}",
        "m:area",
    ):
        await alice.does(Tap(payload, query="q"))
    await town.passes(days=4)
    await alice.does(Tap(f"v:{poll.id}:0", query="q"))
    speaks_throughout(alice)


async def test_an_organiser_meets_no_sentence_that_is_not_translated(town: Town) -> None:
    olga = await town.organiser("Olga", language=pseudo.CODE)
    await olga.says("/help")
    await olga.taps(bracketed("About you"))
    for act in (
        "/invite",
        "/invite",
        "/poll",
        "x" * 301,
        "Keep the market?",
        "one",
        "North\nSouth",
        "some day",
    ):
        await olga.says(act)
    await olga.taps(pseudo.accented("in {n} days").replace("{n}", "3"))
    await olga.says("/help")
    await olga.taps(bracketed("Go on with it"))
    await olga.taps(bracketed("Edit"))
    await olga.taps(bracketed("Who sees the result, and when"))
    await olga.taps(bracketed("When the poll has closed"))
    await olga.taps(bracketed("Send"))
    await olga.taps("North")
    await olga.taps(bracketed("How it stands"))
    await olga.taps(bracketed("Close it now"))
    await olga.taps(bracketed("Yes, close it"))
    await olga.taps(bracketed("Tell them"))
    await olga.says("It stays until May")
    await olga.taps(bracketed("the council"))
    await olga.taps(pseudo.accented("in {n} days").replace("{n}", "7"))
    await olga.taps(bracketed("Edit"))
    await olga.taps(bracketed("Who decided it"))
    await olga.taps(bracketed("Leave it out"))
    await olga.taps(bracketed("Send"))
    await olga.says("/voices")
    speaks_throughout(olga)


async def test_a_promise_and_all_that_becomes_of_it_is_translated(town: Town) -> None:
    await (olga := await town.organiser("Olga", language=pseudo.CODE)).says(
        "/poll New benches? | North | South"
    )
    await olga.taps(bracketed("Send"))
    await olga.taps("North")
    await olga.says("/cancel")
    alice = town.stranger("Alice", language=pseudo.CODE)
    await alice.opens((await town.newest_poll()).code)
    await alice.taps("South")
    await alice.says("/cancel")
    await town.passes(days=4)
    await town.passes(days=8)
    await olga.says("/promises")
    await olga.taps("New benches?")
    await olga.says("It stays until May")
    await olga.taps(bracketed("the council"))
    await olga.taps(pseudo.accented("in {n} days").replace("{n}", "7"))
    await olga.taps(bracketed("Send"))
    await town.passes(days=8)
    await olga.taps(bracketed("It will be late"))
    await olga.says("It stays until May")
    await olga.taps(pseudo.accented("in {n} days").replace("{n}", "30"))
    await olga.taps(bracketed("Send"))
    await alice.says("/promises")
    await olga.says("/promises")
    await olga.taps("New benches?")
    await olga.taps(bracketed("We drop it"))
    await olga.says("It stays until May")
    await olga.taps(bracketed("Send"))
    await olga.says("/voices")
    for act in ("/promises", "/promises nowhere", "/voices"):
        await alice.says(act)
    for person in (olga, alice):
        speaks_throughout(person)


async def test_a_group_meets_no_sentence_that_is_not_translated(town: Town) -> None:
    olga = await town.organiser("Olga", language=pseudo.CODE)
    group, alice = (town.stranger(name, language=pseudo.CODE) for name in ("Olga", "Alice"))
    group.group = alice.group = "-42"
    await olga.says("/connect")
    await olga.says("/disconnect")
    for act in ("/connect nonsense", "/disconnect", f"/connect {pseudo.CODE}", "/me"):
        await group.says(act)
    await alice.says("/connect")
    await _asked_there(town, olga, group, alice)
    await olga.says("/poll Keep the market? | North | South")
    speaks_throughout(olga)
    await olga.taps(bracketed("Send"))
    await alice.taps("North")
    await town.passes(seconds=6)
    speaks_throughout(alice)
    await town.passes(days=4)
    await olga.taps(bracketed("Tell them"))
    await olga.says("It stays until May")
    await olga.taps(bracketed("the organisers"))
    await olga.taps(bracketed("There is nothing more to do"))
    await olga.taps(bracketed("Send"))
    await town.passes(seconds=6)
    await town.tick()
    await group.says("/disconnect")
    speaks_throughout(alice)


async def _asked_there(town: Town, olga: Person, group: Person, alice: Person) -> None:
    """All that is said about asking in the group itself."""
    await olga.says("/groups")
    await alice.says("/poll New benches? | North | South")
    for act in ("/poll", "/poll New benches?", "/poll New benches? | North | South"):
        await group.says(act)
    await olga.taps(bracketed("Let everybody ask there"))
    for act in ("in 9 days", "in 2 days", "in 2 days"):
        await alice.says(f"/poll Keep the market? | North | South | {pseudo.accented('closes')} {act}")
        await alice.says(f"/poll Keep the market? | North | South | closes {act}")
    await olga.says("/groups")
    await olga.taps("New benches?")
    await olga.taps(bracketed("Ask everyone in {community} too").replace("{community}", "Elm Park"))
    await olga.taps(bracketed("Send"))
    group.administers, before = False, group.administers
    await group.says("/connect")
    group.administers = None
    await group.says("/connect")
    group.administers = before
    for poll in (1, 2):
        await alice.does(Tap(f"v:{poll}:0", query="q"))
        await olga.does(Tap(f"pc:{poll}:1", query="q"))
    await olga.says("/groups")
    await olga.taps(bracketed("Leave group {number}").replace("{number}", "1"))
    await olga.taps(bracketed("Yes, leave"))
    await town.passes(seconds=6)
    await group.says("/poll New benches? | North | South")
    await group.says(f"/connect {pseudo.CODE}")


async def test_an_announcement_and_all_that_becomes_of_it_is_translated(town: Town) -> None:
    for name, closed in (("Alice", False), ("Bob", True), ("Carol", False)):
        person = await town.member(name)
        if closed:
            await person.does(Blocked())
    await (olga := await town.organiser("Olga", language=pseudo.CODE)).says("/announcements")
    await town.organiser("Otto")

    async def alice_is_away(parcel: Parcel) -> None:
        if parcel.chat == "Alice":
            raise AddressClosed("403 Forbidden: bot was blocked by the user")

    town.paper.fail = alice_is_away
    town.folkmoot.speeds["paper"] = 0.02
    for act in ("/announce", "x" * 2001, "\u202e", "Keep the market?"):
        await olga.says(act)
    await olga.taps(bracketed("Add it in {language}").replace("{language}", "polski"))
    await olga.taps(bracketed("Leave this language out"))
    await olga.taps(bracketed("Add it in {language}").replace("{language}", "polski"))
    await olga.says("It stays until May")
    await olga.taps(bracketed("Edit"))
    await olga.taps("polski")
    await olga.says("It stays until May")
    await olga.taps(bracketed("Send"))
    await town.tick()
    await olga.says("/announcements")
    await olga.taps("Keep the market?")
    await olga.taps(bracketed("Correct it"))
    await olga.says("Keep the market?")
    await olga.taps(bracketed("Edit"))
    await olga.says("New benches?")
    await olga.taps(bracketed("Send"))
    await town.tick()
    speaks_throughout(olga)


@pytest.mark.parametrize("state", BROADCAST_STATES)
@pytest.mark.parametrize("sure", [False, True])
async def test_all_that_an_organiser_may_see_of_it_is_translated(town: Town, state: str, sure: bool) -> None:
    community, tongue = await town.community(), i18n.tongue(pseudo.CODE)
    reasons = ("403 Forbidden", "the address is gone", "perhaps delivered: ?", "expired", "cancelled", "new")
    drawn = letters.view(
        Broadcast(
            id=1,
            language="en",
            texts={"en": "New benches?"},
            state=state,
            sent_at=MONDAY,
            put_at=None if sure else MONDAY,
        ),
        community,
        Progress(put=12, sent=1, waiting=5, failed=dict.fromkeys(reasons, 1)),
        tongue,
        sure=sure,
        newcomers_until=MONDAY,
    )
    olga = town.stranger("Olga")
    olga.screen.messages = {"1": drawn, "2": letters.moved_on(tongue)}
    speaks_throughout(olga)
