"""Reports in numbers: /desk numbers, for officers those of their body, for organisers those of their community."""

from dataclasses import replace

from sqlalchemy import select

from bot import retention
from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.in_charge import report_numbers as letters
from bot.letters.in_charge.report_numbers import Numbers
from bot.letters.markup import bold
from bot.models import Body, Community, Service, Team
from bot.services import files
from bot.services.answering import report_numbers
from bot.services.community import communities
from bot.services.in_charge import officers

router = Router()

SUBJECT = "report numbers"
Whose = Body | Community


async def numbers(turn: Turn) -> Outcome:
    """All that are somebody's to see, one message each."""
    outcome = Outcome()
    for subject, whose in await _theirs(turn):
        outcome += await _told(turn, subject, whose)
    return outcome


async def _theirs(turn: Turn) -> list[tuple[tuple[str, int], Whose]]:
    bodies = await officers.bodies_of(turn.session, turn.resident)
    towns = await communities.organised_by(turn.session, turn.resident)
    found: list[tuple[tuple[str, int], Whose]] = [(("body", one.id), one) for one in bodies]
    found += [(("community", one.id), one) for one in towns]
    if not found:
        raise Refused(N_("Only officers of a body and organisers have a desk."))
    return found


@router.press(Numbers)
async def pressed(turn: Turn, press: Numbers) -> Outcome:
    """The same by a tap, or one of them as a file."""
    if not press.subject:
        return await numbers(turn)
    for subject, whose in await _theirs(turn):
        if subject == (press.subject, press.number):
            return await (_table if press.table else _told)(turn, subject, whose)
    raise Refused(N_("These numbers are not yours to see."))


async def _told(turn: Turn, subject: tuple[str, int], whose: Whose) -> Outcome:
    kept = await report_numbers.latest(turn.session, "{}:{}".format(*subject))
    name = whose.name_in(turn.tongue.code)
    if kept is None:
        return turn.say(
            turn._("There is nothing to count for {name} yet. Please ask again in an hour.", name=name)
        )
    counted, at = kept
    chart = letters.chart(name, counted, at, whose.zone, turn.tongue)
    media = await files.keep_drawing(
        turn.session,
        chart,
        name="reports.png",
        subject=SUBJECT,
        life=retention.age("file"),
        now=turn.now,
        about=letters.alt(counted, turn.tongue),
        owner=turn.resident.id,
    )
    said = letters.told(name, counted, at, whose.zone, subject, turn.tongue)
    picture = replace(said, text=bold(chart.title), rows=(), media=media)
    return turn.say(picture).say(said)


async def _table(turn: Turn, subject: tuple[str, int], whose: Whose) -> Outcome:
    kept = await report_numbers.latest(turn.session, "{}:{}".format(*subject))
    if kept is None:
        raise Refused(N_("There is nothing to count here yet."))
    counted, at = kept
    code = turn.tongue.code
    teams = {one.id: one.name_in(code) for one in await turn.session.scalars(select(Team))}
    services = {one.service_code: one.name_in(code) for one in await turn.session.scalars(select(Service))}
    media = await files.keep(
        turn.session,
        letters.table(counted, counted.rows, teams, services, turn.tongue),
        kind="document",
        name=f"reports-{whose.slug}-{at:%Y-%m-%d}.csv",
        media_type="text/csv",
        subject=SUBJECT,
        life=retention.age("file"),
        now=turn.now,
        owner=turn.resident,
    )
    return turn.say(letters.as_file(media, turn.tongue))
