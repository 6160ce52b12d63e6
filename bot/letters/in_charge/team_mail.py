"""What is said of teams that are reached by e-mail."""

from markupsafe import Markup

from bot.i18n import N_, Tongue
from bot.letters.markup import paragraphs
from bot.letters.reporting.reports import View
from bot.message import Message
from bot.models import Body, Team

NOTE = N_("note")
"""With this word and a colon begins an answer that only colleagues shall read."""


def nothing_arrives(team: Team, body: Body, tongue: Tongue) -> Message:
    """To organisers: mails to a team come back."""
    said = tongue._(
        "Mails to {team} of {body} do not arrive: their address does not work. Reports for them wait.",
        team=team.name_in(tongue.code),
        body=body.name_in(tongue.code),
    )
    ask = tongue._("Please ask them for another address, or tell whoever runs this service.")
    return Message(paragraphs(said, ask))


def answered(view: View, text: str, tongue: Tongue) -> Message:
    """To whoever answered by mail: what became of it."""
    head = tongue.n_(
        "{n} person gets your answer to {number}:",
        "{n} people get your answer to {number}:",
        view.report.people,
        number=view.report.service_request_id,
    )
    hint = tongue._(
        "If only your colleagues shall read an answer, begin it with “{note}:”.", note=tongue._(NOTE)
    )
    return Message(
        paragraphs(head, Markup("<i>{}</i>").format(text), hint), thread=view.report.service_request_id
    )


def noted(view: View, tongue: Tongue) -> Message:
    """To whoever wrote a note by mail."""
    said = tongue._(
        "Your note is with {number}. Only those in charge read it.", number=view.report.service_request_id
    )
    return Message(said, thread=view.report.service_request_id)


def pictured(view: View, tongue: Tongue) -> Message:
    """To whoever sent a picture only."""
    said = tongue._(
        "Your picture came without words. Please write a sentence with it, so that people know what it shows."
    )
    return Message(said, thread=view.report.service_request_id)
