"""Mails that were made to keep whoever reads them busy, or to have them stumble."""

from __future__ import annotations

import pytest

from bot.channels.email.markup import from_html
from bot.channels.email.reading import Unreadable, read
from bot.channels.email.stamps import Stamps

STAMPS = Stamps(b"s" * 32, "reports@town.example")
HEAD = b"From: a@council.example\nTo: reports@town.example\nMIME-Version: 1.0\n"


@pytest.mark.timeout(60)  # where each mark is looked for to the end, it takes many minutes
@pytest.mark.parametrize("mark", ["<!--", "<!", "<", "<a ", "</", "<?", "<b>" * 399 + "</i>" * 100_000])
def test_html_that_is_never_closed_is_read_to_its_end(mark: str) -> None:
    whole = mark * (1_000_000 // len(mark) or 1)
    assert from_html(f"<p>We come on Friday.</p>{whole}").startswith("We come on Friday.")


def test_of_html_that_nobody_understands_what_came_before_is_read() -> None:
    page = b"<p>We come on Friday.</p><![x[ y ]]><p>More</p>"
    assert read(HEAD + b"Content-Type: text/html\n\n" + page, STAMPS).text.startswith("We come on Friday.")


def test_what_is_kept_of_html_is_what_was_there() -> None:
    page = (
        "<p>If 3 < 4 <!-- not this --> then <b>Friday</b>.</p><!--[if mso]><p>Nor this</p><![endif]--><p>Yes"
    )
    assert from_html(page) == "If 3 < 4 then Friday.\n\nYes"


@pytest.mark.parametrize("charset", ["punycode", "PUNYCODE", "idna"])
def test_what_is_no_charset_of_mails_is_none(charset: str) -> None:
    """Python reads it, in a time that grows with the square of its length."""
    kind = f"Content-Type: text/plain; charset={charset}\n\n".encode()
    assert read(HEAD + kind + "We come on Friday-. Ć".encode(), STAMPS).text == "We come on Friday-. Ć"


@pytest.mark.parametrize(
    "raw",
    [
        HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 30_000,
        HEAD + b"X: y\n" * 100_000 + b"\nHello",
        HEAD + b"X: y\r\n" * 100_000 + b"\r\nHello",
    ],
    ids=["parts", "heads", "heads of the wire"],
)
def test_a_mail_of_nothing_but_parts_or_heads_is_not_read(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        read(raw, STAMPS)
