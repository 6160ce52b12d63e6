"""The terminal channel by itself: what is printed, and what a typed line means."""

from __future__ import annotations

from io import StringIO

import pytest
from markupsafe import Markup
from rich.console import Console

from bot.channels.terminal import Terminal
from bot.channels.terminal.paint import painted
from bot.message import Action, Button, Command, Message, Parcel, Place, Tap, Words


class Screen:
    """A terminal of alice's whose paper can be read."""

    def __init__(self) -> None:
        self.paper = StringIO()
        self.terminal = Terminal("alice", Console(file=self.paper, width=80))
        self._envelopes = 0

    async def shows(
        self, text: str, *buttons: Button, action: Action = "send", target: str | None = None
    ) -> str | None:
        self._envelopes += 1
        message = Message(Markup(text), tuple((button,) for button in buttons))
        return await self.terminal.deliver(Parcel(self._envelopes, "alice", action, message, target))

    def tapped(self, line: str) -> tuple[str, str | None]:
        incoming = self.terminal.incoming(line)
        assert isinstance(incoming.what, Tap)
        return incoming.what.payload, incoming.message


def test_a_name_is_a_person_and_everybody_has_a_channel_of_their_own() -> None:
    names = {Terminal(person, Console()).name for person in ("me", "alice", "bob", "ایمن")}
    assert len(names) == 4
    assert "terminal" in names
    assert max(len(name) for name in names) <= 16  # characters of the column addresses.channel


async def test_buttons_keep_their_numbers_until_newer_ones_are_shown() -> None:
    alice = Screen()
    await alice.shows("Market?", Button("Yes", "v:1:0"), Button("No", "v:1:1"))
    await alice.shows("Bench?", Button("Here", "v:2:0"))
    assert alice.tapped("3") == ("v:2:0", "2")
    await alice.shows("No news.")
    assert alice.tapped("2") == ("v:1:1", "1")
    await alice.shows("Thanks", Button("Skip", "k:1:a:skip"))
    assert alice.tapped("1") == ("k:1:a:skip", "4")
    assert alice.terminal.incoming("2").what == Words("2")


async def test_a_changed_message_is_printed_again_under_its_old_name() -> None:
    alice = Screen()
    first = await alice.shows("Market?", Button("Yes", "v:1:0"))
    again = await alice.shows("Counted", Button("✔ Yes", "v:1:0"), action="edit", target=first)
    assert again == first
    assert alice.tapped("2") == ("v:1:0", first)
    assert "Market?" in alice.paper.getvalue()
    assert "✔ Yes" in alice.paper.getvalue()


async def test_a_note_is_one_line_and_an_empty_one_is_none() -> None:
    alice = Screen()
    await alice.shows("Counted. Thank you.", action="toast", target="q")
    await alice.shows("", action="toast", target="q")
    assert alice.paper.getvalue() == "» Counted. Thank you.\n"


async def test_a_button_that_leads_elsewhere_has_an_address_and_no_number() -> None:
    alice = Screen()
    await alice.shows("Look", Button("The plan", url="https://town.example/plan"), Button("Yes", "v:1:0"))
    assert "    The plan: https://town.example/plan\n  1 Yes\n" in alice.paper.getvalue()


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("/start abc", Command("start", "abc")),
        ("/HELP", Command("help", "")),
        ("51.55, 0.19", Place(51.55, 0.19)),
        ("-33.9,151.2", Place(-33.9, 151.2)),
        ("7", Words("7")),
        ("0", Words("0")),
        ("۳", Words("۳")),
        ("/", Words("/")),
        ("hello [bold]there", Words("hello [bold]there")),
    ],
)
def test_what_a_typed_line_means(line: str, meaning: object) -> None:
    incoming = Screen().terminal.incoming(line)
    assert incoming.what == meaning
    assert (incoming.chat, incoming.sender, incoming.group) == ("alice", "alice", False)


def test_markup_becomes_styles_and_a_person_s_words_stay_as_they_are() -> None:
    text = painted("<b>A &lt;b&gt;</b> & <a href='https://x.example'>link</a> [red] \x1b[31m")
    assert text.plain == "A <b> & link [red] [31m"
    assert [(span.start, span.end, span.style) for span in text.spans] == [
        (0, 5, "bold"),
        (8, 12, "underline"),
    ]
