"""The words of meeting somebody: hello, what is kept, what one can do, and what is known of a person."""

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from bot import i18n
from bot.i18n import N_, Tongue
from bot.letters.markup import bold, code, lines, opening, paragraphs
from bot.message import Button, Message, Rows
from bot.models import Community, Link, Membership, Resident
from bot.press import Press

KEPT = N_(
    "We keep your answer, your language, a way to write back to you, and what you choose to tell us. "
    "Send /forgetme to erase it."
)
"""The line that is agreed to by contributing; it is recorded as it was said."""

INTERESTS = {
    "streets": N_("Streets and litter"),
    "green": N_("Parks and nature"),
    "safety": N_("Feeling safe"),
    "children": N_("Children and young people"),
    "elders": N_("Older people"),
    "events": N_("Events and culture"),
    "health": N_("Health and sport"),
    "transport": N_("Buses, bikes and roads"),
    "homes": N_("Homes"),
}


class Speak(Press, code="l"):
    """Speak this language with me."""

    language: str


class Join(Press, code="j"):
    """Join this community."""

    community: int


class JoinBy(Press, code="jl"):
    """Join the community to which this link leads, and be counted for it."""

    link: str


class Leave(Press, code="x"):
    """Leave a community; `sure` is 0 for the first tap, 1 for the second."""

    community: int
    sure: int


class Change(Press, code="m"):
    """Change something known about me: `name`, `area`, `interests` or `language`."""

    what: str


class Care(Press, code="i"):
    """I care about this subject, or no more."""

    interest: str


class Accept(Press, code="a"):
    """Take up an invitation."""

    invitation: str


class Revoke(Press, code="ar"):
    """Take an invitation back."""

    invitation: int


class Fetch(Press, code="md"):
    """Give me everything about me as a file."""


class Forget(Press, code="z"):
    """Erase everything about me; `sure` is 1 on the second tap."""

    sure: int


def hello(tongue: Tongue, community: Community | None, *, by: Link | None = None) -> Message:
    """Who we are, in two sentences, and what one can do here. `by` is the link that somebody came by."""
    who = tongue._("Hello. I am Folkmoot, and I make it easy to have a say where you live.")
    what = tongue._("I pass on questions from your community and count your answers. It takes one tap.")
    if community is None:
        find = tongue._("Which community are you in? Type its name, or share your place.")
        return Message(paragraphs(lines([who, what]), tongue._(KEPT), find), wants_place=True)
    here = tongue._("Welcome to {community}.", community=bold(community.name_in(tongue.code)))
    return Message(paragraphs(here, lines([who, what]), tongue._(KEPT)), ((_join(tongue, community, by),),))


def _join(tongue: Tongue, community: Community, by: Link | None = None) -> Button:
    name = community.name_in(tongue.code)
    press = Join(community=community.id) if by is None else JoinBy(link=by.code)
    return Button(tongue._("Join {community}", community=name), press)


def found(tongue: Tongue, communities: Sequence[Community]) -> Message:
    """Which of these is yours?"""
    if not communities:
        return Message(
            tongue._("I found no community by that. Try another name, or ask whoever told you of me.")
        )
    return Message(tongue._("Is it this one?"), tuple((_join(tongue, one),) for one in communities))


def joined(tongue: Tongue, community: Community) -> Message:
    """One belongs now."""
    name = bold(community.name_in(tongue.code))
    return Message(
        paragraphs(
            tongue._("You are in {community} now.", community=name),
            tongue._(
                "You will get its questions and announcements here. Send /polls to see the open questions."
            ),
        )
    )


def accepted(tongue: Tongue, community: Community, *, privacy: Markup | None = None) -> Message:
    """One is an organiser now. `privacy` is the line that a person needs who meets us for the first time."""
    name = bold(community.name_in(tongue.code))
    you_are = tongue._("You are an organiser of {community} now.", community=name)
    how = tongue._("Ask your first question like this:")
    example = code(tongue._("/poll Shall we keep the market on Saturday? | Yes | No").unescape())
    return Message(
        paragraphs(you_are, lines([how, example]), tongue._("Or send /poll and I will help you."), privacy)
    )


