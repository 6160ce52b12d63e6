"""A community's privacy page: in each language, without scripts, true to the program, found from where people are."""

from __future__ import annotations

import re

import pytest
from aiohttp import ClientSession
from markupsafe import escape
from sqlalchemy.engine import URL

from bot import i18n, retention
from tests.channels.webchat_town import a_web_town
from tests.town import a_town

PAGE = "/c/elm-park/privacy"


@pytest.fixture
def url(database_url: URL) -> str:
    return database_url.render_as_string(hide_password=False)


async def test_everyone_reads_it_in_their_language_and_it_changes_nothing(url: str) -> None:
    async with a_web_town(url) as town, ClientSession(town.site) as http:
        await town.community()
        before = await town.rows()
        for code in i18n.available():
            to = i18n.tongue(code)
            async with http.get(PAGE, headers={"Accept-Language": f"{code},en;q=0.5"}) as answer:
                page = await answer.text()
                assert answer.status == 200
                assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
            assert f'<html lang="{code}" dir="{"rtl" if to.rtl else "ltr"}">' in page
            assert "<script" not in page
            for rule in retention.RULES.values():
                if not rule.people:
                    continue
                assert str(escape(to._(rule.what))) in page
                assert str(to._(rule.why)) in page
                if rule.age is not None:
                    assert to.span(rule.age) in page
            for other in i18n.available():
                assert f'href="{PAGE}?lang={other}"' in page
        async with http.get(f"{PAGE}?lang=pl", headers={"Accept-Language": "ur"}) as answer:
            assert '<html lang="pl" dir="ltr">' in await answer.text()
        assert (await http.get("/c/atlantis/privacy")).status == 404
        assert await town.rows() == before


async def test_it_says_who_runs_the_service_or_that_nobody_has_said_so(url: str) -> None:
    async with a_web_town(url) as town, ClientSession(town.site) as http:
        await town.community()
        page = await (await http.get(PAGE)).text()
        assert "has not put a name here" in page
        assert "You can write to:" not in page
    told = {"operator_name": "Elm <Park> Residents", "operator_contact": "privacy@elmpark.example"}
    async with a_web_town(url, **told) as town, ClientSession(town.site) as http:
        page = await (await http.get(PAGE)).text()
        assert "This service is run by Elm &lt;Park&gt; Residents." in page
        assert '<a href="mailto:privacy@elmpark.example">privacy@elmpark.example</a>' in page
        assert "has not put a name here" not in page


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        ("https://elmpark.example/us", '<a href="https://elmpark.example/us">https://elmpark.example/us</a>'),
        ("1 High Street, Elm Park", "<bdi>1 High Street, Elm Park</bdi>"),
        ("javascript:alert(1)", "<bdi>javascript:alert(1)</bdi>"),
    ],
)
async def test_a_contact_may_be_any_kind_of_address(url: str, contact: str, shown: str) -> None:
    async with a_web_town(url, operator_contact=contact) as town, ClientSession(town.site) as http:
        await town.community()
        assert shown in await (await http.get(PAGE)).text()


async def test_it_is_found_from_the_chat_page_and_from_me(url: str) -> None:
    async with a_web_town(url, public_url="https://town.example") as town:
        await town.community()
        async with town.visitor() as visitor:
            page = await visitor.opens("/w/elm-park?lang=pl")
            assert re.search(rf'<a href="{PAGE}\?lang=pl"[^>]*>Prywatność</a>', page.html)
        alice = await town.member("Alice")
        await alice.says("/me")
        (button,) = [one for row in list(alice.screen.messages.values())[-1].rows for one in row if one.url]
        assert (button.label, button.url) == ("How it is kept", f"https://town.example{PAGE}")


async def test_without_a_public_address_there_is_no_button_that_leads_nowhere(url: str) -> None:
    async with a_town(url) as town:
        alice = await town.member("Alice")
        await alice.says("/me")
        assert "How it is kept" not in alice.text
