"""What somebody is asked before a report of theirs is taken back."""

from markupsafe import Markup

from bot.i18n import Tongue
from bot.models import ServiceRequest


def question(made: ServiceRequest, goes_on: ServiceRequest, tongue: Tongue) -> Markup:
    """With what follows from it. The one in which it goes on is the same, unless they were joined."""
    number, other = made.service_request_id, goes_on.service_request_id
    if made is goes_on:
        if made.people > 1:
            return tongue._(
                "Shall I take you out of report {number}? It goes on for the others, and you hear no more of it.",
                number=number,
            )
        return tongue._(
            "Shall I take your report {number} back? It ends with that, and leaves the public pages.",
            number=number,
        )
    return tongue._(
        "Your report {number} was joined with report {other}. Shall I take it back, and your part in the other one?",
        number=number,
        other=other,
    )
