"""The words around posts of bodies: invited, taken up, the colleagues, leaving, and who hears of that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from markupsafe import Markup

from bot.i18n import N_, Tongue
from bot.letters.in_charge.wards import Named
from bot.letters.markup import bold, code, lines, paragraphs
from bot.letters.people.people import KEPT, Accept, Change, Revoke
from bot.message import Button, Message, Rows
from bot.models import Body, Invitation, Officer, Team
from bot.press import Press

POSTS = {
    "officer": N_("officer"),
    "lead": N_("lead"),
    "director": N_("director"),
    "councillor": N_("councillor"),
}

SHOWN = 20  # references in one message
News = Literal["handed_over", "removed", "gone", "alone"]


class Colleagues(Press, code="fc"):
    """Show who is in this post's team."""

    officer: int


class Go(Press, code="fg"):
    """Leave a post, or take somebody out of it. `to` is the post of the colleague who takes over, 0 while there is
    none; `sure` is 1 on the last tap."""

    officer: int
    to: int
    sure: int


class InviteTo(Press, code="fi"):
    """Invite somebody to a post; `team` is 0 for one of the whole body."""

    body: int
    team: int
    post: str


class InviteOrganiser(Press, code="fo"):
    """Invite an organiser, said by somebody who could also invite a colleague."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where somebody works; `team` is None for the whole body, or for a ward (`area`) of it."""

    body: Body
    team: Team | None
    post: str
    area: Named | None = None

    def named(self, tongue: Tongue) -> Markup:
        """Team or ward and body, or the body alone."""
        body, part = self.body.name_in(tongue.code), self.team or self.area
        if part is None:
            return bold(body)
        return tongue._("{team}, {body}", team=bold(part.name_in(tongue.code)), body=body)


def post(tongue: Tongue, name: str) -> Markup:
    """A post's word."""
    return tongue._(POSTS[name])


def invited(tongue: Tongue, where: Where, invitation: str) -> Message:
    """Before an invitation is taken up on a page that anyone, or any scanner of links, may have opened."""
    ask = tongue._(
        "You are invited to a post: {post} in {place}.",
        post=post(tongue, where.post),
        place=where.named(tongue),
    )
    button = Button(tongue._("Accept"), Accept(invitation=invitation))
    return Message(paragraphs(ask, tongue._(KEPT)), ((button,),))


def accepted(tongue: Tongue, where: Where, *, nameless: bool, new: bool) -> Message:
    """One fills a post now. `nameless`: colleagues do not know yet what to call them."""
    said = tongue._(
        "You have a post now: {post} in {place}.", post=post(tongue, where.post), place=where.named(tongue)
    )
    next_ = {
        "officer": tongue._("New reports for your team come here. Send /desk to see those that are open."),
        "lead": tongue._("New reports for your team come here. Send /desk to see those that are open."),
        "director": tongue._("Send /desk to see what is open. You hear of promises that are late."),
        "councillor": tongue._("You hear of promises that are late."),
    }[where.post]
    how = tongue._("Send /posts to see your colleagues, to invite some, or to leave.")
    call = (
        tongue._("What shall your colleagues call you? Residents do not see your name.") if nameless else None
    )
    rows: Rows = ((Button(tongue._("Tell my name"), Change(what="name")),),) if nameless else ()
    return Message(paragraphs(said, lines([next_, how]), call, tongue._(KEPT) if new else None), rows)


def own_posts(tongue: Tongue, posts: Sequence[tuple[Officer, Where]]) -> Message:
    """The posts that somebody fills, each with a way to its colleagues."""
    said = [_as_line(tongue, where) for _, where in posts]
    rows = tuple((Button(_short(tongue, where), Colleagues(officer=one.id)),) for one, where in posts)
    return Message(paragraphs(tongue._("These are your posts:"), lines(said)), rows)


def _as_line(tongue: Tongue, where: Where) -> Markup:
    return tongue._("{place}: {post}", place=where.named(tongue), post=post(tongue, where.post))


def _short(tongue: Tongue, where: Where) -> str:
    return (where.team or where.area or where.body).name_in(tongue.code)


def called(tongue: Tongue, officer: Officer, names: Mapping[int, str | None]) -> str:
    """What a colleague is called."""
    number = tongue.number(officer.id)
    return names.get(officer.id) or str(tongue._("somebody without a name ({n})", n=number).unescape())


def colleagues(
    tongue: Tongue,
    where: Where,
    people: Sequence[Officer],
    names: Mapping[int, str | None],
    *,
    me: Officer,
    decides: bool,
    wards: Mapping[int, Named] = MappingProxyType({}),
    pending: Sequence[Invitation] = (),
    zone: str = "UTC",
) -> Message:
    """Who is there; whoever decides about it can invite, take somebody out, and take an invitation back."""
    listed = [
        tongue._("{name}: {post}", name=called(tongue, one, names), post=_post(tongue, one, wards))
        for one in people
    ]
    rows: list[tuple[Button, ...]] = []
    if decides:
        rows += [
            (
                Button(
                    tongue._("Take out {name}", name=called(tongue, one, names)),
                    Go(officer=one.id, to=0, sure=0),
                ),
            )
            for one in people
            if one.id != me.id
        ]
        rows += [
            (
                Button(
                    tongue._("Take back the one until {moment}", moment=tongue.moment(one.expires_at, zone)),
                    Revoke(invitation=one.id),
                ),
            )
            for one in pending
        ]
    rows.append((Button(tongue._("Leave this post"), Go(officer=me.id, to=0, sure=0)),))
    return Message(paragraphs(where.named(tongue), lines(listed)), tuple(rows))


