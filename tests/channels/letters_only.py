"""E-mail among the channels: somebody who only reads letters and presses their links; and what that leaves out."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

import aiohttp

from bot.services import mailboxes
from bot.services.community import communities
from tests.channels.everywhere import Everywhere, everywhere
from tests.mails.conftest import FROM
from tests.mails.town_hall import Arrived, TownHall, a_town_hall

CANNOT = {
    "test_an_organiser_asks_in_one_line_and_gets_links_to_pass_on": (
        "A mail is never a command: its sender can be forged."
    ),
    "test_the_three_questions_are_typed_skipped_and_remembered": (
        "Only an answer to a letter about something is passed on, and a flow's questions would be a mail each."
    ),
    "test_no_is_said_and_the_talk_goes_on": (
        "A mail that answers nothing of ours is answered kindly once a day, and never read as a command."
    ),
}
"""The rules of `test_every_channel.py` that cannot hold in e-mail, and why."""

HOLDS = {
    "test_long_and_hostile_words_arrive_as_they_were_written",
    "test_an_announcement_arrives_and_its_organiser_sees_how_far_it_has_come",
    "test_a_stranger_votes_two_taps_after_the_link_and_changes_their_mind",
    "test_a_result_reaches_everyone_who_voted",
}
"""Those that hold, as far as letters go; `test_email_among_channels.py` tries them. Nobody can be sent to e-mail by a
link: there the stranger is somebody who was asked."""


@dataclass
class ByEmail:
    """Somebody with nothing but a mailbox."""

    town: Everywhere
    hall: TownHall
    email: str
    http: aiohttp.ClientSession
    pages: list[str] = field(default_factory=list)

    @property
    def letters(self) -> list[Arrived]:
        """What has arrived, oldest first."""
        return [one for one in self.hall.arrived if one.to == self.email]

    async def screen(self) -> str:
        """All letters and pages as text, one space between words."""
        return re.sub(r"\s+", " ", " ".join([*(one.plain for one in self.letters), *self.pages]))

    def link(self, label: str) -> tuple[str, str]:
        """The link behind a button of the newest letter that has it, and what it names on its page."""
        letter = next(one for one in reversed(self.letters) if f"{label}:" in one.plain.splitlines())
        path, _, mark = letter.link(label).partition("#")
        return "/e/" + path.partition("/e/")[2], mark

    async def looks(self, path: str) -> str:
        """Open a page."""
        async with self.http.get(path) as page:
            assert page.status == 200, await page.text()
            return await page.text()

    async def presses(self, path: str, **fields: str) -> str:
        """Send a form of a page; the page that comes then, as text."""
        async with self.http.post(path, data=fields or {"x": ""}) as page:
            self.pages.append(unescape(re.sub(r"<[^>]+>", " ", (await page.text()).partition("<body>")[2])))
        return self.pages[-1]

    async def taps(self, label: str, **fields: str) -> str:
        """Open the link behind a button, and press the button that it leads to; the answer."""
        path, mark = self.link(label)
        form = (
            (await self.looks(path)).partition(f'id="{mark}"' if mark else "<form")[2].partition("</form>")[0]
        )
        assert form, "the page has no such button"
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
        return await self.presses(path, **hidden, **fields)


@dataclass
class Letterbox:
    """A town that writes e-mails, and the mail server of those who get them."""

    town: Everywhere
    hall: TownHall
    stack: AsyncExitStack

    async def member(self, name: str, language: str = "en") -> ByEmail:
        """Somebody who belongs to Elm Park and has nothing but a mail address."""
        community, now = await self.town.community(), self.town.clock()
        async with self.town.folkmoot.database.writing() as session:
            address = await mailboxes.at(session, f"{name}@people.example", language=language, now=now)
            await session.refresh(address, ["resident"])
            assert address.resident is not None
            await communities.join(session, address.resident, community.id, now=now, source=None)
        site = f"http://127.0.0.1:{self.town.folkmoot.settings.port}"
        http = await self.stack.enter_async_context(aiohttp.ClientSession(site))
        return ByEmail(self.town, self.hall, f"{name}@people.example".lower(), http)


@asynccontextmanager
async def a_letterbox(url: str, folder: Path, **given: object) -> AsyncIterator[Letterbox]:
    """A running service with e-mail and the paper channel; `given` are more settings."""
    async with AsyncExitStack() as stack:
        hall = await stack.enter_async_context(a_town_hall())
        more = {
            "smtp_url": f"smtp+plain://127.0.0.1:{hall.port}",
            "mail_from": FROM,
            "mail_port": 0,
            "media_dir": folder / "media",
            **given,
        }
        town = await stack.enter_async_context(everywhere(url, "email", **more))
        yield Letterbox(town, hall, stack)
