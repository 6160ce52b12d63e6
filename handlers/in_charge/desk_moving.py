"""To another desk, and together with another report: handing over, joining, and what organisers send to a team."""

from collections.abc import Sequence

from bot.conversation.flow import Again, Ask, Prompt, choice, words
from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.in_charge.desk import team_of
from bot.letters.in_charge.desk_presses import Always, Choose, HandOver, JoinTo, SendTo
from bot.letters.markup import unlinked
from bot.letters.reporting.reports import short
from bot.lifecycle import STATUSES
from bot.message import Button
from bot.models import ServiceRequest, Team
from bot.services.answering import casework, desk_cases, desk_routing, twins
from bot.services.community import communities
from bot.services.in_charge import likely_teams, officers
from bot.services.in_charge.likely_teams import Choice
from bot.services.reporting import hindrances, reports
from handlers.in_charge.desk import as_it_is, known, over, shown, way_back

router = Router()


@router.press(HandOver)
async def hand_over(turn: Turn, press: HandOver) -> Outcome:
    """Another team is in charge: which, and why."""
    return await _if_ours(turn, press.report) or turn.begin(
        "hand over", answers=known(turn), report=press.report
    )


async def _if_ours(turn: Turn, number: int) -> Outcome | None:
    """What is said where they cannot move that report; None where they can."""
    try:
        await _ours(turn, number)
    except Refused as no:
        return turn.refusal(no) + await as_it_is(turn, number)
    return None


async def _ours(turn: Turn, number: int) -> ServiceRequest:
    case = await desk_cases.of(turn.session, number, by=turn.resident)
    if case.organiser:
        raise Refused(N_("Only the team that has this report can do that."))
    hindrances.still_open(case.view.report)
    return case.view.report


@router.flow("hand over")
async def hand_it_over(ask: Ask, turn: Turn) -> Outcome:
    """The team, a reason that everyone concerned reads, and off it goes."""
    try:
        made = await _ours(turn, ask.given["report"])
    except Refused as no:
        return await over(turn, no, ask.given["report"])
    team = await which_team(ask, turn, made)
    why = turn._("Why is it theirs? Everyone concerned reads your words, and so does the team.")
    said = await ask("words", words(why, casework.said))
    await casework.hand_over(turn.session, made.id, team.team.id, said, by=turn.resident, now=turn.now)
    name = team_of(team.team, team.body, turn.tongue)
    back = await way_back(turn, made.id, "team")
    return turn.edit(turn._("It is with {team} now. Everyone concerned hears it.", team=name), (back,))


async def which_team(ask: Ask, turn: Turn, made: ServiceRequest) -> Choice:
    """First whoever usually does this, and the bodies; then the teams of a body."""
    choices = await likely_teams.of(turn.session, made)
    if not choices:
        raise Refused(N_("There is no other team here yet."))
    picked = await ask("team", _first(turn, choices))
    if picked.startswith("b."):
        theirs = [one for one in choices if one.body.id == int(picked[2:])]
        picked = await ask("which", _teams(turn, theirs))
    return next(one for one in choices if f"t.{one.team.id}" == picked)


def _first(turn: Turn, choices: Sequence[Choice]) -> Prompt[str]:
    usual = [one for one in choices if one.does_it][: likely_teams.A_FEW]
    offers = [(f"t.{one.team.id}", team_of(one.team, one.body, turn.tongue)) for one in usual]
    bodies = {one.body.id: one.body for one in choices}
    names = sorted((body.name_in(turn.tongue.code), number) for number, body in bodies.items())
    offers += [(f"b.{number}", str(turn._("{body} …", body=name).unescape())) for name, number in names]
    question = turn._(
        "Which team is in charge? Below those who usually do this you find all others by their body."
    )
    return choice(question, offers)


def _teams(turn: Turn, choices: Sequence[Choice]) -> Prompt[str]:
    offers = [(f"t.{one.team.id}", one.team.name_in(turn.tongue.code)) for one in choices]
    return choice(turn._("Which of their teams?"), offers)


# --- joining -------------------------------------------------------------------------------------


@router.press(JoinTo)
async def join_to(turn: Turn, press: JoinTo) -> Outcome:
    """It is the same as another one: which?"""
    return await _if_ours(turn, press.report) or turn.begin("join reports", report=press.report)


