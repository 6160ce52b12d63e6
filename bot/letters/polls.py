"""The words of polls: the question, how it stands, its result, and what comes of it."""

from markupsafe import Markup

from bot.i18n import N_, Tongue
from bot.letters.markup import bar, bold, code, lines, opening, paragraphs
from bot.message import Button, Message, Rows
from bot.models import Poll, Standing
from bot.press import Press

NAMELESS = N_("Organisers see how many people chose what, never who.")


class Vote(Press, code="v", groups=True):
    """A tap on a choice."""

    poll: int
    choice: int


class Look(Press, code="p"):
    """Show this poll as it stands."""

    poll: int


class CloseNow(Press, code="pc"):
    """The organiser closes a poll by hand; `sure` is 0 for the first tap, 1 for the second."""

    poll: int
    sure: int


class WhatNext(Press, code="po"):
    """The organiser wants to tell what happens next."""

    poll: int


def question(standing: Standing, tongue: Tongue, *, privacy: Markup | None = None) -> Message:
    """The question with its choices. `privacy` is the line that a person needs who meets us for the first time."""
    poll, community = standing.poll, standing.community
    if poll.closed_at is not None:
        return result(standing, tongue)
    asks = tongue._("{community} asks. Tap your answer.", community=community.name_in(tongue.code))
    until = tongue._(
        "You can change it until {moment}.", moment=tongue.moment(poll.closes_at, community.zone)
    )
    text = paragraphs(
        bold(poll.question),
        _standing(standing, tongue),
        lines([asks if standing.mine is None else None, until, tongue._(NAMELESS)]),
        privacy,
    )
    return Message(text, _choices(standing))


def _standing(standing: Standing, tongue: Tongue) -> Markup | None:
    if standing.mine is None:
        return None
    thanks = tongue._("Your answer is counted. Thank you.")
    people = took_part(standing, tongue)
    later = None
    if standing.counts is None:
        later = tongue._("The result comes when the poll has closed.")
    return paragraphs(thanks, tally(standing, tongue), lines([people, later]))


def _choices(standing: Standing) -> Rows:
    poll = standing.poll
    return tuple(
        (Button(f"✔ {label}" if number == standing.mine else label, Vote(poll=poll.id, choice=number)),)
        for number, label in enumerate(poll.choices)
    )


def tally(standing: Standing, tongue: Tongue) -> Markup | None:
    """One line a choice: words first, for those who hear it read out, then a bar."""
    if standing.counts is None:
        return None
    whole = sum(standing.counts)
    rows = []
    for label, votes in zip(standing.poll.choices, standing.counts, strict=True):
        share = votes / whole if whole else 0.0
        line = tongue.n_(
            "{choice}: {n} vote, {share}",
            "{choice}: {n} votes, {share}",
            votes,
            choice=label,
            share=tongue.percent(share),
        )
        line = opening(line, rtl=tongue.rtl)
        rows.append(line + Markup("\n") + bar(share, rtl=tongue.rtl) if votes else line)
    return lines(rows)


def took_part(standing: Standing, tongue: Tongue) -> Markup:
    """How many people took part so far."""
    return tongue.n_("{n} person has taken part.", "{n} people have taken part.", standing.took_part)


def turnout(standing: Standing, tongue: Tongue) -> Markup:
    """How many of those asked took part."""
    said = tongue.n_(
        "{took} of {n} person asked took part.",
        "{took} of {n} people asked took part.",
        standing.asked,
        took=tongue.number(standing.took_part),
    )
    return opening(said, rtl=tongue.rtl)


def result(standing: Standing, tongue: Tongue) -> Message:
    """How it came out, and how many took part."""
    community = standing.community.name_in(tongue.code)
    nobody = None if standing.took_part else tongue._("Nobody answered this time.")
    text = paragraphs(
        tongue._("The poll in {community} has closed. This is how it came out.", community=community),
        bold(standing.poll.question),
        nobody or tally(standing, tongue),
        turnout(standing, tongue),
        _next(standing.poll, tongue),
    )
    return Message(text)


def _next(poll: Poll, tongue: Tongue) -> Markup | None:
    if poll.outcome is None:
        return None
    return lines([tongue._("What happens next:"), Markup.escape(poll.outcome)])


def result_for_organiser(standing: Standing, tongue: Tongue) -> Message:
    """The same for whoever asked, with the question what happens next."""
    if not standing.took_part:
        return result(standing, tongue)
    ask = tongue._("What happens next? Tell the people who answered, in a sentence or two.")
    button = Button(tongue._("Tell them"), WhatNext(poll=standing.poll.id))
    return Message(paragraphs(result(standing, tongue).text, ask), ((button,),))


def outcome(standing: Standing, tongue: Tongue) -> Message:
    """What comes of a poll, for those who answered it."""
    community = standing.community.name_in(tongue.code)
    said = tongue._("You answered a question in {community}. This is what happens next.", community=community)
    return Message(paragraphs(said, bold(standing.poll.question), Markup.escape(standing.poll.outcome or "")))


def sent(standing: Standing, tongue: Tongue, links: dict[str, str | None]) -> Message:
    """For the organiser, right after sending: how many get it, and the links to pass on."""
    poll = standing.poll
    on_its_way = tongue.n_(
        "Sent. It is on its way to {n} person.", "Sent. It is on its way to {n} people.", standing.asked
    )
    closes = tongue._("It closes {moment}.", moment=tongue.moment(poll.closes_at, standing.community.zone))
    pass_on = tongue._("Pass these links on, so that others can answer too:")
    addresses = [code(link) for link in links.values() if link]
    manage = (Button(tongue._("How it stands"), Look(poll=poll.id)),)
    return Message(
        paragraphs(bold(poll.question), lines([on_its_way, closes]), lines([pass_on, *addresses])), (manage,)
    )


def for_organiser(standing: Standing, tongue: Tongue, links: dict[str, str | None]) -> Message:
    """How a poll stands, for its organiser: turnout now, links, and a way to close it."""
    poll = standing.poll
    if poll.closed_at is not None:
        return result(standing, tongue)
    addresses = [code(link) for link in links.values() if link]
    until = tongue._("It closes {moment}.", moment=tongue.moment(poll.closes_at, standing.community.zone))
    text = paragraphs(bold(poll.question), lines([turnout(standing, tongue), until]), lines(addresses))
    return Message(text, ((Button(tongue._("Close it now"), CloseNow(poll=poll.id, sure=0)),),))


def preview(
    asked: str,
    choices: tuple[str, ...],
    tongue: Tongue,
    *,
    people: int,
    community: str,
    closes: str,
    results: str,
    groups: int = 0,
) -> Markup:
    """What an organiser checks before sending: the message as residents see it, who gets it, and the rules."""
    audience = tongue.n_(
        "{n} person in {community} will get it.",
        "{n} people in {community} will get it.",
        people,
        community=community,
    )
    too = None
    if groups:
        too = tongue.n_("It is asked in {n} group chat too.", "It is asked in {n} group chats too.", groups)
    when = (
        tongue._("People see the result after they have answered.")
        if results == "voted"
        else tongue._("People see the result when the poll has closed.")
    )
    rules = lines([audience, too, tongue._("It closes {moment}.", moment=closes), when, tongue._(NAMELESS)])
    labels = lines(Markup("▫️ {}").format(choice) for choice in choices)
    return paragraphs(tongue._("This is how people will see it:"), bold(asked), labels, rules)
