"""Two doors: somebody comes by a link and answers first, or says hello first and finds their community."""

from bot.conversation.flow import Ask, Prompt, choice, words
from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.people import people as letters
from bot.letters.people.people import Join, JoinBy
from bot.letters.polling.elsewhere import ARRIVING
from bot.letters.reporting import reporting as reporting_letters
from bot.message import Place, Words
from bot.models import Community, Link, Poll, Service, Spot
from bot.services.community import communities, invitations, sources
from bot.services.people import residents
from bot.services.polling import polls
from bot.services.reporting import receiving
from handlers.community.inviting import open_invitation
from handlers.polling.voting import open_poll
from handlers.reporting.my_reports import by_reference
from handlers.reporting.reporting import begin as begin_report

router = Router()

SPOT, REPORT = "at_", "r_"
"""How the codes begin of links on lamp posts, and of links to reports."""


@router.command("start", words=N_("start, hello"), role=None)
async def start(turn: Turn, rest: str) -> Outcome:
    """`/start code` from a link: a poll, an invitation or a community; without a code: hello."""
    code = rest.strip().lower()
    if not code or code == ARRIVING:
        return await hello(turn)
    if code.startswith(SPOT) and (spot := await turn.session.get(Spot, code.removeprefix(SPOT))):
        service = await turn.session.get(Service, spot.service_code) if spot.service_code else None
        return turn.say(reporting_letters.at_spot(spot, service, turn.tongue))
    if code.startswith(REPORT):
        return await by_reference(turn, code.removeprefix(REPORT))
    if poll := await polls.by_code(turn.session, code):
        return await open_poll(turn, poll)
    if link := await sources.by_code(turn.session, code):
        return await come_by(turn, link)
    if invitation := await invitations.find(turn.session, code):
        return await open_invitation(turn, invitation, code)
    if community := await communities.by_slug(turn.session, code):
        return await meet(turn, community)
    sorry = turn._("I do not know this link. Perhaps it is too old, or a letter is missing.")
    return turn.say(sorry) + await hello(turn)


async def come_by(turn: Turn, link: Link) -> Outcome:
    """Somebody came by a link that says where it hung."""
    if link.poll_id is not None:
        return await open_poll(turn, await turn.session.get_one(Poll, link.poll_id), source=link.code)
    community = await turn.session.get_one(Community, link.community_id)
    return await meet(turn, community, by=link)


async def hello(turn: Turn) -> Outcome:
    """Who we are; for members where they are, for others the way to their community."""
    if community := await residents.home(turn.session, turn.resident):
        return turn.say(letters.joined(turn.tongue, community))
    return turn.say(letters.hello(turn.tongue, None))


async def meet(turn: Turn, community: Community, *, by: Link | None = None) -> Outcome:
    """Somebody came by the link of a community, or by one that says where it hung."""
    if not turn.rehearsal and await communities.membership(turn.session, turn.resident, community.id):
        return turn.say(letters.joined(turn.tongue, community))
    return turn.say(letters.hello(turn.tongue, community, by=by))


@router.press(Join)
async def join(turn: Turn, press: Join) -> Outcome:
    """Belong to a community; the first time three short questions follow."""
    community = await turn.session.get(Community, press.community)
    if community is None:
        raise Refused(N_("I do not know this community."))
    return await _joined(turn, community, turn.incoming.source)


@router.press(JoinBy)
async def join_by(turn: Turn, press: JoinBy) -> Outcome:
    """The same by a link that says where it hung."""
    link = await sources.by_code(turn.session, press.link)
    if link is None:
        raise Refused(N_("I do not know this community."))
    community = await turn.session.get_one(Community, link.community_id)
    return await _joined(turn, community, link.code)


async def _joined(turn: Turn, community: Community, source: str | None) -> Outcome:
    await communities.join(turn.session, turn.resident, community.id, now=turn.now, source=source)
    residents.agreed(turn.session, turn.resident, str(turn._(letters.KEPT)), now=turn.now)
    outcome = turn.edit(letters.joined(turn.tongue, community))
    if turn.resident.greeted_at is None and turn.address.talk is None:
        turn.resident.greeted_at = turn.now
        return outcome.begin("hello", community=community.id)
    return outcome


