"""Words of residents in which no app finds something to tap."""

from __future__ import annotations

import pytest

from bot.letters.markup import unlinked


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("see https://evil.example/a?b=c", "see https[:]//evil[.]example/a?b=c"),
        ("HTTP://EVIL.COM", "HTTP[:]//EVIL[.]COM"),
        ("www.evil.example", "www[.]evil[.]example"),
        ("t.me/evil", "t[.]me/evil"),
        ("tg://resolve?domain=x", "tg[:]//resolve?domain=x"),
        ("http://1.2.3.4/x", "http[:]//1[.]2.3.4/x"),
        ("a.b@evil.org", "a[.]b[at]evil[.]org"),
        ("ask @mallory", "ask [at]mallory"),
        ("then /forgetme", "then [/]forgetme"),
        ("javascript:alert(1)", "javascript[:]alert(1)"),
        ("پارک.کام", "پارک[.]کام"),
        ("at 9.30, 3.5 m wide, and/or 1/2", "at 9.30, 3.5 m wide, and/or 1/2"),
        ("Full. Again: the bin.", "Full. Again: the bin."),
    ],
)
def test_it_is_broken_where_one_sees_it_and_stays_so(text: str, broken: str) -> None:
    assert unlinked(text) == broken
    assert unlinked(broken) == broken