def _post(tongue: Tongue, one: Officer, wards: Mapping[int, Named]) -> Markup:
    """A post's word, with the ward of a councillor."""
    ward = wards.get(one.area_id or 0)
    if ward is None:
        return post(tongue, one.post)
    return tongue._("{post} for {area}", post=post(tongue, one.post), area=ward.name_in(tongue.code))


def whom_to_invite(tongue: Tongue, places: Sequence[Where], *, organiser: bool) -> Message:
    """To which post? `organiser`: they may also invite an organiser."""
    rows = [
        (
            Button(
                tongue._("{post}: {place}", post=post(tongue, one.post), place=_short(tongue, one)),
                InviteTo(body=one.body.id, team=one.team.id if one.team else 0, post=one.post),
            ),
        )
        for one in places
    ]
    if organiser:
        rows.insert(0, (Button(tongue._("Organiser of a community"), InviteOrganiser()),))
    return Message(tongue._("Whom do you want to invite?"), tuple(rows))


def invitation(tongue: Tongue, where: Where, links: Mapping[str, str | None], expires: str) -> Message:
    """A fresh invitation's links."""
    return Message(
        paragraphs(
            tongue._(
                "Here is an invitation to a post: {post} in {place}. Pass on one of these links:",
                post=post(tongue, where.post),
                place=where.named(tongue),
            ),
            lines([code(link) for link in links.values() if link]),
            tongue._("It works once, until {moment}.", moment=expires),
        )
    )


def who_takes_over(
    tongue: Tongue, officer: Officer, reports: int, others: Sequence[Officer], names: Mapping[int, str | None]
) -> Message:
    """Which colleague gets what is open?"""
    rows = tuple(
        (Button(called(tongue, one, names), Go(officer=officer.id, to=one.id, sure=0)),) for one in others
    )
    return Message(
        tongue.n_(
            "{n} open report is in these hands. Which colleague takes it over?",
            "{n} open reports are in these hands. Which colleague takes them over?",
            reports,
        ),
        rows,
    )


def sure_to_go(
    tongue: Tongue,
    where: Where,
    officer: Officer,
    *,
    who: str | None,
    to: Officer | None,
    heir: str,
    reports: int,
) -> Message:
    """Really? `who` is the name of somebody else who is to be taken out, `heir` that of whoever takes over."""
    ask = (
        tongue._("Leave {place}?", place=where.named(tongue))
        if who is None
        else tongue._("Take {name} out of {place}?", name=who, place=where.named(tongue))
    )
    goes = (
        tongue.n_("{n} open report goes to {name}.", "{n} open reports go to {name}.", reports, name=heir)
        if reports
        else None
    )
    button = Button(tongue._("Yes, do it"), Go(officer=officer.id, to=to.id if to else 0, sure=1))
    return Message(lines([ask, goes]), ((button,),))


def left(tongue: Tongue, where: Where, *, itself: bool) -> Markup:
    """It is done."""
    place = where.named(tongue)
    if itself:
        return tongue._("You have left {place}. Thank you for your work.", place=place)
    return tongue._("Done. They are not in {place} any more, and have been told.", place=place)


def news(
    tongue: Tongue, what: News, where: Where, references: Sequence[str], *, who: str | None, left: int
) -> Message:
    """Unasked: somebody else has gone, or oneself was taken out."""
    place, n = where.named(tongue), len(references)
    listed = lines([code(one) for one in references[:SHOWN]])
    desk = tongue._("Send /desk to see them.")
    if what == "removed":
        return Message(
            tongue._("You do not work in {place} any more. A colleague looks after it now.", place=place)
        )
    if what == "handed_over":
        name = who or tongue._("A colleague")
        said = tongue.n_(
            "{name} has left {place}. {n} open report is yours now:",
            "{name} has left {place}. {n} open reports are yours now:",
            n,
            name=name,
            place=place,
        )
        return Message(paragraphs(said, listed, desk))
    said = tongue.n_(
        "Somebody has left {place} at once. {n} open report waits there for somebody to take it.",
        "Somebody has left {place} at once. {n} open reports wait there for somebody to take them.",
        n,
        place=place,
    )
    if what == "alone":
        said = tongue.n_(
            "Nobody works in {place} any more. {n} open report waits there. Please invite somebody.",
            "Nobody works in {place} any more. {n} open reports wait there. Please invite somebody.",
            left,
            place=place,
        )
    return Message(paragraphs(said, listed))