@router.flow("join reports")
async def join_them(ask: Ask, turn: Turn) -> Outcome:
    """One nearby or any by its number; whoever it concerns goes along."""
    try:
        made = await _ours(turn, ask.given["report"])
    except Refused as no:
        return await over(turn, no, ask.given["report"])
    into = await _which(ask, turn, made)
    sure = turn._(
        "Shall {number} go on as {other}? Whoever it concerns goes along and hears it once.",
        number=made.service_request_id,
        other=into.service_request_id,
    )
    await ask("sure", choice(sure, [("yes", turn._("Join them"))]))
    await twins.merge(turn.session, made.id, into.id, by=turn.resident, now=turn.now)
    return await shown(
        turn, made.id, turn._("They are joined. It goes on as {number}.", number=into.service_request_id)
    )


async def _which(ask: Ask, turn: Turn, made: ServiceRequest) -> ServiceRequest:
    near = await desk_cases.near(turn.session, made, most=5)
    offers = [
        (
            f"r.{one.report.id}",
            f"{one.report.service_request_id} · {turn.tongue.number(one.metres)} m · "
            f"{short(unlinked(one.report.description), 40)}",
        )
        for one in near
    ]
    question = turn._("Which report is it the same as? Type its number.")
    if offers:
        question = turn._("Which report is it the same as? Choose one nearby, or type a number.")
    said = await ask("other", words(question, str.strip, offers=offers, picked=str))
    by_tap = next((one.report for one in near if f"r.{one.report.id}" == said), None)
    found = by_tap or await reports.found(turn.session, said)
    if found is None or found.id == made.id or found.community_id != made.community_id:
        raise Again(("other",), Refused(N_("I know no other report with that number here.")))
    if not STATUSES[found.status].open and found.duplicate_of is None:
        raise Again(("other",), Refused(hindrances.OPEN_IT))
    return found


# --- for organisers ------------------------------------------------------------------------------


@router.press(SendTo)
async def send_to(turn: Turn, press: SendTo) -> Outcome:
    """One tap brings it to its team."""
    try:
        return await _sent(turn, press.report, press.team)
    except Refused as no:
        return turn.refusal(no) + await as_it_is(turn, press.report)


async def _sent(turn: Turn, number: int, team_id: int) -> Outcome:
    made = await desk_routing.send_to(turn.session, number, team_id, by=turn.resident, now=turn.now)
    team = await turn.session.get_one(Team, team_id)
    name = team.name_in(turn.tongue.code)
    row: tuple[Button, ...] = ()
    if made.service_code is not None:
        row = (Button(turn._("Always send these to them"), Always(report=made.id, team=team.id)),)
    back = await way_back(turn, made.id, "nobody")
    said = turn._(
        "It is with {team} now. Whoever reported it hears that, and by when there is an answer.", team=name
    )
    return turn.edit(said, *((row,) if row else ()), (back,))


@router.press(Always)
async def always(turn: Turn, press: Always) -> Outcome:
    """And all of this kind from now on."""
    await desk_routing.always(turn.session, press.report, press.team, by=turn.resident, now=turn.now)
    back = await way_back(turn, press.report, "nobody")
    return turn.edit(turn._("From now on they get all of this kind at once."), (back,))


@router.press(Choose)
async def choose(turn: Turn, press: Choose) -> Outcome:
    """All teams there are."""
    await _nobodys(turn, press.report)
    return turn.begin("send report", report=press.report)


async def _nobodys(turn: Turn, number: int) -> ServiceRequest:
    made = await turn.session.get(ServiceRequest, number)
    if made is None:
        raise Refused(N_("I do not know this report any more."))
    await communities.require_organiser(turn.session, turn.resident, made.community_id)
    if not await officers.is_nobodys(turn.session, made):
        raise Refused(N_("This report is with a team already."))
    return made


@router.flow("send report")
async def send_it(ask: Ask, turn: Turn) -> Outcome:
    """Body and team, and off it goes."""
    try:
        made = await _nobodys(turn, ask.given["report"])
    except Refused as no:
        return await over(turn, no, ask.given["report"])
    team = await which_team(ask, turn, made)
    return await _sent(turn, made.id, team.team.id)
