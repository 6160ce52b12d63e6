"""Logs: one line an event, for people or as JSON; never a text, a token or a coordinate."""

from __future__ import annotations

import logging
import sys
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog

from bot.settings import Settings

QUIET = (
    "aiohttp.access", "aiosqlite", "alembic", "apscheduler", "asyncio", "httpcore", "httpx", "mail", "telegram",
    "tzlocal",
)  # fmt: skip
"""Libraries that log each request with all it holds, or more than an operator can use; they speak up from
warnings on, at every level that is set."""


def configure(settings: Settings) -> None:
    """Send this program's and its libraries' logs to stderr in the chosen form and from the chosen level on."""
    secrets = _secrets(settings)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    as_json = settings.log_format == "json"
    # The usual tracebacks show local variables, and with them what people wrote.
    bare = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    last: list[Any] = [structlog.processors.ExceptionRenderer(bare)] if as_json else []
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        Scrubbed(
            secrets,
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    # Our jobs tell of their failures themselves; all that is left to say is that stopping cancelled one.
    logging.getLogger("apscheduler.executors").setLevel(logging.CRITICAL)
    # A look left out because the last one still goes on is no news: the next one finds the same. Metrics count it.
    logging.getLogger("apscheduler.scheduler").setLevel(max(logging.ERROR, root.level))


def _secrets(settings: Settings) -> list[str]:
    """What may stand in no log."""
    found = [
        secret.get_secret_value()
        for secret in (
            settings.telegram_token,
            settings.telegram_webhook_secret,
        )
        if secret is not None
    ]
    for url in (settings.database, settings.database_direct):
        if url is not None and url.password is not None:
            found.append(str(url.password))
    for line in (settings.smtp_url, settings.imap_url):
        password = None if line is None else urlsplit(line.get_secret_value()).password
        found += [] if password is None else [password, unquote(password)]
    return found


class Scrubbed(structlog.stdlib.ProcessorFormatter):
    """Formats a record and, whatever wrote it, leaves no secret in it: not in a traceback either."""

    def __init__(self, secrets: list[str], **options: Any) -> None:
        super().__init__(**options)
        self._secrets = [secret for secret in secrets if secret]

    def format(self, record: logging.LogRecord) -> str:
        """The line, scrubbed."""
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, "***")
        return line