def invited(tongue: Tongue, community: Community, button: str) -> Message:
    """Before an invitation is taken up on a page that anyone, or any scanner of links, may have opened."""
    name = bold(community.name_in(tongue.code))
    ask = tongue._("You are invited to be an organiser of {community}.", community=name)
    return Message(
        paragraphs(ask, tongue._(KEPT)), ((Button(tongue._("Accept"), Accept(invitation=button)),),)
    )


def languages(tongue: Tongue) -> Message:
    """Which language?"""
    rows = tuple(
        (Button(("✔ " if each == tongue.code else "") + i18n.tongue(each).name, Speak(language=each)),)
        for each in i18n.available()
    )
    return Message(tongue._("Which language shall we speak?"), rows)


def about(
    tongue: Tongue, resident: Resident, memberships: Sequence[Membership], *, privacy: str | None = None
) -> Message:
    """What a person told, each with a button to change it; and the ways to all of it. `privacy` is the address of the
    page that says how it is kept."""
    nothing = tongue._("not told")
    cares = tongue.list(
        [tongue._(INTERESTS[one]).unescape() for one in resident.interests if one in INTERESTS]
    )
    known = [
        tongue._("Language: {language}", language=tongue.name),
        tongue._("Name: {name}", name=resident.name or nothing),
        *(_belongs(tongue, one, nothing) for one in memberships),
        tongue._("You care about: {interests}", interests=cares or nothing),
    ]
    text = paragraphs(tongue._("This is what I know about you. Nobody else sees it."), lines(known))
    return Message(text, _changes(tongue, memberships, privacy))


def _belongs(tongue: Tongue, belongs: Membership, nothing: Markup) -> Markup:
    said = tongue._(
        "{community}: {role}, part of town: {area}",
        community=bold(belongs.community.name_in(tongue.code)),
        role=role(tongue, belongs.role),
        area=belongs.area or nothing,
    )
    return opening(said, rtl=tongue.rtl)


def role(tongue: Tongue, name: str) -> Markup:
    """A role's word."""
    words = {"resident": N_("resident"), "organiser": N_("organiser"), "officer": N_("officer")}
    return tongue._(words[name])


def _changes(tongue: Tongue, memberships: Sequence[Membership], privacy: str | None) -> Rows:
    def change(label: Markup, what: str) -> Button:
        return Button(label, Change(what=what))

    rows: list[tuple[Button, ...]] = [
        (change(tongue._("Language"), "language"), change(tongue._("Name"), "name")),
        (change(tongue._("Part of town"), "area"), change(tongue._("What I care about"), "interests")),
    ]
    rows += [
        (
            Button(
                tongue._("Leave {community}", community=one.community.name_in(tongue.code)),
                Leave(community=one.community_id, sure=0),
            ),
        )
        for one in memberships
    ]
    rows.append((Button(tongue._("Everything as a file"), Fetch()),))
    if privacy is not None:
        rows.append((Button(tongue._("How it is kept"), url=privacy),))
    return (*rows, (Button(tongue._("Erase everything about me"), Forget(sure=0)),))


def interests(tongue: Tongue, chosen: Iterable[str]) -> Message:
    """What do you care about? Tap as many as you like."""
    picked = set(chosen)
    buttons = [
        Button(("✔ " if each in picked else "") + str(tongue._(words).unescape()), Care(interest=each))
        for each, words in INTERESTS.items()
    ]
    rows = tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))
    return Message(tongue._("What do you care about? Tap as many as you like."), rows)


def sure_to_leave(tongue: Tongue, community: Community) -> Message:
    """Leave, really?"""
    name = community.name_in(tongue.code)
    button = Button(tongue._("Yes, leave"), Leave(community=community.id, sure=1))
    return Message(
        tongue._("Leave {community}? You will get nothing more from there.", community=bold(name)),
        ((button,),),
    )


def invitation(tongue: Tongue, links: dict[str, str | None], expires: str) -> Message:
    """A fresh invitation's links."""
    addresses = [code(link) for link in links.values() if link]
    return Message(
        paragraphs(
            tongue._("Here is an invitation for one new organiser. Pass on one of these links:"),
            lines(addresses),
            tongue._("It works once, until {moment}.", moment=expires),
        )
    )
