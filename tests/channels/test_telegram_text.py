"""Long texts and buttons within Telegram's limits; the fake's strict HTML parser is the judge."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from bot.channels.telegram.keyboard import under, words
from bot.channels.telegram.text import LONGEST_TEXT, _parts, parts, shortened
from bot.message import Button, Message, units
from tests.fake_telegram.html import parse

_LETTERS = st.text(st.sampled_from("ab <>&'\"\n😀é👍🏽ق\u0301"), max_size=60)
_TAGS = st.sampled_from(
    ["<b>", "</b>", "<i>", "</i>", "<code>", "</code>", '<a href="https://x.example/?a=1&amp;b=2">', "</a>", "<p>",
     "<a href='x'>", '<a href="javascript:x">', "</", "<", ">", "&", "&#39;", "&amp;lt;", "<b", "\n\n", "\n"]
)  # fmt: skip
_MESSY = st.lists(_TAGS | _LETTERS.map(lambda text: str(escape(text))), max_size=40).map("".join)


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def read(pieces: list[str]) -> list[tuple[str, list[Any]]]:
    return [parse(piece) for piece in pieces]


@given(_MESSY, st.integers(8, 60))
def test_every_piece_fits_is_not_empty_and_is_proper_html(source: str, limit: int) -> None:
    for text, _ in read(parts(Markup(source), limit)):
        assert 0 < units(text) <= limit


@given(st.lists(_LETTERS, max_size=10).map("".join), st.integers(8, 60))
def test_nothing_of_a_resident_s_words_is_lost_and_none_becomes_markup(source: str, limit: int) -> None:
    seen = read(parts(escape(source), limit))
    assert bare("".join(text for text, _ in seen)) == bare(source)
    assert not any(entities for _, entities in seen)


@given(
    _LETTERS,
    st.lists(st.tuples(st.sampled_from(["b", "i", "code"]), _LETTERS), max_size=12),
    st.integers(8, 40),
)
def test_a_letter_stays_bold_on_both_sides_of_a_cut(
    before: str, tagged: list[tuple[str, str]], limit: int
) -> None:
    source = escape(before) + Markup("").join(
        Markup(f"<{tag}>{{}}</{tag}>").format(text) for tag, text in tagged
    )
    marked: dict[str, str] = {"bold": "", "italic": "", "code": ""}
    for text, entities in read(parts(source, limit)):
        coded = text.encode("utf-16-le")
        for one in entities:
            marked[one["type"]] += coded[2 * one["offset"] : 2 * (one["offset"] + one["length"])].decode(
                "utf-16-le"
            )
    for tag, kind in (("b", "bold"), ("i", "italic"), ("code", "code")):
        assert bare(marked[kind]) == bare("".join(text for name, text in tagged if name == tag))


def test_a_text_is_cut_between_paragraphs_then_lines_then_words() -> None:
    assert parts(Markup("one two\n\nthree four\nfive"), 20) == ["one two", "three four\nfive"]
    assert parts(Markup("one two\nthree four five"), 16) == ["one two", "three four five"]
    assert parts(Markup("one two three"), 8) == ["one two", "three"]
    assert parts(Markup("aaaa bbbb"), 4) == ["aaaa", "bbbb"]


def test_a_paragraph_that_just_fits_stays_whole() -> None:
    first, second = "a" * 4096, "b" * 10
    assert parts(Markup(f"{first}\n\n{second}")) == [first, second]
    assert len(parts(Markup("😀" * 2048))) == 1
    assert len(parts(Markup("😀" * 2049))) == 2


def test_a_link_goes_on_after_a_cut_and_markup_does_not_count() -> None:
    link = '<a href="https://x.example/">one two</a>'
    assert parts(Markup(link), 7) == [link]
    assert parts(Markup(link), 4) == [
        '<a href="https://x.example/">one</a>',
        '<a href="https://x.example/">two</a>',
    ]


def test_a_face_with_its_skin_and_an_accent_with_its_letter_stay_together() -> None:
    assert parts(Markup("ab👍🏽"), 5) == ["ab", "👍🏽"]
    assert parts(Markup("abe\u0301"), 3) == ["ab", "e\u0301"]


def test_nothing_to_say_is_no_piece() -> None:
    assert parts(Markup(" \n <b> </b>")) == []


@given(st.text(max_size=100), st.integers(1, 50))
def test_a_shortened_text_fits_and_says_that_it_was_cut(text: str, limit: int) -> None:
    short = shortened(text, limit)
    assert units(short) <= limit
    assert short == text or short.endswith("…")


def keyboard(*rows: tuple[Button, ...], **more: Any) -> Any:
    shown = under(Message(Markup("?"), rows, **more), private=True)
    return shown and shown["inline_keyboard"]


def test_labels_rows_and_keyboards_are_kept_within_the_limits() -> None:
    wide = keyboard(tuple(Button(f"Choice {number}", f"v:{number}") for number in range(20)))
    assert [len(row) for row in wide] == [8, 8, 4]
    tall = keyboard(*((Button("x" * 300, f"v:{number}"),) for number in range(150)))
    assert sum(map(len, tall)) == 100
    assert {len(row[0]["text"]) for row in tall} == {64}
    assert keyboard((Button(" ", "v"),)) == [[{"text": "…", "callback_data": "v"}]]
    assert keyboard() is None


def test_a_link_that_no_button_may_hold_becomes_a_line_of_text() -> None:
    message = Message(
        Markup("Hi"), ((Button("<Open>", url="http://localhost:8080/w/elm"),), (Button("Yes", "y"),))
    )
    assert words(message) == "Hi\n&lt;Open&gt;: http://localhost:8080/w/elm"
    assert keyboard(*message.rows) == [[{"text": "Yes", "callback_data": "y"}]]


def test_a_place_is_asked_for_in_private_and_only_without_other_buttons() -> None:
    asks = Message(Markup("Where?"), (), wants_place=True)
    shown = under(asks, private=True)
    assert shown
    assert shown["keyboard"] == [[{"text": "📍", "request_location": True}]]
    assert under(asks, private=False) is None
    assert keyboard((Button("Skip", "s"),), wants_place=True) == [[{"text": "Skip", "callback_data": "s"}]]


_PIECES = st.one_of(
    st.text(alphabet=" \n\tab<>&\"'éپ😀", max_size=6).map(escape),
    st.tuples(st.sampled_from(["b", "i", "code"]), st.text(alphabet=" \nab<&'پ", max_size=5)).map(
        lambda pair: Markup("<{0}>{1}</{0}>").format(Markup(pair[0]), pair[1])
    ),
    st.sampled_from(["<b>", "</b>", '<a href="https://x.y">', "</a>", "&nbsp;", "&#160;"]).map(Markup),
)


@given(pieces=st.lists(_PIECES, max_size=6))
def test_the_short_way_for_most_messages_says_the_same_as_the_long_way(pieces: list[Markup]) -> None:
    said = Markup("").join(pieces)
    assert parts(said) == _parts(said, LONGEST_TEXT)
