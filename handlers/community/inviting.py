"""Invitations to become an organiser, or to fill a post: made, taken up, taken back."""

from collections.abc import Sequence

from bot.conversation.flow import Ask
from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.in_charge.officers import InviteOrganiser
from bot.letters.people import people as letters
from bot.letters.people.people import Accept, Revoke
from bot.message import Button, Message
from bot.models import Community, Invitation
from bot.services.community import communities, invitations
from bot.services.in_charge import officers
from bot.services.people import residents
from handlers.in_charge import officers as posts
from handlers.polling.asking import the_only_one, which_community

router = Router()


@router.command("invite", words=N_("invite"), about=N_("Invite another organiser"), role="organiser")
async def invite(turn: Turn, rest: str) -> Outcome:
    """A one-time link for a new organiser, and the ones that are still unused; or for a colleague."""
    organised = await communities.organised_by(turn.session, turn.resident)
    if (offered := await posts.invite_whom(turn, organiser=bool(organised))) is not None:
        return offered
    return _invite_organiser(turn, organised)


@router.press(InviteOrganiser)
async def invite_organiser(turn: Turn, press: InviteOrganiser) -> Outcome:
    """The same for whoever could also invite a colleague."""
    return _invite_organiser(turn, await communities.organised_by(turn.session, turn.resident))


def _invite_organiser(turn: Turn, organised: Sequence[Community]) -> Outcome:
    if not organised:
        raise Refused(N_("Only organisers can invite organisers."))
    return turn.begin("invite", answers=the_only_one(organised))


@router.flow("invite", casual=True)
async def make_an_invitation(ask: Ask, turn: Turn) -> Outcome:
    """For the one community somebody organises, or the one they choose."""
    community = await which_community(ask, turn)
    unused = await invitations.pending(turn.session, community.id, now=turn.now)
    offer = await invitations.make(turn.session, community, by=turn.resident, now=turn.now)
    links = dict(turn.links(offer.code, community.slug))
    expires = turn.tongue.moment(offer.invitation.expires_at, community.zone)
    outcome = turn.say(letters.invitation(turn.tongue, links, expires))
    return outcome + _unused(turn, unused, community) if unused else outcome


def _unused(turn: Turn, unused: Sequence[Invitation], community: Community) -> Outcome:
    rows = [
        (
            Button(
                turn._(
                    "Take back the one until {moment}",
                    moment=turn.tongue.moment(one.expires_at, community.zone),
                ),
                Revoke(invitation=one.id),
            ),
        )
        for one in unused
    ]
    return turn.say(turn._("These invitations have not been used yet:"), *rows)


@router.press(Revoke)
async def take_back(turn: Turn, press: Revoke) -> Outcome:
    """An unused invitation is worth nothing from now on."""
    invitation = await invitations.get(turn.session, press.invitation)
    if invitation.community_id is None:
        await officers.require_may_revoke(turn.session, invitation, by=turn.resident)
    else:
        await communities.require_organiser(turn.session, turn.resident, invitation.community_id)
    await invitations.revoke(turn.session, invitation, by=turn.resident, now=turn.now)
    return turn.edit(turn._("This invitation does not work any more."))


async def open_invitation(turn: Turn, invitation: Invitation, code: str) -> Outcome:
    """Somebody came by an invitation. Where a page is only looked at, they are asked first."""
    if invitation.community_id is None:
        return turn.say(await posts.open_invitation(turn, invitation, code))
    if turn.rehearsal:
        await _taken_up(
            turn, invitation
        )  # undone with the rehearsal; one that cannot be taken up says so now
        community = await turn.session.get_one(Community, invitation.community_id)
        return turn.say(letters.invited(turn.tongue, community, code))
    return turn.say(await _taken_up(turn, invitation))


@router.press(Accept)
async def accept(turn: Turn, press: Accept) -> Outcome:
    """Take up an invitation that was looked at on a page."""
    invitation = await invitations.find(turn.session, press.invitation)
    if invitation is None:
        raise Refused(N_("I do not know this invitation."))
    return turn.edit(await _taken_up(turn, invitation))


async def _taken_up(turn: Turn, invitation: Invitation) -> Message:
    if invitation.community_id is None:
        return await posts.taken_up(turn, invitation)
    community = await invitations.accept(turn.session, invitation, by=turn.resident, now=turn.now)
    residents.agreed(turn.session, turn.resident, str(turn._(letters.KEPT)), now=turn.now)
    new = residents.newcomer(turn.resident)
    return letters.accepted(turn.tongue, community, privacy=turn._(letters.KEPT) if new else None)
