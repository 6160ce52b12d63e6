"""On the page of the web chat whoever has a desk finds the way to it, and nobody else does."""

from __future__ import annotations

import asyncio

from sqlalchemy import delete

from bot.i18n import tongue
from bot.models import Officer
from tests.channels.webchat_town import Visitor, WebTown
from tests.council import a_body, a_post


def buttons(visitor: Visitor) -> list[str]:
    """What can always be tapped."""
    return [label for form in visitor.page.forms for label, name, _ in form.buttons if name == "command"]


async def test_an_officer_opens_the_desk_with_a_tap(pages: WebTown) -> None:
    await pages.community()
    code = await a_post(pages, await a_body(pages))
    async with pages.visitor() as bob:
        await bob.opens(f"/w/elm-park/{code}")
        assert "My desk" not in buttons(bob)
        await bob.presses("Accept")
        assert buttons(bob) == ["My desk", "Report a problem", "My reports", "My polls", "Help"]
        await bob.presses("My desk")
        assert bob.page.text.count("My desk") == 1, "what was tapped stands among their own words"
        assert "Nothing is open at your desk." in bob.page.text
        async with pages.folkmoot.database.writing() as session:
            await session.execute(delete(Officer))
        await bob.opens("/w/elm-park")
        assert "My desk" not in buttons(bob)


async def test_an_organiser_has_a_desk_too(pages: WebTown) -> None:
    code = await pages.invitation("organiser")
    async with pages.visitor() as olga:
        await olga.opens(f"/w/elm-park/{code}")
        await olga.presses("Accept")
        assert buttons(olga)[0] == "My desk"


async def test_nobody_else_is_shown_a_desk(pages: WebTown) -> None:
    await pages.community()
    council = await a_body(pages)
    code = await a_post(pages, council)
    async with pages.visitor() as bob, pages.visitor() as alice:
        await bob.opens(f"/w/elm-park/{code}")
        await bob.presses("Accept")
        await alice.opens("/w/elm-park")
        assert buttons(alice) == ["Report a problem", "My reports", "My polls", "Help"]
        await alice.presses("Join Elm Park")
        assert buttons(alice) == ["Report a problem", "My reports", "My polls", "Help"]
        await alice.sends({**alice.page.forms[-1].fields, "words": "", "command": "desk"})
        assert "desk" in alice.page.text.lower()
        assert "My desk" not in buttons(alice)


async def test_the_button_speaks_the_language_of_its_reader(pages: WebTown) -> None:
    await pages.community()
    code = await a_post(pages, await a_body(pages))
    async with pages.visitor(**{"Accept-Language": "ur"}) as bob:
        await bob.opens(f"/w/elm-park/{code}")
        await bob.presses(bob.page.forms[0].buttons[0][0])
        label = str(tongue("ur")._("My desk"))
        assert buttons(bob)[0] == label
        await bob.presses(label)
        assert label in bob.page.text


async def test_where_streams_do_not_get_through_the_desk_comes_with_the_news(pages: WebTown) -> None:
    await pages.community()
    code = await a_post(pages, await a_body(pages))
    async with pages.visitor() as bob:
        await bob.opens("/w/elm-park")
        await bob.presses("Join Elm Park")
        async with bob.http.get("/w/lines?after=0") as answer:
            assert (await answer.json())["desk"] is False
        await bob.opens(f"/w/elm-park/{code}")
        await bob.presses("Accept")
        async with bob.http.get("/w/lines?after=0") as answer:
            told = await answer.json()
        assert told["desk"] is True
        async with bob.http.get(f"/w/lines?after={max(line['seq'] for line in told['lines'])}") as answer:
            assert (await answer.json())["desk"] is False, "it comes with news only"
        async with asyncio.timeout(20), bob.http.get("/w/events?after=0") as stream:
            heard = b""
            while b"event: desk" not in heard:
                heard += await stream.content.readany()
            assert heard.count(b"event: desk") == 1
