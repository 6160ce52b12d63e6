"""A community's public privacy page: what is kept, why, for how long, who sees it, and who runs all this."""

from __future__ import annotations

from importlib.resources import files

from aiohttp import web

from bot import i18n, retention
from bot.console.front import SAFE, spoken, templates
from bot.db import Database
from bot.i18n import Tongue
from bot.letters.people.people import KEPT
from bot.retention import Rule
from bot.services.community import communities
from bot.settings import Settings


def setup(app: web.Application, database: Database, settings: Settings) -> None:
    """Add the page of each community, in all languages. Reading it changes nothing."""

    async def page(request: web.Request) -> web.Response:
        tongue = spoken(request, settings.default_language)
        async with database.reading() as session:
            community = await communities.by_slug(session, request.match_info["community"])
        if community is None:
            raise web.HTTPNotFound
        text = (
            templates()
            .get_template("privacy.html")
            .render(
                _=tongue._,
                tongue=tongue,
                name=community.name_in(tongue.code),
                slug=community.slug,
                chat=settings.webchat,
                telegram=settings.telegram_token is not None,
                operator=settings.operator_name,
                contact=settings.operator_contact,
                link=_link(settings.operator_contact),
                kept=KEPT,
                rules=[_told(rule, tongue) for rule in retention.RULES.values() if rule.people],
                languages=[(i18n.tongue(code), f"{request.path}?lang={code}") for code in i18n.available()],
            )
        )
        return web.Response(text=text, content_type="text/html", headers=SAFE)

    async def style(request: web.Request) -> web.Response:
        return web.Response(text=_STYLE.read_text("utf-8"), content_type="text/css", headers=SAFE)

    app.add_routes([web.get("/c/{community}/privacy", page), web.get("/privacy.css", style)])


def _told(rule: Rule, tongue: Tongue) -> tuple[str, str, str]:
    holes = {} if rule.age is None else {"age": tongue.span(rule.age)}
    return tongue._(rule.what), tongue._(rule.until, **holes), tongue._(rule.why)


def _link(contact: str | None) -> str | None:
    """What a tap on the contact opens, if it is an address of the web or of e-mail."""
    if contact is None or " " in contact:
        return None
    if contact.startswith(("https://", "http://")):
        return contact
    return f"mailto:{contact}" if "@" in contact else None


_STYLE = files("bot.console").joinpath("static", "privacy.css")
