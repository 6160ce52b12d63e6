"""The operator's settings: read once from `.env` and the environment, each one checked and named when wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import SettingWrong

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be a web address such as https://town.example")
    return text.rstrip("/")


def _database(text: SecretStr) -> SecretStr:
    try:
        url = make_url(text.get_secret_value())
    except ArgumentError:
        raise ValueError("must look like sqlite:///data/folkmoot.db or postgresql://user@host/name") from None
    if url.get_backend_name() not in DRIVERS:
        raise ValueError("must be a sqlite:/// or postgresql:// address")
    return text


def _secret(pattern: str, hint: str) -> AfterValidator:
    def checked(secret: SecretStr) -> SecretStr:
        if not re.fullmatch(pattern, secret.get_secret_value()):
            raise ValueError(hint)
        return secret

    return AfterValidator(checked)


def _sender(text: str) -> str:
    _, address = parseaddr(text)
    name, _, domain = address.rpartition("@")
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,15}", name) or not re.fullmatch(r"[A-Za-z0-9.-]{1,200}", domain):
        raise ValueError(
            "must be an address such as reports@town.example, with up to 15 letters, digits, dots, _ or - before the @"
        )
    return text


def _line(kind: str, example: str) -> AfterValidator:
    """A mail server: `kind` with STARTTLS, with an s behind it encrypted from the start, with +plain not at all."""

    def checked(secret: SecretStr) -> SecretStr:
        try:
            parts = urlsplit(secret.get_secret_value())
            port = parts.port
        except ValueError:
            raise ValueError(f"must look like {example}") from None
        known = parts.scheme in {kind, f"{kind}s", f"{kind}+plain"} and parts.hostname and port != 0
        login = (parts.username is None) == (parts.password is None)
        folder = unquote(parts.path.strip("/"))
        fits = folder.isascii() and folder.isprintable() and not set(folder) & set('"\\') and not parts.query
        if not (known and login and fits) or (kind == "imap" and not parts.username):
            raise ValueError(f"must look like {example}")
        return secret

    return AfterValidator(checked)


def _tiles(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not re.fullmatch(r"[A-Za-z0-9.-]+(:\d+)?", parts.netloc):
        raise ValueError("must look like https://tiles.example/{z}/{x}/{y}.png")
    if sorted(re.findall(r"{([^{}]*)}", text)) != ["x", "y", "z"]:
        raise ValueError("must have {z}, {x} and {y} in it, once each, and nothing else in braces")
    return text


WebAddress = Annotated[str, AfterValidator(_web_address)]
TileAddress = Annotated[str, AfterValidator(_tiles)]
Token = Annotated[
    SecretStr, _secret(r"[0-9]+:[A-Za-z0-9_-]+", "must look like 123456:ABC-DEF, as BotFather gives it")
]
WebhookSecret = Annotated[
    SecretStr, _secret(r"[A-Za-z0-9_-]{1,256}", "must be 1 to 256 letters, digits, _ or -")
]
DatabaseUrl = Annotated[SecretStr, AfterValidator(_database)]
SmtpUrl = Annotated[SecretStr, _line("smtp", "smtps://user:password@mail.town.example")]
ImapUrl = Annotated[SecretStr, _line("imap", "imaps://user:password@mail.town.example/INBOX")]
Sender = Annotated[str, AfterValidator(_sender)]


@dataclass(frozen=True, slots=True)
class Tiles:
    """Where maps get their pictures from: an address with `{z}`, `{x}` and `{y}` in it, and who is to be named."""

    address: str
    attribution: str

    @property
    def origin(self) -> str:
        """The server, as a page's rules name it."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}"


