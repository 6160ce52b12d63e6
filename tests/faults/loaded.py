"""What a service has to load before it can begin: done once, in the process that all lives are forked from."""

from __future__ import annotations

from sqlalchemy.orm import configure_mappers

from bot import i18n
from bot.conversation.router import Router
from handlers import ROUTERS
from tests.faults import mortal

configure_mappers()
for code in i18n.available():
    i18n.tongue(code).list(["a", "b"])
Router.of(ROUTERS)

__all__ = ["mortal"]