@router.unprompted(Words)
async def words_from_nowhere(turn: Turn, said: Words) -> Outcome:
    """Whoever has no community yet is looking for it; others are told what can be done here."""
    found = await communities.named(turn.session, said.text)
    mine = {one.community_id for one in await communities.of(turn.session, turn.resident)}
    others = [one for one in found if one.id not in mine]
    if mine and not others:
        return turn.begin("said", text=said.text)
    return turn.say(letters.found(turn.tongue, others))


@router.flow("said", casual=True)
async def what_to_do_with_it(ask: Ask, turn: Turn) -> Outcome:
    """Words or a place that came without a question: report it, or tell the organisers."""
    text, place = ask.given.get("text", ""), ask.given.get("place")
    offers = [("report", turn._("Report it as a problem"))]
    if text:
        offers.append(("tell", turn._("Tell the organisers")))
    if place:
        offers.append(("near", turn._("Find communities around here")))
    picked = await ask("do", choice(reporting_letters.said_back(text, turn.tongue), offers))
    if picked == "tell":
        return await _tell_organisers(turn, text)
    where = None if place is None else Place(*place)
    if picked == "near" and where is not None:
        return turn.edit(letters.found(turn.tongue, await communities.near(turn.session, where)))
    return begin_report(turn, text=text, place=where)


async def _tell_organisers(turn: Turn, text: str) -> Outcome:
    """They get it as something that only they can see, and that waits for their answer."""
    community = await residents.home(turn.session, turn.resident)
    if community is None:
        raise Refused(N_("You are in no community yet. Send /start to find yours."))
    draft = receiving.Draft(text, confidential=True)
    made = await receiving.report(turn.session, community, draft, by=turn.resident, now=turn.now)
    said = turn._(
        "I have told the organisers of {community}, without your name. Your note has the number {number}, and you hear "
        "here what they say.",
        community=community.name_in(turn.tongue.code),
        number=made.service_request_id,
    )
    return turn.edit(said)


@router.unprompted(Place)
async def place_from_nowhere(turn: Turn, place: Place) -> Outcome:
    """A shared place finds the communities around it; whoever belongs to one may have something to report there."""
    if await communities.of(turn.session, turn.resident):
        return turn.begin("said", place=[place.lat, place.long])
    return turn.say(letters.found(turn.tongue, await communities.near(turn.session, place)))


@router.flow("hello", casual=True)
async def three_questions(ask: Ask, turn: Turn) -> Outcome:
    """Name, then part of town, then what one cares about; each may be skipped, and all can be told later with /me.

    What was told is kept at each step, so whoever stops in between loses nothing.
    """
    skip = (("skip", turn._("Skip")),)
    invite = turn._("May I ask you three short things? You can skip each. What shall I call you?")
    name = await ask("name", words(invite, residents.name, offers=skip, picked=lambda _: ""))
    turn.resident.name = name or turn.resident.name
    return turn.begin("hello, where", community=ask.given["community"])


@router.flow("hello, where", casual=True)
async def second_question(ask: Ask, turn: Turn) -> Outcome:
    """Part of town, and then what one cares about."""
    community = await turn.session.get(Community, ask.given["community"])
    area = await ask("area", part_of_town(turn, community))
    belongs = await communities.membership(turn.session, turn.resident, ask.given["community"])
    if belongs is not None:
        belongs.area = area or belongs.area
    return turn.edit(letters.interests(turn.tongue, turn.resident.interests))


def part_of_town(turn: Turn, community: Community | None) -> Prompt[str]:
    """Which part of town? The community's own parts as buttons, or any words."""
    areas = community.areas if community else []
    offers = [(str(number), area) for number, area in enumerate(areas)] + [("skip", turn._("Skip"))]

    def picked(value: str) -> str:
        return "" if value == "skip" else areas[int(value)]

    return words(turn._("Which part of town do you live in?"), residents.area, offers=offers, picked=picked)
