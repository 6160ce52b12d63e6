"""Logging as the operator wants it: for people or as JSON, on stderr, and without secrets."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

from bot.settings import Settings

HIDDEN = "•••"
NOISY = ("apscheduler", "asyncio", "aiohttp", "telegram", "httpx", "sqlalchemy", "alembic")
"""Libraries that tell more than an operator wants; heard from `warning` on."""


def set_up(settings: Settings, *, level: str | None = None) -> None:
    """Send our own and the libraries' log lines the same way. `level` overrules LOG_LEVEL."""
    least = getattr(logging, (level or settings.log_level).upper())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    ending = _ending(settings)
    structlog.configure(
        processors=[*shared, *ending],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
        )
    )
    logging.basicConfig(handlers=[handler], level=least, force=True)
    for name in NOISY:
        logging.getLogger(name).setLevel(max(least, logging.WARNING))


def _ending(settings: Settings) -> list[Processor]:
    secrets = tuple(_secrets(settings))

    def hush(_logger: Any, _method: str, line: EventDict) -> EventDict:
        return {key: _without(value, secrets) for key, value in line.items()}

    if settings.log_format == "json":
        return [structlog.processors.format_exc_info, hush, structlog.processors.JSONRenderer(ensure_ascii=False)]
    colours = sys.stderr.isatty()
    return [structlog.processors.format_exc_info, hush, structlog.dev.ConsoleRenderer(colors=colours)]


def _secrets(settings: Settings) -> Iterable[str]:
    for secret in (settings.telegram_token, settings.telegram_webhook_secret):
        if secret is not None:
            yield secret.get_secret_value()
    if settings.database.password:
        yield str(settings.database.password)


def _without(value: object, secrets: tuple[str, ...]) -> object:
    """The last net: an exception's text may quote an address with a secret in it."""
    if isinstance(value, str | int | float | bool | None):
        text = value
    else:
        text = str(value)
    if isinstance(text, str):
        for secret in secrets:
            text = text.replace(secret, HIDDEN)
    return text
