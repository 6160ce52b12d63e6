"""Posts of bodies: taken up by an invitation, colleagues, inviting them, leaving, taking somebody out. /posts."""

from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.in_charge import officers as letters
from bot.letters.in_charge.officers import Colleagues, Go, InviteTo, Where
from bot.letters.in_charge.wards import InviteFor, which_ward
from bot.letters.people.people import KEPT
from bot.message import Message
from bot.models import Body, Invitation, Officer, Team
from bot.services.answering import leaving
from bot.services.community import communities
from bot.services.in_charge import officers
from bot.services.in_charge.officers import Place
from bot.services.people import residents

router = Router()

NONE = N_("You have no post in any body.")
EMPTY = N_("This post is not filled any more.")


@router.command(
    "posts", words=N_("posts"), about=N_("Your posts, your colleagues, and leaving"), role="officer"
)
async def posts(turn: Turn, rest: str) -> Outcome:
    """Where one works; the way to the colleagues."""
    mine = await officers.of(turn.session, turn.resident)
    if not mine:
        raise Refused(NONE)
    shown = [(one, _where(await officers.place(turn.session, one))) for one in mine]
    return turn.say(letters.own_posts(turn.tongue, shown))


@router.press(Colleagues)
async def colleagues(turn: Turn, press: Colleagues) -> Outcome:
    """Who else is there."""
    me = await _own(turn, press.officer)
    return turn.edit(await _colleagues(turn, me))


async def _colleagues(turn: Turn, me: Officer) -> Message:
    place = await officers.place(turn.session, me)
    if me.team_id is not None:
        people = await officers.members(turn.session, me.team_id)
    else:
        people = [
            one for post in officers.FOR_ALL for one in await officers.of_body(turn.session, me.body_id, post)
        ]
    decides = await officers.may_decide(turn.session, turn.resident, me.body_id, me.team_id)
    pending = await officers.pending(turn.session, me.body_id, me.team_id, now=turn.now) if decides else ()
    return letters.colleagues(
        turn.tongue,
        _where(place),
        people,
        await officers.names(turn.session, people),
        me=me,
        decides=decides,
        pending=pending,
        zone=place.body.zone,
        wards={one.id: one for one in await officers.wards(turn.session, place.body)},
    )


@router.press(Go)
async def go(turn: Turn, press: Go) -> Outcome:
    """Leave, or take somebody out: first who takes over what is open, then really."""
    officer = await turn.session.get(Officer, press.officer)
    if officer is None:
        raise Refused(EMPTY)
    itself = officer.resident_id == turn.resident.id
    if not itself:
        await officers.require_right(turn.session, turn.resident, officer.body_id, officer.team_id)
    if press.sure:
        place = await leaving.go(
            turn.session, officer.id, to=press.to or None, by=turn.resident, now=turn.now
        )
        return turn.edit(letters.left(turn.tongue, _where(place), itself=itself))
    return turn.edit(await _before_going(turn, officer, press.to, itself=itself))


async def _before_going(turn: Turn, officer: Officer, to: int, *, itself: bool) -> Message:
    await leaving.require_somebody_left(turn.session, officer, turn.resident.language)
    taken = await leaving.taken(turn.session, officer.id)
    others = await leaving.successors(turn.session, officer)
    names = await officers.names(turn.session, [officer, *others])
    heir = next((one for one in others if one.id == to), None)
    if taken and not others:
        raise Refused(leaving.NOBODY_FITS)
    if taken and heir is None:
        return letters.who_takes_over(turn.tongue, officer, len(taken), others, names)
    return letters.sure_to_go(
        turn.tongue,
        _where(await officers.place(turn.session, officer)),
        officer,
        who=None if itself else letters.called(turn.tongue, officer, names),
        to=heir,
        heir=letters.called(turn.tongue, heir, names) if heir else "",
        reports=len(taken),
    )


@router.press(InviteTo)
async def invite_to(turn: Turn, press: InviteTo) -> Outcome:
    """A one-time link to a post."""
    body = await turn.session.get(Body, press.body)
    team = await turn.session.get(Team, press.team) if press.team else None
    if body is None or (press.team and (team is None or team.body_id != body.id)):
        raise Refused(N_("I do not know this body."))
    if press.post == "councillor" and (wards := await officers.wards(turn.session, body)):
        await officers.require_right(turn.session, turn.resident, body.id, None)
        return turn.edit(which_ward(turn.tongue, body, wards))
    return await _offered(turn, Place(body, team, press.post))


@router.press(InviteFor)
async def invite_for(turn: Turn, press: InviteFor) -> Outcome:
    """A councillor, for an area or for all of a body."""
    body = await turn.session.get(Body, press.body)
    area = await officers.ward(turn.session, press.area or None)
    if body is None or (press.area and area is None):
        raise Refused(N_("I do not know this body."))
    return await _offered(turn, Place(body, None, "councillor", area))


async def _offered(turn: Turn, place: Place) -> Outcome:
    offer = await officers.invite(turn.session, place, by=turn.resident, now=turn.now)
    home = await residents.home(turn.session, turn.resident)
    slug = home.slug if home else next((one.slug for one in await communities.listed(turn.session)), "")
    expires = turn.tongue.moment(offer.invitation.expires_at, place.body.zone)
    links = dict(turn.links(offer.code, slug))
    return turn.say(letters.invitation(turn.tongue, _where(place), links, expires))


async def invite_whom(turn: Turn, *, organiser: bool) -> Outcome | None:
    """Asks to which post, where there is a choice; None for whoever can invite to none."""
    places = await officers.may_invite_to(turn.session, turn.resident)
    if not places:
        return None
    return turn.say(letters.whom_to_invite(turn.tongue, [_where(one) for one in places], organiser=organiser))


async def open_invitation(turn: Turn, invitation: Invitation, code: str) -> Message:
    """Somebody came by an invitation to a post. Where a page is only looked at, they are asked first."""
    if not turn.rehearsal:
        return await taken_up(turn, invitation)
    where = _where(await officers.invited_to(turn.session, invitation))
    await taken_up(turn, invitation)  # undone with the rehearsal; one that is too old says so now
    return letters.invited(turn.tongue, where, code)


async def taken_up(turn: Turn, invitation: Invitation) -> Message:
    """They fill the post now."""
    officer = await officers.take_up(turn.session, invitation, by=turn.resident, now=turn.now)
    new = residents.agreed(turn.session, turn.resident, str(turn._(KEPT)), now=turn.now)
    where = _where(await officers.place(turn.session, officer))
    return letters.accepted(turn.tongue, where, nameless=turn.resident.name is None, new=new)


async def _own(turn: Turn, number: int) -> Officer:
    officer = await turn.session.get(Officer, number)
    if officer is None or officer.resident_id != turn.resident.id:
        raise Refused(EMPTY)
    return officer


def _where(place: Place) -> Where:
    return Where(place.body, place.team, place.post, place.area)
