"""Whatever a message holds, a page shows it as text with at most our four kinds of markup."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.webchat.markup import clean

CASES = [
    ("plain & simple", "plain &amp; simple"),
    ("<b>bold</b> <i>soft</i> <code>/me</code>", "<b>bold</b> <i>soft</i> <code>/me</code>"),
    ("a &lt;b&gt; c", "a &lt;b&gt; c"),
    ("<script>x</script>", "&lt;script&gt;x&lt;/script&gt;"),
    ("<b onclick=x>y</b>", "<b>y</b>"),
    ("<b>never closed", "<b>never closed</b>"),
    ("<b>crossed <i>over</b></i>", "<b>crossed <i>over</i></b>&lt;/i&gt;"),
    ('<a href="javascript:x">y</a>', "&lt;a href=&#34;javascript:x&#34;&gt;y&lt;/a&gt;"),
    ("one\ntwo\n\nthree", 'one\ntwo<span class="gap"></span>three'),
    ("<!-- no --><?no?><!doctype x>", "&lt;!-- no --&gt;&lt;?no?&gt;&lt;!doctype x&gt;"),
]


@pytest.mark.parametrize(("text", "shown"), CASES)
def test_only_listed_markup_is_shown_as_markup(text: str, shown: str) -> None:
    assert clean(text, new_tab="new") == shown


def test_a_link_opens_apart_and_says_so() -> None:
    shown = clean('<a href="https://x.example/?a=1&amp;b=2">map</a>', new_tab="opens in a new window")
    assert 'href="https://x.example/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer"' in shown
    assert '<span class="unseen"> (opens in a new window)</span></a>' in shown


TAGS = re.compile(
    r"</?(b|i|code)>|</a>|<a href=\"https?:[^\"<>]*\" target=\"_blank\" rel=\"noopener noreferrer\">|</?span[^<>]*>"
)


@given(
    st.lists(
        st.one_of(
            st.text(),
            st.sampled_from(
                [
                    "<",
                    ">",
                    "<b>",
                    "</b>",
                    "<a href=",
                    '"',
                    "'",
                    "https://x",
                    "<!--",
                    "<?",
                    "&lt",
                    "</",
                    "<svg onload=x>",
                    "<i",
                ]
            ),
        )
    )
)
def test_no_text_at_all_can_become_other_markup(parts: list[str]) -> None:
    shown = clean("".join(parts), new_tab="new")
    assert not re.search("[<>]", TAGS.sub("", shown))
