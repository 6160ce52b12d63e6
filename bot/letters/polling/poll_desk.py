"""The words of polls for those who ask: the preview, what was sent, how it stands, who chose what, and what is owed."""

from collections.abc import Sequence

from markupsafe import Markup

from bot import kinds
from bot.i18n import N_, Tongue
from bot.kinds import Answer, Kind
from bot.letters.links import Sources, TookPart, came
from bot.letters.markup import bold, code, lines, opening, paragraphs
from bot.letters.polling import quorum, series
from bot.letters.polling.polls import NAMED, NAMELESS, ORGANISERS_ONLY, Look, for_whom, result, tally, turnout
from bot.letters.polling.reading import read_button
from bot.letters.polling.suggesting import sift_button
from bot.message import Button, Message, Rows
from bot.models import EVERYONE, GROUP, OUTCOME_WITHIN, Poll, Rules, Standing
from bot.press import Press

Names = Sequence[tuple[str | None, Answer]]
"""Who chose what in a named poll: the name that somebody gave, if any, and their answer."""

MOST_NAMES = 60  # lines; a message has its limits, and the page has none


class CloseNow(Press, code="pc"):
    """The organiser closes a poll by hand; `sure` is 0 for the first tap, 1 for the second."""

    poll: int
    sure: int


class AskEveryone(Press, code="pe"):
    """The organiser has what is asked in a group asked of everyone; `sure` is 1 on the second tap."""

    poll: int
    sure: int


class Change(Press, code="ec"):
    """The organiser wants to change a question that nobody has answered yet."""

    poll: int


class Again(Press, code="ag"):
    """The organiser wants to ask this once more."""

    poll: int


class Earlier(Press, code="ae"):
    """Show what was asked before the one of this number; 0 shows the newest."""

    before: int


class WhatNext(Press, code="po"):
    """The organiser wants to tell what happens next."""

    poll: int


def result_for_organiser(
    standing: Standing,
    tongue: Tongue,
    *,
    names: Names = (),
    unread: int = 0,
    site: str | None = None,
) -> Message:
    """How it came out, with the question what happens next."""
    again = (_again(standing, tongue),)
    if not standing.took_part:
        shown = result(standing, tongue, site=site)
        return Message(shown.text, (*shown.rows, again))
    ask = tongue._(
        "What happens next? Tell the people who answered, in a sentence or two. They have been told that they hear "
        "it within {n} days.",
        n=OUTCOME_WITHIN.days,
    )
    button = Button(tongue._("Tell them"), WhatNext(poll=standing.poll.id))
    how = came(standing.came, tongue)
    text = paragraphs(result(standing, tongue, site=site).text, who_chose(standing, names, tongue), how, ask)
    rows = ((button, _who(standing.poll, tongue)), again)
    return Message(text, (*_to_read(standing, unread, tongue), *rows))


def _again(standing: Standing, tongue: Tongue) -> Button:
    return Button(tongue._("Ask it again"), Again(poll=standing.poll.id))


def _to_read(standing: Standing, unread: int, tongue: Tongue) -> Rows:
    return ((read_button(standing.poll.id, unread, tongue),),) if unread else ()


def who_chose(standing: Standing, names: Names, tongue: Tongue) -> Markup | None:
    """Names and answers; those who gave no name come last."""
    if not names:
        return None
    kind, form = kinds.named(standing.poll.kind), standing.poll.form
    rows = [
        opening(
            tongue._(
                "{name}: {answer}",
                name=name or tongue._("Somebody without a name"),
                answer=kind.said(form, answer, tongue),
            ),
            rtl=tongue.rtl,
        )
        for name, answer in sorted(names, key=lambda pair: (pair[0] is None, (pair[0] or "").casefold()))
    ]
    more = None
    if len(rows) > MOST_NAMES:
        more = tongue.n_("And {n} person more.", "And {n} people more.", len(rows) - MOST_NAMES)
    return lines([tongue._("Who chose what:"), *rows[:MOST_NAMES], more])


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


def everyone_too(standing: Standing, tongue: Tongue) -> Rows:
    """For what is asked in a group chat: the way to everyone."""
    if standing.poll.whom != GROUP:
        return ()
    name = standing.community.name_in(tongue.code)
    label = tongue._("Ask everyone in {community} too", community=name)
    return ((Button(label, AskEveryone(poll=standing.poll.id, sure=0)),),)


