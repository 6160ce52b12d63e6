"""How the page of a result is drawn: HTML that needs no script, for phones, paper and people who hear it read out."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import jinja2

from bot import i18n, kinds
from bot.charts import CARD, edition
from bot.console import result_files
from bot.conversation.turn import Links
from bot.i18n import N_, Tongue
from bot.letters.links import came_rows
from bot.letters.polling import pictures, quorum, series
from bot.letters.polling import polls as letters
from bot.models import Standing
from bot.services.polling import results

_LATER = {
    "voted": N_("You see the result once you have answered, and everyone does when it has closed."),
    "closed": letters.LATER,
    "never": letters.ORGANISERS_ONLY,
}
_DOORS = {"web": N_("Answer here"), "telegram": N_("Answer in Telegram")}


def drawn(standing: Standing, tongue: Tongue, *, site: str, links: Links) -> str:
    """The page of a poll, for everybody who has its link."""
    poll, community = standing.poll, standing.community
    kind, page = kinds.named(poll.kind), f"{site}/p/{poll.code}"
    doors = links(poll.code, community.slug)
    shown = edition(pictures.chart(standing, tongue, card=True))[:8]
    told = poll.outcome_at and tongue._("Told on {date}", date=tongue.date(poll.outcome_at, community.zone))
    return (
        templates()
        .get_template("result.html")
        .render(
            _=tongue._,
            tongue=tongue,
            poll=poll,
            community=community.name_in(tongue.code),
            page=page,
            here=f"/p/{poll.code}",
            picture=f"{page}.png?lang={tongue.code}&v={shown}",
            size=CARD,
            about=pictures.alt(standing, tongue),
            state=pictures.state(standing, tongue),
            moment=(poll.closed_at or poll.closes_at).isoformat(timespec="seconds"),
            open=poll.closed_at is None,
            took_part=letters.took_part(standing, tongue),
            turnout=letters.turnout(standing, tongue),
            whose=letters.whose(standing, tongue),
            secret=tongue._(_LATER[poll.results] if poll.closed_at is None else letters.unseen(standing)),
            whom=letters.for_whom(poll.whom, tongue),
            quorum=quorum.came(standing, tongue) or quorum.rule(poll.quorum, tongue),
            doors=[(tongue._(_DOORS[name]), doors[name]) for name in _DOORS if doors.get(name)],
            labels=kind.labels(poll.form, tongue),
            table=result_files.table_of(standing, tongue),
            told=told,
            came_of_it=letters.came_of_it(standing, tongue) if poll.closed_at is not None else None,
            said=standing.said,
            came=came_rows(standing.came, tongue),
            themes=[
                tongue.n_("{theme}: {n} answer", "{theme}: {n} answers", count, theme=theme)
                for theme, count in standing.themes
            ],
            **_over_time(standing, tongue),
            listed=results.listed(standing),
            rule=kind.rule(poll.form, tongue),
            promise=tongue._(letters.promise(poll)),
            languages=[{"code": code, "name": i18n.tongue(code).name} for code in i18n.available()],
        )
    )


def _over_time(standing: Standing, tongue: Tongue) -> dict[str, Any]:
    """How it came out each time it was asked, and the address of the picture of that."""
    asked = series.compared(standing.series, tongue)
    lines = asked and series.picture(asked, tongue)
    address = f"/p/{standing.poll.code}/series.png?lang={tongue.code}"
    return {
        "over_time": asked,
        "lines": lines and f"{address}&v={edition(lines)[:8]}",
        "lines_about": asked and series.alt(asked, tongue),
    }


@lru_cache(maxsize=1)
def templates() -> jinja2.Environment:
    """Those of results and what belongs to them."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("bot.console"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
