"""The words of group chats: a question that everybody sees, what comes of it, and being connected."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from bot import kinds
from bot.i18n import N_, Tongue
from bot.letters.markup import bold, code, lines, paragraphs
from bot.letters.people import people
from bot.letters.polling import polls, quorum
from bot.message import Button, Message
from bot.models import Community, Standing

NOBODY_SEES = N_("Nobody here sees what you chose. Organisers see how many people chose what, never who.")
ORGANISERS_SEE = N_("Nobody here sees what you chose; the organisers do.")


def question(standing: Standing, tongue: Tongue) -> Message:
    """A question as a whole group sees it: how many took part while it is open, the result when it has closed.

    It holds what a person must know who meets us here for the first time and taps.
    """
    poll, asks = standing.poll, polls.who_asks(standing, tongue)
    if poll.closed_at is not None:
        return polls.result(standing, tongue)
    hint = kinds.named(poll.kind).hint(poll.form, tongue)
    until = polls.until(standing, tongue)
    text = paragraphs(
        bold(poll.question),
        polls.took_part(standing, tongue) if standing.took_part else None,
        lines(
            [
                asks + " " + hint,
                until,
                quorum.rule(poll.quorum, tongue),
                tongue._(ORGANISERS_SEE if poll.named else NOBODY_SEES),
                polls.listing(poll, tongue),
            ]
        ),
        tongue._(people.KEPT),
    )
    return Message(text, polls.buttons(poll, tongue, mine=None, shared=True))


def farewell(standing: Standing, tongue: Tongue) -> Message:
    """What is left of a question in a group that asked to be left alone."""
    if standing.poll.closed_at is not None:
        return polls.result(standing, tongue)
    return Message(
        paragraphs(bold(standing.poll.question), tongue._("This question is not asked here any more."))
    )


def not_here(tongue: Tongue) -> Message:
    """What is left of a question in a group when it was changed, and is not for everyone any more."""
    return Message(tongue._("This question was changed, and is for others now."))


def outcome(standing: Standing, tongue: Tongue) -> Message:
    """What comes of a poll, for a group in which it was asked."""
    community = standing.community.name_in(tongue.code)
    said = tongue._("{community} asked a question here. This is what happens next.", community=community)
    decided = lines(polls.decided(standing.poll, tongue))
    return Message(paragraphs(said, bold(standing.poll.question), decided))


def connected(community: Community, tongue: Tongue) -> Message:
    """For a group, when it has been connected."""
    name = community.name_in(tongue.code)
    what = tongue._(
        "Questions of {community} will be asked here too. Anyone can answer with a tap; nobody here sees what you "
        "chose.",
        community=name,
    )
    return Message(paragraphs(what, tongue._("Organisers can undo this with /disconnect.")))


def how_to_ask(why: Markup | None, tongue: Tongue, link: str | None) -> Message:
    """For somebody who began to ask in a group: how it is written there, and where it goes step by step."""
    how = tongue._("Write it like this, the question first and then its answers:")
    example = tongue._("/poll Shall we keep the market on Saturday? | Yes | No").unescape()
    private = tongue._("Step by step it goes in private: send /poll to me there.")
    rows = ((Button(tongue._("Open a chat with me"), url=link),),) if link else ()
    return Message(paragraphs(why, lines([how, code(example)]), private), rows)


def disconnected(gone: Sequence[Community], tongue: Tongue) -> Message:
    """For a group, when it is connected no more."""
    names = tongue.list([community.name_in(tongue.code) for community in gone])
    return Message(tongue._("Done. Questions of {community} are not asked here any more.", community=names))


def how_to_connect(community: Community, key: str, tongue: Tongue, *, spoken: Sequence[str]) -> Message:
    """For an organiser in private: what to send in the group. `spoken` are the languages there are."""
    name = community.name_in(tongue.code)
    ask = tongue._("Shall I ask the questions of {community} in a group chat too?", community=name)
    how = tongue._("Let me into that group, and have an administrator of it send this there within an hour:")
    once = tongue._("It works once. Anyone in the group can answer then, with a tap.")
    other = tongue._(
        "For another language, add one of these behind it: {languages}", languages=", ".join(spoken)
    )
    return Message(paragraphs(ask, lines([how, code(f"/connect {key}")]), lines([once, other])))
