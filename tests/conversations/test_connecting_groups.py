"""Connecting a group: an organiser says a word there, or somebody a code made in private; and it is undone."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from bot.message import Blocked, Command, Incoming, MovedTo, Tap, Unblocked
from bot.models import Address, Deed, GroupChat, GroupCode
from bot.services.community import groups
from tests.conversations.test_groups import in_group
from tests.town import Town


async def acts(town: Town) -> list[str]:
    """What organisers did about groups."""
    async with town.folkmoot.database.reading() as session:
        return list(await session.scalars(select(Deed.act).where(Deed.act.like("group.%")).order_by(Deed.id)))


async def connected(town: Town) -> list[tuple[str, str | None]]:
    """Chats that are connected, with their languages."""
    async with town.folkmoot.database.reading() as session:
        rows = await session.execute(
            select(Address.chat, Address.language).join(GroupChat).order_by(Address.chat)
        )
        return [(chat, language) for chat, language in rows]


async def test_an_organiser_connects_a_group_with_one_word(town: Town) -> None:
    await town.organiser("Olga")
    olga = in_group(town, "Olga")
    for _ in range(2):  # the second time changes nothing
        await olga.says("/connect")
    assert "Questions of Elm Park will be asked here too." in olga.latest
    assert "nobody here sees what you chose" in olga.latest
    assert "/disconnect" in olga.latest
    assert await connected(town) == [("-42", "en")]
    assert await acts(town) == ["group.connect"]


async def test_the_word_is_understood_in_every_language(town: Town) -> None:
    await town.organiser("Olga")
    olga = in_group(town, "Olga")
    for word in ("cysylltu grŵp", "Połącz grupę", "گروپ جوڑیں", "connect"):
        await olga.says(word)
        assert await connected(town) == [("-42", "en")], word
        await olga.says("/disconnect")


async def test_a_group_is_spoken_to_in_the_language_it_was_given(town: Town) -> None:
    await town.organiser("Olga")
    olga = in_group(town, "Olga")
    for said in ("/connect pl", "/connect polski", "/connect elm-park PL", "/connect pl elm-park"):
        await olga.says("/connect en")
        await olga.says(said)
        assert "Pytania społeczności Elm Park będą zadawane także tutaj." in olga.latest
        assert await connected(town) == [("-42", "pl")]


async def test_the_usual_language_is_the_communitys_first(town: Town) -> None:
    await town.community(languages=("cy", "en"))
    await town.organiser("Olga")
    await in_group(town, "Olga").says("/connect")
    assert await connected(town) == [("-42", "cy")]


async def test_whoever_is_no_organiser_connects_nothing(town: Town) -> None:
    await town.member("Alice")
    alice = in_group(town, "Alice")
    for said in ("/connect", "/connect elm-park", "/connect abcdefghjk"):
        await alice.says(said)
    assert "Only organisers can do that." in alice.text
    assert "I do not know “elm-park”." in alice.text
    assert await connected(town) == []
    alice.group = None
    await alice.says("/connect")
    assert "Only organisers can bring" in alice.latest


@pytest.mark.parametrize(
    ("administers", "why"),
    [(False, "Please ask one of them."), (None, "Nothing has changed; please send it again in a minute.")],
)
async def test_an_organiser_who_does_not_look_after_the_group_connects_nothing(
    town: Town, administers: bool | None, why: str
) -> None:
    await town.organiser("Olga")
    line = await code_for(town)
    olga = in_group(town, "Olga")
    olga.administers = administers
    for said in ("/connect", "/connect elm-park", line, "connect"):
        await olga.says(said)
        assert why in olga.latest
    assert await connected(town) == []
    olga.administers = True
    await olga.says(line)  # it was not used up
    assert await connected(town) == [("-42", "en")]


async def test_whoever_organises_several_communities_says_which(town: Town) -> None:
    await town.organiser("Olga", slug="elm-park")
    await town.organiser("Olga", slug="oak-hill")
    olga = in_group(town, "Olga")
    await olga.says("/connect")
    assert "You organise more than one community." in olga.latest
    assert "Oak" not in olga.latest  # which ones is nobody else's business
    await olga.says("/connect oak-hill")
    assert "Questions of Oak Hill will be asked here too." in olga.latest
    await olga.says("/connect elm-park")
    await olga.says("/disconnect oak-hill")
    assert "Done. Questions of Oak Hill are not asked here any more." in olga.latest
    assert await connected(town) == [("-42", "en")]


async def code_for(town: Town, name: str = "Olga") -> str:
    """What an organiser is told in private to send in the group."""
    olga = town.stranger(name)
    await olga.says("/connect")
    found = re.search(r"/connect \w+", olga.latest)
    assert found, olga.latest
    return found[0]


async def test_a_code_made_in_private_connects_one_group_for_whoever_says_it_there(town: Town) -> None:
    await town.organiser("Olga")
    line = await code_for(town)
    anybody = in_group(town, "Alice")
    await anybody.says(f"{line} pl")
    assert await connected(town) == [("-42", "pl")]
    again = in_group(town, "Alice", group="-43")
    await again.says(line)
    assert "I do not know" in again.latest
    assert await connected(town) == [("-42", "pl")]


async def test_a_code_is_forgotten_after_an_hour(town: Town) -> None:
    await town.organiser("Olga")
    line = await code_for(town)
    town.clock.pass_by(groups.LIFE)
    alice = in_group(town, "Alice")
    await alice.says(line)
    assert "too old" in alice.latest
    await town.passes(seconds=1)
    async with town.folkmoot.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(GroupCode)) == 0


async def test_the_code_of_somebody_who_organises_no_more_is_worth_nothing(town: Town) -> None:
    for name in ("Olga", "Otto"):
        await town.organiser(name)
    line = await code_for(town, "Otto")
    await town.stranger("Otto").does(Tap("x:1:1"))
    await in_group(town, "Alice").says(line)
    assert await connected(town) == []


def nobody(town: Town, words: str) -> Incoming:
    """An administrator who writes as the group."""
    name, _, rest = words.removeprefix("/").partition(" ")
    key = f"a{next(town.numbers)}"
    return Incoming("paper", key, "-42", "-42", Command(name, rest), "en", group=True, administers=True)


async def test_an_anonymous_administrator_is_told_the_way(town: Town) -> None:
    await town.organiser("Olga")
    for words in ("/connect", "/connect elm-park", "/disconnect"):
        await town.folkmoot.dispatcher.submit(nobody(town, words))
    await town.quiet()
    group = in_group(town)
    assert "I cannot see who you are while you write as the group." in group.text
    assert await connected(town) == []
    await town.folkmoot.dispatcher.submit(nobody(town, await code_for(town)))
    await town.quiet()
    assert await connected(town) == [("-42", "en")]


async def test_only_an_organiser_of_the_community_ends_it(town: Town) -> None:
    await town.organiser("Olga")
    await town.organiser("Ota", slug="oak-hill")
    olga, ota, alice = (in_group(town, name) for name in ("Olga", "Ota", "Alice"))
    await olga.says("/connect")
    for stranger in (ota, alice):
        await stranger.says("/disconnect")
        assert "No community that you organise asks its questions here." in stranger.latest
    await olga.says("/disconnect")
    assert "Done. Questions of Elm Park are not asked here any more." in olga.latest
    assert await connected(town) == []
    assert await acts(town) == ["group.connect", "group.disconnect"]
    olga.group = None
    await olga.says("/disconnect")
    assert "Send this in the group chat" in olga.latest


async def test_a_group_that_goes_on_under_another_name_stays_connected(town: Town) -> None:
    await town.organiser("Olga")
    olga = in_group(town, "Olga")
    await olga.says("/connect")
    await olga.does(MovedTo("-100"))
    assert await connected(town) == [("-100", "en")]


async def test_it_stays_connected_when_its_new_name_was_heard_first(town: Town) -> None:
    await town.organiser("Olga")
    olga, later = in_group(town, "Olga"), in_group(town, "Olga", group="-100")
    await olga.says("/connect pl")
    await later.says("/help")
    await olga.does(MovedTo("-100"))
    assert await connected(town) == [("-100", "pl")]


async def test_a_group_that_throws_us_out_is_forgotten_after_a_month(town: Town) -> None:
    await town.organiser("Olga")
    olga = in_group(town, "Olga")
    await olga.says("/connect")
    await olga.does(Blocked())
    await town.passes(days=29)
    assert await connected(town) == [("-42", "en")]
    await town.passes(days=2)
    assert await connected(town) == []


async def test_the_preview_tells_of_the_groups_that_can_be_reached(town: Town) -> None:
    private = await town.organiser("Olga")
    for group in ("-42", "-43"):
        await in_group(town, "Olga", group).says("/connect")
    await private.says("/poll Keep it? | Yes | No")
    assert "It is asked in 2 group chats too." in private.latest
    await in_group(town, "Olga").does(Blocked())
    await private.says("/cancel")
    await private.says("/poll Keep it? | Yes | No")
    assert "It is asked in 1 group chat too." in private.latest
    await in_group(town, "Olga").does(Unblocked())
    await private.says("/cancel")
    await private.says("/poll Keep it? | Yes | No")
    assert "It is asked in 2 group chats too." in private.latest
