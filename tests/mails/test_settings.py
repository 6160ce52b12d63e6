"""What an operator sets for e-mail: wrong settings are named, `folkmoot check` tries them, lines are kept private."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from bot.channels.email.building import account_of, server_of
from bot.channels.email.collecting import Account
from bot.channels.email.sending import NoEntry, Server, connected, hang_up, send
from bot.commands import checking
from bot.errors import SettingWrong
from bot.logs import _secrets
from bot.settings import Settings, read
from tests.mails.conftest import FROM
from tests.mails.mailbox import PASSWORD, USER, Mailbox
from tests.mails.town_hall import TownHall, a_town_hall

SMTP: dict[str, Any] = {"smtp_url": "smtp://mail.town.example", "mail_from": FROM}
LIKE = "The setting SMTP_URL is wrong: must look like smtps://user:password@mail.town.example."

WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no sender": ({"smtp_url": "smtp://a"}, "The setting MAIL_FROM is missing: SMTP_URL needs it."),
    "no server": ({"mail_from": FROM}, "The setting SMTP_URL is missing: MAIL_FROM needs it."),
    "no password": ({"smtp_url": "smtp://hush@a"}, LIKE),
    "no scheme": ({"smtp_url": "mail.hush.example"}, LIKE),
    "another scheme": ({"smtp_url": "https://hush.example"}, LIKE),
    "no port": ({"smtp_url": "smtp://a:hush"}, LIKE),
    "nothing goes out": (
        {"imap_url": "imaps://a:b@c"},
        "The setting SMTP_URL is missing: IMAP_URL needs it.",
    ),
    "no login": (
        SMTP | {"imap_url": "imaps://hush.example"},
        "The setting IMAP_URL is wrong: must look like imaps://",
    ),
    "a folder": (
        SMTP | {"imap_url": 'imaps://a:b@c/IN"BOX'},
        "The setting IMAP_URL is wrong: must look like imaps://",
    ),
    "a port alone": ({"mail_port": 25}, "The setting SMTP_URL is missing: MAIL_PORT needs it."),
    "no address": (
        SMTP | {"mail_from": "reports"},
        "The setting MAIL_FROM is wrong: must be an address such as",
    ),
    "a long name": (
        SMTP | {"mail_from": "a" * 16 + "@b.example"},
        "The setting MAIL_FROM is wrong: must be an address",
    ),
    "a plus": (SMTP | {"mail_from": "a+b@b.example"}, "The setting MAIL_FROM is wrong: must be an address"),
}

READ = {
    "smtp://mail.example": Server("mail.example", 587, "starttls"),
    "smtps://a@b.example:p%2Fw@mail.example": Server("mail.example", 465, "tls", "a@b.example", "p/w"),
    "smtp+plain://localhost:2500": Server("localhost", 2500, "none"),
}


@pytest.mark.parametrize("address", READ)
def test_an_address_says_where_and_how(address: str) -> None:
    assert server_of(read(_env_file=None, **SMTP | {"smtp_url": address})) == READ[address]


def test_a_mailbox_s_address_says_which_folder() -> None:
    settings = read(_env_file=None, **SMTP | {"imap_url": "imap://a@b.example:pw@mail.example/Reports/In"})
    assert account_of(settings) == Account("mail.example", 143, "starttls", "a@b.example", "pw", "Reports/In")


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_setting_is_named(what: str) -> None:
    given, said = WRONG[what]
    with pytest.raises(SettingWrong) as no:
        read(_env_file=None, **given)
    assert str(no.value).startswith(said)
    assert "hush" not in str(no.value)


def test_e_mail_is_off_unless_it_is_set() -> None:
    settings = read(_env_file=None)
    assert (settings.smtp_url, settings.imap_url, settings.mail_port) == (None, None, None)


async def found(**given: Any) -> list[tuple[str, str, str]]:
    settings = Settings(_env_file=None, **given)  # type: ignore[call-arg]
    looks = (checking._email, checking._mailbox)
    return [(one.what, one.state, one.sentence) for look in looks async for one in look(settings)]


async def test_check_tries_the_server_and_the_mailbox(mailbox: Mailbox) -> None:
    hall = TownHall(logins={"reports": "open sesame"})
    async with a_town_hall(hall):
        smtp = f"smtp+plain://reports:{{}}@127.0.0.1:{hall.port}"
        imap = f"imap+plain://{USER}:{{}}@127.0.0.1:{mailbox.port}"
        usual = {"mail_from": FROM, "public_url": "https://town.example"}
        right = {"smtp_url": smtp.format("open%20sesame"), "imap_url": imap.format(quote(PASSWORD)), **usual}
        assert await found(**right) == [
            ("e-mail", "ok", "127.0.0.1 lets us in."),
            ("mailbox", "ok", "INBOX at 127.0.0.1 can be read."),
        ]
        wrong = {"smtp_url": smtp.format("no"), "imap_url": imap.format("no"), "public_url": None}
        assert await found(**right | wrong) == [
            ("e-mail", "wrong", "The mail server does not accept the login in SMTP_URL (535)."),
            ("e-mail", "note", "Links in letters lead to this machine only. Others need PUBLIC_URL."),
            ("mailbox", "wrong", "The mailbox does not accept the login in IMAP_URL."),
        ]
    assert await found(**right | {"imap_url": None}) == [
        ("e-mail", "wrong", "The mail server cannot be reached just now (SMTPConnectError)."),
        ("mailbox", "note", "Nobody can answer by e-mail. That needs IMAP_URL, or MAIL_PORT."),
    ]
    assert [state for _, state, _ in await found()] == ["note"]


# --- private lines -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for this machine that nobody has signed, with its key."""
    folder = tmp_path_factory.mktemp("tls")
    file = folder / "both.pem"
    words = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    subprocess.run(
        [*words.split(), "-keyout", file, "-out", folder / "c.pem"], check=True, capture_output=True
    )
    file.write_text(file.read_text() + (folder / "c.pem").read_text())
    return file


@pytest.mark.parametrize("tls", ["tls", "starttls"])
async def test_a_private_line_is_used_and_an_unknown_server_is_not_trusted(
    tls: str, certificate: Path
) -> None:
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(certificate)
    hall = TownHall(logins={"reports": "open sesame"})
    async with a_town_hall(hall, tls=tls, context=ours):
        trusted = ssl.create_default_context(cafile=str(certificate))
        server = Server("localhost", hall.port, tls, "reports", "open sesame", trusted)  # type: ignore[arg-type]
        line = await connected(server)
        await send(line, "reports@town.example", "bins@council.example", b"Subject: Bin\r\n\r\nA bin\r\n")
        await hang_up(line)
        assert hall.encrypted == [True]
        with pytest.raises(NoEntry):
            await connected(Server("localhost", hall.port, tls, "reports", "open sesame"))  # type: ignore[arg-type]


async def test_where_privacy_was_asked_for_nothing_is_sent_without() -> None:
    async with a_town_hall() as hall:
        with pytest.raises(NoEntry) as no:
            await connected(Server("127.0.0.1", hall.port, "starttls"))
        assert "look at SMTP_URL" in str(no.value)
        assert not hall.arrived


def test_passwords_are_shown_to_nobody() -> None:
    lines = {"smtp_url": "smtp://a:hush%2F@b", "imap_url": "imap://a:quiet@b"}
    settings = Settings(_env_file=None, **lines)  # type: ignore[call-arg, arg-type]
    assert {"hush/", "hush%2F", "quiet"} <= set(_secrets(settings))
    assert "hush" not in repr(server_of(settings))
    assert "quiet" not in repr(account_of(settings))
    assert "hush" not in repr(settings)
