"""Mails as programs of the world write them: what somebody wrote themselves, and what no person wrote."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.email.machines import SUBJECTS, Bounce
from bot.channels.email.quoting import own_words
from bot.channels.email.reading import Unreadable, read
from bot.channels.email.stamps import Stamp, Stamps

FOLDER = Path(__file__).parent / "letters"
EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load((FOLDER / "expected.yaml").read_text("utf-8"))
STAMPS = Stamps(b"s" * 32, "reports@town.example")
ADDRESS, ABOUT = 77, "EP-1042"


def raw(name: str) -> bytes:
    """A mail of the folder, with stamps of today."""
    answer, bounce = STAMPS.answers_to(ADDRESS, ABOUT), STAMPS.bounces_to(ADDRESS, ABOUT)
    mail = (FOLDER / f"{name}.eml").read_bytes()
    mail = mail.replace(b"reports+ANSWER@town.example", answer.encode())
    mail = mail.replace(b"REPORTS+ANSWER@TOWN.EXAMPLE", answer.upper().encode())
    mail = mail.replace(b"reports+BOUNCE@town.example", bounce.encode())
    return mail.replace(b"<LETTER@town.example>", STAMPS.letter(5, ADDRESS, ABOUT).encode())


def test_each_mail_of_the_folder_is_expected() -> None:
    assert {path.stem for path in FOLDER.glob("*.eml")} == set(EXPECTED)
    assert len(EXPECTED) >= 40


@pytest.mark.parametrize("name", [name for name, about in EXPECTED.items() if not about.get("unreadable")])
def test_what_a_mail_says(name: str) -> None:
    expected = EXPECTED[name]
    mail = read(raw(name), STAMPS)
    if "text" in expected:
        assert mail.text == expected["text"]
    assert mail.automatic == expected.get("automatic")
    assert [one.type for one in mail.pictures] == expected.get("pictures", [])
    assert mail.left_out == expected.get("left_out", 0)
    assert _told(mail.bounce) == expected.get("bounce")
    if "sender" in expected:
        assert mail.sender == expected["sender"]
    about = expected.get("about", ABOUT)
    assert (mail.stamp is None) == (about is None)
    if mail.stamp is not None:
        assert (mail.stamp.address, mail.stamp.about) == (ADDRESS, about)
    assert "\0" not in mail.text
    mail.text.encode()


def _told(bounce: Bounce | None) -> str | None:
    return None if bounce is None else bounce.cause + (" for good" if bounce.for_good else "")


@pytest.mark.parametrize("name", [name for name, about in EXPECTED.items() if about.get("unreadable")])
def test_what_cannot_be_read_says_so(name: str) -> None:
    with pytest.raises(Unreadable):
        read(raw(name), STAMPS)


def test_the_same_mail_to_two_of_our_addresses_is_two_answers() -> None:
    one, other = raw("nothing-quoted"), raw("nothing-quoted").replace(b"EP-1042", b"EP-1043")
    assert read(one, STAMPS).key == read(one, STAMPS).key
    assert read(one, STAMPS).key != read(other, STAMPS).key


@given(st.binary(max_size=2_000))
def test_no_bytes_break_whoever_reads_them(anything: bytes) -> None:
    for mail in (anything, b"From: a@b.example\r\n" + anything, raw("outlook")[:400] + anything):
        try:
            told = read(mail, STAMPS)
        except Unreadable:
            continue
        told.text.encode()


@given(st.text(max_size=600))
def test_nothing_that_is_no_quote_is_lost(text: str) -> None:
    """Letters and digits of plain paragraphs stay, whatever they are."""
    words = " ".join("".join(char for char in text if char.isalnum() or char == " ").split())
    plain = f"Dear all {words}"
    assert own_words(plain) == plain[:10_000].strip()


@pytest.mark.parametrize(
    "line",
    [
        "> " * 400,
        "On " * 200 + "wrote:",
        "From: a\nSent: b\n",
        "1234 نے " * 60,
        "- " * 500,
        "\n" * 20,
        "_" * 900,
    ],
)
def test_hostile_mails_take_no_longer(line: str) -> None:
    began = time.process_time()
    own_words((line + "\n") * 20_000)
    assert time.process_time() - began < 5


# --- stamps --------------------------------------------------------------------------------------


@given(
    st.integers(1, 2**62),
    st.none() | st.from_regex(r"[A-Za-z0-9]{1,20}", fullmatch=True),
    st.integers(1, 2**62),
)
def test_stamps_are_read_as_they_were_written(address: int, about: str | None, envelope: int) -> None:
    assert STAMPS.of_address(STAMPS.answers_to(address, about)) == Stamp("r", address, about)
    assert STAMPS.of_address(STAMPS.bounces_to(address, about)) == Stamp("b", address, about)
    assert STAMPS.of_letters("<x@y> " + STAMPS.letter(envelope, address, about)) == Stamp("m", address, about)
    assert len(STAMPS.answers_to(address, about).partition("@")[0]) <= 64


@given(st.integers(1, 2**40), st.integers(0, 60))
def test_a_stamp_that_was_changed_anywhere_is_none(address: int, place: int) -> None:
    good = STAMPS.answers_to(address, ABOUT)
    mark = good.partition("@")[0]
    place %= len(mark)
    other = "a" if mark[place].lower() != "a" else "b"
    changed = f"{mark[:place]}{other}{mark[place + 1 :]}@town.example"
    found = STAMPS.of_address(changed)
    assert found is None


def test_another_town_s_stamps_are_none() -> None:
    other = Stamps(b"o" * 32, "reports@town.example")
    assert STAMPS.of_address(other.answers_to(1, ABOUT)) is None
    assert STAMPS.of_letters(other.letter(1, 1, ABOUT)) is None


def test_a_letter_s_name_is_no_address() -> None:
    name = STAMPS.letter(5, 7, ABOUT).strip("<>")
    assert STAMPS.of_address("reports+" + name.partition(".")[2]) is None


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Full bin [EP-1042]",
        "Auto: Out of the office",
        "Out of Office Re: Full bin",
        "Away from the office until Monday",
        "I am out of the office",
        "Ateb awtomatig: Bin llawn",
        "Ymateb awtomatig: Bin llawn",
        "Allan o’r swyddfa",
        "Allan o'r swyddfa tan ddydd Llun",
        "Automatyczna odpowiedź: Pełny kosz",
        "Nieobecność w pracy",
        "Nie ma mnie w biurze",
        "Poza biurem",
        "خودکار جواب: بھرا ہوا ڈبہ",
        "میں دفتر سے باہر ہوں",
    ],
)
def test_who_is_away_says_so_in_the_subject(subject: str) -> None:
    assert SUBJECTS.match(subject)
    for people in (f"Re: {subject}", f"Odp: {subject}", f"AW: {subject}"):
        assert not SUBJECTS.match(people), "somebody answers a letter that is called so"