def changed(standing: Standing, tongue: Tongue) -> Message:
    """For the organiser, right after a question was changed."""
    poll = standing.poll
    people = tongue.n_(
        "Changed. {n} person is asked this now.", "Changed. {n} people are asked this now.", standing.asked
    )
    same = tongue._("Whoever has the old message sees it change. The links stay the same.")
    closes = tongue._("It closes {moment}.", moment=tongue.moment(poll.closes_at, standing.community.zone))
    manage = (Button(tongue._("How it stands"), Look(poll=poll.id)),)
    return Message(paragraphs(bold(poll.question), lines([people, same, closes])), (manage,))


def for_organiser(
    standing: Standing,
    tongue: Tongue,
    links: dict[str, str | None],
    *,
    names: Names = (),
    unread: int = 0,
    suggested: int = 0,
) -> Message:
    """How a poll stands, for its organiser: turnout and count now, links, and a way to close it."""
    poll = standing.poll
    if poll.closed_at is not None:
        asked = series.compared(standing.series, tongue)
        text = paragraphs(
            result(standing, tongue).text,
            who_chose(standing, names, tongue),
            came(standing.came, tongue),
            series.in_words(asked, tongue) if asked else None,
        )
        rows = ((_who(poll, tongue), _again(standing, tongue)),)
        return Message(text, (*_to_read(standing, unread, tongue), *rows))
    addresses = [code(link) for link in links.values() if link]
    until = tongue._("It closes {moment}.", moment=tongue.moment(poll.closes_at, standing.community.zone))
    text = paragraphs(
        bold(poll.question),
        tally(standing, tongue) if standing.took_part else None,
        who_chose(standing, names, tongue),
        lines([turnout(standing, tongue), quorum.rule(poll.quorum, tongue), until]),
        lines(addresses),
    )
    close = Button(tongue._("Close it now"), CloseNow(poll=poll.id, sure=0))
    further = [_who(poll, tongue)]
    if poll.whom == EVERYONE:
        spread = Sources(community=poll.community_id, poll=poll.id)
        further.insert(0, Button(tongue._("Links and posters"), spread))
    more = ((sift_button(poll.id, suggested, tongue),),) if suggested else ()
    change = Button(tongue._("Change it"), Change(poll=poll.id))
    last = (close,) if standing.took_part else (change, close)
    rows = (*more, tuple(further), *everyone_too(standing, tongue), last)
    return Message(text, (*_to_read(standing, unread, tongue), *rows))


def _who(poll: Poll, tongue: Tongue) -> Button:
    return Button(tongue._("Who took part"), TookPart(poll=poll.id))


GROWS = N_("People may suggest more answers. Nobody sees one before you let it in.")
LISTED = N_("When it has closed, all answers are listed without names, so that anybody can check the count.")
_RESULTS = {
    "voted": N_("People see the result after they have answered."),
    "closed": N_("People see the result when the poll has closed."),
    "never": ORGANISERS_ONLY,
}


def preview(
    asked: str,
    kind: Kind,
    form: kinds.Form,
    rules: Rules,
    tongue: Tongue,
    *,
    people: int,
    community: str,
    closes: str,
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
    when = tongue._(_RESULTS[rules.results])
    closing = tongue._("It closes {moment}.", moment=closes)
    seen = NAMED if rules.named else NAMELESS
    after = tongue._(LISTED) if rules.listed else None
    once = tongue._("Those who have not answered are reminded once, half-way.") if rules.remind else None
    holds = lines(
        [
            audience,
            too,
            for_whom(rules.whom, tongue),
            closing,
            once,
            quorum.rule(rules.quorum, tongue),
            tongue._(GROWS) if rules.grows else None,
            kind.rule(form, tongue),
            when,
            tongue._(seen),
            after,
        ]
    )
    labels = lines(Markup("▫️ {}").format(label) for label in kind.labels(form, tongue))
    return paragraphs(
        tongue._("This is how people will see it:"),
        lines([bold(asked), kind.hint(form, tongue)]),
        labels,
        holds,
    )