class Settings(BaseSettings):
    """Every setting, its default and its limits. `.env.example` explains them one by one."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True)

    telegram_token: Token | None = None
    telegram_api_url: WebAddress = "https://api.telegram.org"
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_webhook_secret: WebhookSecret | None = None
    telegram_messages_per_second: float = Field(default=30, gt=0, allow_inf_nan=False)
    telegram_chat_messages_per_second: float = Field(default=1, gt=0, allow_inf_nan=False)
    telegram_group_messages_per_minute: float = Field(default=20, gt=0, allow_inf_nan=False)
    public_url: WebAddress | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    smtp_url: SmtpUrl | None = None
    mail_from: Sender | None = None
    imap_url: ImapUrl | None = None
    mail_port: int | None = Field(default=None, ge=0, le=65535)
    mail_host: str = "127.0.0.1"
    webchat: bool = True
    webchat_frames: str = "*"
    database_url: DatabaseUrl = SecretStr("sqlite:///data/folkmoot.db")
    database_direct_url: DatabaseUrl | None = None
    media_dir: Path = Path("data/media")
    map_tiles: TileAddress | None = None
    map_attribution: str | None = Field(default=None, max_length=200)
    metrics_port: int | None = Field(default=None, ge=0, le=65535)
    metrics_host: str = "127.0.0.1"
    operator_name: str | None = Field(default=None, max_length=200)
    operator_contact: str | None = Field(default=None, max_length=200)
    default_language: str = "en"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["console", "json"] = "console"

    @property
    def site(self) -> str:
        """Where people find the web pages, without a slash at the end."""
        return self.public_url or f"http://{'localhost' if self.host in _LOCAL else self.host}:{self.port}"

    @property
    def tiles(self) -> Tiles | None:
        """The pictures of maps, where the operator has named a server for them."""
        return None if self.map_tiles is None else Tiles(self.map_tiles, self.map_attribution or "")

    @property
    def database(self) -> URL:
        """The database's address with the driver that this program uses."""
        return _driven(self.database_url)

    @property
    def database_direct(self) -> URL | None:
        """The same database without the pooler that DATABASE_URL leads through, if it does."""
        return None if self.database_direct_url is None else _driven(self.database_direct_url)


def _driven(address: SecretStr) -> URL:
    url = make_url(address.get_secret_value())
    return url.set(drivername=DRIVERS[url.get_backend_name()])


_LOCAL = {"127.0.0.1", "0.0.0.0", "::", "::1", "localhost"}  # noqa: S104 - compared with, not bound to


def read(**given: object) -> Settings:
    """Read the settings; SettingWrong names the first variable that is wrong in one sentence."""
    try:
        settings = Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = ".".join(str(part) for part in first["loc"]).upper()
        complaint = first["msg"].removeprefix("Value error, ").replace("Input should", "it should")
        raise SettingWrong(f"The setting {name} is wrong: {complaint}.") from None
    except UnicodeDecodeError:
        raise SettingWrong("The file .env cannot be read: it is not text in UTF-8.") from None
    except PermissionError:
        raise SettingWrong("The file .env cannot be read: its rights do not allow it.") from None
    direct = settings.database_direct
    if direct is not None and {direct.get_backend_name(), settings.database.get_backend_name()} != {
        "postgresql"
    }:
        raise SettingWrong(
            "The setting DATABASE_DIRECT_URL is wrong: it is for PostgreSQL behind a pooler, where DATABASE_URL "
            "leads to the pooler and this one to the server."
        )
    if settings.map_tiles and not settings.map_attribution:
        raise SettingWrong(
            "The setting MAP_ATTRIBUTION is missing: whoever made the map of MAP_TILES is to be named on it."
        )
    if settings.telegram_mode == "webhook" and settings.telegram_token:
        if not settings.public_url:
            raise SettingWrong("The setting PUBLIC_URL is missing: TELEGRAM_MODE=webhook needs it.")
        if not settings.telegram_webhook_secret:
            raise SettingWrong(
                "The setting TELEGRAM_WEBHOOK_SECRET is missing: TELEGRAM_MODE=webhook needs it."
            )
    _mail_fits(settings)
    return settings


def _mail_fits(settings: Settings) -> None:
    """What belongs together for e-mail is there. Raises SettingWrong."""
    needs = (
        ("SMTP_URL", settings.smtp_url, "MAIL_FROM", settings.mail_from),
        ("MAIL_FROM", settings.mail_from, "SMTP_URL", settings.smtp_url),
        ("IMAP_URL", settings.imap_url, "SMTP_URL", settings.smtp_url),
        ("MAIL_PORT", settings.mail_port, "SMTP_URL", settings.smtp_url),
    )
    for name, given, wanted, found in needs:
        if given is not None and found is None:
            raise SettingWrong(f"The setting {wanted} is missing: {name} needs it.")
