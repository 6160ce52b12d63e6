"""`folkmoot chat`: the town in a terminal, alone, through a pipe, and beside a running service."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import PATIENCE, Desk

ELM_PARK = (
    "community",
    "add",
    "elm-park",
    "--name",
    "Elm Park",
    "--zone",
    "Europe/London",
    "--languages",
    "en,pl",
)


def organiser_asks(desk: Desk, question: str = "Keep the market? | Yes | No") -> dict[str, Any]:
    """An organiser asks in a terminal; how the poll stands then."""
    code = desk.types("invite", "organiser", "--community", "elm-park", "--json").json["code"]
    told = desk.types("chat", "--as", "Olga", typed=f"/start {code}\n/poll {question}\n1\n")
    assert "Sent. It is on its way to 1 person." in told.out
    return standing(desk)


def standing(desk: Desk) -> dict[str, Any]:
    polls: list[dict[str, Any]] = desk.types("poll", "list", "--community", "elm-park", "--json").json
    return polls[0]


def votes(desk: Desk) -> dict[str, int]:
    return {choice["text"]: choice["votes"] for choice in standing(desk)["choices"]}


def test_a_question_is_asked_and_answered_through_pipes(either_desk: Desk) -> None:
    either_desk.types(*ELM_PARK)
    asked = organiser_asks(either_desk)
    assert asked["state"] == "open"
    assert (asked["people_asked"], asked["people_took_part"]) == (1, 0)

    told = either_desk.runs(
        "chat", "--as", "Alice", "--community", "elm-park", typed=f"/start {asked['code']}\n1\n"
    )
    assert (told.code, told.err) == (0, "")
    said = told.out[told.out.index("> /start") :]
    assert said.index("  1 Yes\n  2 No\n") < said.index("> 1") < said.index("» Counted. Thank you.")
    assert "✔ Yes" in said

    counted = standing(either_desk)
    assert counted == asked | {
        "choices": [{"text": "Yes", "votes": 1}, {"text": "No", "votes": 0}],
        "people_asked": 2,
        "people_took_part": 1,
    }
    assert list(counted) == [
        "id",
        "code",
        "question",
        "state",
        "kind",
        "choices",
        "notes",
        "people_asked",
        "people_took_part",
    ]
    text = either_desk.types("poll", "list", "--community", "elm-park").out
    assert text == (
        f"Keep the market? (open, code {asked['code']})\n"
        "      1  Yes\n      0  No\n  People asked: 2, took part: 1\n\n"
    )


def test_somebody_comes_back_and_changes_their_mind(desk: Desk) -> None:
    desk.types(*ELM_PARK)
    code = organiser_asks(desk)["code"]
    desk.types("chat", "--as", "Alice", typed=f"/start {code}\n1\n")
    assert votes(desk) == {"Yes": 1, "No": 0}
    desk.types("chat", "--as", "Alice", typed=f"/start {code}\n2")  # the last line has no end
    assert votes(desk) == {"Yes": 0, "No": 1}


def test_two_names_are_two_people_and_nobody_reads_the_other_s_answers(desk: Desk) -> None:
    desk.types(*ELM_PARK)
    code = organiser_asks(desk)["code"]
    for name, choice in (("Alice", 1), ("Bob", 2)):
        told = desk.types("chat", "--as", name, typed=f"/start {code}\n{choice}\n")
        assert told.out.count("» Counted. Thank you.") == 1
    assert votes(desk) == {"Yes": 1, "No": 1}


def test_a_chat_beside_a_running_service_votes_in_the_same_poll(either_desk: Desk) -> None:
    either_desk.types(*ELM_PARK)
    with either_desk.service("run"):
        code = organiser_asks(either_desk)["code"]
        told = either_desk.runs("chat", typed=f"/start {code}\n2\n")
        assert told.code == 0
        assert votes(either_desk) == {"Yes": 0, "No": 1}


def test_a_language_can_be_chosen_and_is_kept(desk: Desk) -> None:
    desk.types(*ELM_PARK)
    assert "✔ polski" in desk.types("chat", "--language", "pl", typed="/language\n").out
    assert "✔ polski" in desk.types("chat", typed="/language\n").out
    assert "✔ English" in desk.types("chat", "--language", "en", typed="/language\n").out


def test_a_place_in_degrees_finds_the_community_there(desk: Desk) -> None:
    desk.types(*ELM_PARK, "--at", "51.55,0.19")
    assert "1 Join Elm Park" in desk.types("chat", typed="51.56, 0.2\n").out


def test_what_somebody_wrote_cannot_paint_the_terminal(desk: Desk) -> None:
    desk.types(*ELM_PARK)
    organiser_asks(desk, "[bold]Keep\x1b[31m <b>it</b>? | Yes | No")
    told = desk.types("chat", "--as", "Olga", typed="/polls\n1\n")
    assert "\x1b" not in told.out
    assert "[bold]Keep[31m <b>it</b>?" in told.out


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("--language", "tlh"), 1, "I do not speak tlh yet."),
        (("--community", "atlantis"), 1, "There is no community called atlantis."),
        (("--as", " "), 2, "Usage: folkmoot chat"),
    ],
)
def test_a_chat_that_cannot_begin_says_why(
    desk: Desk, words: tuple[str, str], code: int, sentence: str
) -> None:
    told = desk.types("chat", *words)
    assert told.code == code
    assert told.err.startswith(sentence)


def test_the_same_name_in_a_second_terminal_is_refused(desk: Desk) -> None:
    first = Keyboard(desk, "--as", "Alice")
    try:
        first.reads("Which community")
        told = desk.types("chat", "--as", "Alice")
    finally:
        first.hangs_up()
    assert told.code == 1
    assert told.err == "Somebody talks as Alice in another terminal. Choose another name with --as.\n"


def test_at_a_real_terminal_one_is_prompted_and_leaves_with_ctrl_d(desk: Desk) -> None:
    keyboard = Keyboard(desk)
    try:
        keyboard.reads("Ctrl-D leaves")
        keyboard.reads("> ")
        keyboard.types("/help\n")
        keyboard.reads("This is what I can do")
        keyboard.reads("> ")
        keyboard.types("\x04")
        assert keyboard.process.wait(PATIENCE) == 0
    finally:
        keyboard.hangs_up()


def test_ctrl_c_leaves_at_once_and_kindly(desk: Desk) -> None:
    keyboard = Keyboard(desk)
    try:
        keyboard.reads("> ")
        keyboard.types("\x03")
        assert keyboard.process.wait(PATIENCE) == 0
        assert "Traceback" not in keyboard.screen
    finally:
        keyboard.hangs_up()


class Keyboard:
    """A chat at a real (pseudo) terminal."""

    def __init__(self, desk: Desk, *words: str) -> None:
        self._hand, screen = pty.openpty()
        self.screen = ""
        self._read = 0
        self.process = subprocess.Popen(
            [sys.executable, "-c", TAKE_THE_TERMINAL, *words],
            cwd=desk.folder,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "TERM": "dumb"} | desk.settings,
            stdin=screen,
            stdout=screen,
            stderr=screen,
            start_new_session=True,
        )
        os.close(screen)
        os.set_blocking(self._hand, False)

    def types(self, keys: str) -> None:
        os.write(self._hand, keys.encode())

    def reads(self, words: str) -> None:
        """Wait until these words stand on the screen, after what was read before."""
        deadline = time.monotonic() + PATIENCE
        while (at := self.screen.find(words, self._read)) < 0:
            assert time.monotonic() < deadline, f"{words!r} is not in {self.screen!r}"
            try:
                self.screen += os.read(self._hand, 65536).decode(errors="replace")
            except OSError:
                time.sleep(0.02)
        self._read = at + len(words)

    def hangs_up(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._hand)


# Ctrl-C reaches the program only if the terminal is its own, and if nobody above told it not to listen: a shell does
# that to whatever it runs in the background, tests among it.
TAKE_THE_TERMINAL = """
import fcntl, signal, sys, termios
signal.signal(signal.SIGINT, signal.default_int_handler)
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
sys.argv = ["folkmoot", "chat", *sys.argv[1:]]
from bot.__main__ import main
main()
"""


def test_nobody_is_told_of_a_button_that_a_terminal_does_not_have(desk: Desk) -> None:
    desk.types(*ELM_PARK)
    told = desk.runs("chat", "--as", "Alice", "--community", "elm-park", typed="/report The bin is full\n")
    assert "Where is it?" in told.out
    assert "with this button" not in told.out
