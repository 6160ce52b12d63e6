"""Reporting a problem: the ways into it, from a photo, a place, words, a link on a lamp post or /report."""

from typing import Any

from bot.conversation.flow import Answer
from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.reporting.report_presses import Report
from bot.letters.reporting.reporting import AtSpot
from bot.message import Place
from bot.models import Spot
from handlers.reporting import report_steps as steps

router = Router()


@router.command(
    "report",
    words=N_("report"),
    about=N_("Report a problem: a photo, a place, a few words"),
    encloses=True,
    several=True,
    places=True,
)
async def report_a_problem(turn: Turn, rest: str) -> Outcome:
    """`/report`, also with words, or below a photo."""
    if turn.enclosed is not None:
        steps.picture(turn.enclosed)
    return begin(turn, text=rest)


def begin(
    turn: Turn, *, text: str = "", place: Place | None = None, community: int | None = None, **given: Any
) -> Outcome:
    """Begin a report with whatever is known of it already, and with what came along."""
    answers: dict[str, Answer] = {}
    if text.strip():
        answers["what"] = {"words": text.strip()}
    if place is not None:
        answers["where"] = {"place": [place.lat, place.long]}
        given["at"] = [place.lat, place.long]
    if community is not None:
        given["community"] = community
    return turn.begin("report", answers=answers, **given, **turn.along())


@router.press(Report)
async def report_here(turn: Turn, press: Report) -> Outcome:
    """The button below many messages."""
    return begin(turn, community=press.community)


@router.press(AtSpot)
async def report_at_spot(turn: Turn, press: AtSpot) -> Outcome:
    """At a place with a link of its own: place and kind are filled in."""
    spot = await turn.session.get(Spot, press.spot)
    if spot is None:
        raise Refused(N_("I do not know this place any more. You can report anything with /report."))
    given: dict[str, Any] = {"address": spot.name}
    if press.service and spot.service_code:
        given["kind"] = spot.service_code
    return begin(turn, place=Place(spot.lat, spot.long), community=spot.community_id, **given)
