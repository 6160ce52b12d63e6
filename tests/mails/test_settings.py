"""What an operator sets for e-mail: wrong settings are named, `folkmoot check` tries them, lines are kept private."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bot.channels.email.sending import NoEntry, Server, connected, hang_up, send
from bot.commands import checking
from bot.errors import SettingWrong
from bot.settings import Settings, read
from tests.mails.conftest import FROM
from tests.mails.mailbox import PASSWORD, USER, Mailbox
from tests.mails.town_hall import TownHall, a_town_hall

SMTP: dict[str, Any] = {"smtp_host": "mail.town.example", "mail_from": FROM}

WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no sender": (
        {"smtp_host": "mail.town.example"},
        "The setting MAIL_FROM is missing: SMTP_HOST needs it.",
    ),
    "no server": ({"mail_from": FROM}, "The setting SMTP_HOST is missing: MAIL_FROM needs it."),
    "no password": (SMTP | {"smtp_user": "a"}, "The setting SMTP_PASSWORD is missing: SMTP_USER needs it."),
    "nothing goes out": ({"imap_host": "a"}, "The setting SMTP_HOST is missing: IMAP_HOST needs it."),
    "no user": (SMTP | {"imap_host": "a"}, "The setting IMAP_USER is missing: IMAP_HOST needs it."),
    "no key": (
        SMTP | {"imap_host": "a", "imap_user": "a"},
        "The setting IMAP_PASSWORD is missing: IMAP_HOST needs it.",
    ),
    "a port alone": ({"mail_port": 25}, "The setting SMTP_HOST is missing: MAIL_PORT needs it."),
    "no address": (
        SMTP | {"mail_from": "reports"},
        "The setting MAIL_FROM is wrong: must be an address such as",
    ),
    "a long name": (
        SMTP | {"mail_from": "a" * 16 + "@b.example"},
        "The setting MAIL_FROM is wrong: must be an address",
    ),
    "a plus": (SMTP | {"mail_from": "a+b@b.example"}, "The setting MAIL_FROM is wrong: must be an address"),
    "encryption": (SMTP | {"smtp_tls": "yes"}, "The setting SMTP_TLS is wrong"),
    "a folder": (
        SMTP | {"imap_folder": 'IN"BOX'},
        "The setting IMAP_FOLDER is wrong: must be a folder's name",
    ),
    "in a hurry": (SMTP | {"imap_every": 0}, "The setting IMAP_EVERY is wrong"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_setting_is_named(what: str) -> None:
    given, said = WRONG[what]
    with pytest.raises(SettingWrong) as no:
        read(_env_file=None, **given)
    assert str(no.value).startswith(said)


def test_e_mail_is_off_unless_it_is_set() -> None:
    settings = read(_env_file=None)
    assert (settings.smtp_host, settings.imap_host, settings.mail_port) == (None, None, None)


async def found(**given: Any) -> list[tuple[str, str, str]]:
    settings = Settings(_env_file=None, **given)  # type: ignore[call-arg]
    looks = (checking._email, checking._mailbox)
    return [(one.what, one.state, one.sentence) for look in looks async for one in look(settings)]


async def test_check_tries_the_server_and_the_mailbox(mailbox: Mailbox) -> None:
    hall = TownHall(logins={"reports": "open sesame"})
    async with a_town_hall(hall):
        smtp = {"smtp_host": "127.0.0.1", "smtp_port": hall.port, "smtp_tls": "none", "mail_from": FROM}
        imap = {"imap_host": "127.0.0.1", "imap_port": mailbox.port, "imap_tls": "none"}
        doors = {"smtp_user": "reports", "imap_user": USER, "public_url": "https://town.example"}
        right = smtp | imap | doors | {"smtp_password": "open sesame", "imap_password": PASSWORD}
        assert await found(**right) == [
            ("e-mail", "ok", "127.0.0.1 lets us in."),
            ("mailbox", "ok", "INBOX at 127.0.0.1 can be read."),
        ]
        told = await found(**right | {"smtp_password": "no", "imap_password": "no", "public_url": None})
        assert told == [
            ("e-mail", "wrong", "The mail server does not accept SMTP_USER with SMTP_PASSWORD (535)."),
            ("e-mail", "note", "Links in letters lead to this machine only. Others need PUBLIC_URL."),
            ("mailbox", "wrong", "The mailbox does not accept IMAP_USER with IMAP_PASSWORD."),
        ]
    assert await found(**smtp | {"public_url": "https://town.example"}) == [
        ("e-mail", "wrong", "The mail server cannot be reached just now (SMTPConnectError)."),
        ("mailbox", "note", "Nobody can answer by e-mail. That needs IMAP_HOST, or MAIL_PORT."),
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
        assert "look at SMTP_TLS" in str(no.value)
        assert not hall.arrived


def test_passwords_are_shown_to_nobody() -> None:
    from bot.logs import _secrets

    settings = Settings(_env_file=None, smtp_password="hush", imap_password="quiet")  # type: ignore[call-arg, arg-type]
    assert {"hush", "quiet"} <= set(_secrets(settings))
    assert "hush" not in repr(Server("a", 1, "none", "b", "hush"))
    assert "hush" not in repr(settings)
