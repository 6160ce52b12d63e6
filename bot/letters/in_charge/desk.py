"""The words of the desk: what is told when a report comes, and the buttons to teams."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from markupsafe import Markup

from bot.i18n import N_, Tongue
from bot.letters.in_charge.desk_presses import (
    Answer,
    Cannot,
    Choose,
    Mended,
    NotMyTeam,
    SendTo,
    SetDay,
    Show,
    Take,
)
from bot.letters.markup import bold, lines, paragraphs, unlinked
from bot.letters.reporting.report_pictures import arriving
from bot.letters.reporting.reports import View, headline, kind, reference, short
from bot.message import Button, Message, Rows
from bot.models import Body, Team


class Choice(Protocol):
    """A team with its body; see `services/in_charge/likely_teams.py`."""

    @property
    def team(self) -> Team: ...
    @property
    def body(self) -> Body: ...


ARRIVED = {
    "new": N_("A new report for your team:"),
    "routed": N_("A new report for your team. The organisers of the community have sent it to you:"),
    "handed_over": N_("This report was handed over to your team:"),
    "back": N_("This report was opened again, because it is not fixed:"),
    "replied": N_("Whoever reported this has answered your question:"),
    "added": N_("There is more to a report that you look after:"),
    "more": N_("There is more to a report that nobody looks after yet:"),
    "nobody": N_("Nobody is known to be in charge of this report. Please choose who is:"),
    "empty": N_("Nobody works in the team that this report went to. Please choose who is in charge:"),
}
HANDED_ROUND = N_("This report was handed over more than twice. Perhaps you can find out who is in charge:")


def arrived(view: View, tongue: Tongue, *, why: str, now: datetime, teams: Sequence[Choice] = ()) -> Message:
    """A report has come to a desk. `teams` are those to which organisers can send it with one tap. Where it goes by
    e-mail, its buttons are links, and an answer to it is one to everyone concerned."""
    number = view.report.id
    said = ARRIVED[why if view.team is not None or why == "more" else "nobody"]
    nobodys = view.team is None or why == "empty"
    about = lines([title(view, tongue), reference(view)])
    words = Markup.escape(short(unlinked(view.report.description), 400)) if view.report.description else None
    rows: Rows = ((Button(tongue._("Open"), Show(report=number)),),)
    people = due = None
    if nobodys:
        rows = (*to_teams(view, teams, tongue), *rows)
    else:
        rows = (*rows, *at_once(view, tongue))
        people = tongue.n_("It concerns {n} person.", "It concerns {n} people.", view.report.people)
        if view.report.answered_at is None and view.report.answer_by is not None:
            day = tongue.day(view.report.answer_by, view.zone)
            due = tongue._("An answer is promised by {day}.", day=day)
            if view.report.answer_by < now:
                due = tongue._("An answer was promised by {day}.", day=day)
    return Message(
        paragraphs(tongue._(said), about, words, lines([people, due])),
        rows,
        media=arriving(view.photos[:1]),
        subject=str(headline(view, tongue).unescape()),
        thread=view.report.service_request_id,
    )


def handed_round(view: View, tongue: Tongue) -> Message:
    """To organisers: nobody wants it. A team has it, so they can only look at it and ask around; of one that only those
    in charge may see they hear no more than its kind and number."""
    secret = view.report.confidential
    head = bold(kind(view.service, tongue)) if secret else title(view, tongue)
    only = tongue._("Only those in charge can see it.") if secret else None
    words = None if secret or not view.report.description else short(unlinked(view.report.description), 400)
    rows: Rows = () if secret else ((Button(tongue._("Open"), Show(report=view.report.id)),),)
    with_team = None
    if view.team is not None and view.body is not None:
        names = {"team": view.team.name_in(tongue.code), "body": view.body.name_in(tongue.code)}
        with_team = tongue._("It is with {team} of {body}.", **names)
    return Message(
        paragraphs(
            tongue._(HANDED_ROUND),
            lines([head, reference(view)]),
            words,
            lines([with_team, only]),
        ),
        rows,
        media=None if secret else arriving(view.photos[:1]),
        subject=kind(view.service, tongue),
        thread=view.report.service_request_id,
    )


def at_once(view: View, tongue: Tongue) -> Rows:
    """What is done most, without opening it first."""
    number = view.report.id
    take = (Button(tongue._("Take it"), Take(report=number)),) if view.report.officer_id is None else ()
    return (
        (*take, Button(tongue._("Answer"), Answer(report=number))),
        (
            Button(tongue._("Fixed"), Mended(report=number)),
            Button(tongue._("The day is set"), SetDay(report=number)),
        ),
        (
            Button(tongue._("Cannot, because …"), Cannot(report=number)),
            Button(tongue._("Not my team's"), NotMyTeam(report=number)),
        ),
    )


def title(view: View, tongue: Tongue) -> Markup:
    """Kind and place, standing out, with nothing in it to tap."""
    return bold(unlinked(str(headline(view, tongue).unescape())))


def to_teams(view: View, teams: Sequence[Choice], tongue: Tongue) -> Rows:
    """One tap for each team, and the way to all others."""
    each = [
        (Button(team_of(one.team, one.body, tongue), SendTo(report=view.report.id, team=one.team.id)),)
        for one in teams
    ]
    return (*each, (Button(tongue._("Another team"), Choose(report=view.report.id)),))


def team_of(team: Team, body: Body, tongue: Tongue) -> str:
    """A team with its body, on a button."""
    return f"{team.name_in(tongue.code)} · {body.name_in(tongue.code)}"
