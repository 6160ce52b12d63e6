"""The words of the desk: what those in charge of reports are shown, and the presses below."""

from markupsafe import Markup

from bot.i18n import N_, Tongue
from bot.letters.markup import bold, lines, paragraphs
from bot.letters.reports import View, headline, reference, short
from bot.message import Button, Message
from bot.press import Press


class Show(Press, code="ds"):
    """Show a report as those in charge see it."""

    report: int


ARRIVED = {
    "new": N_("A new report for your team:"),
    "handed_over": N_("This report was handed over to your team:"),
    "back": N_("This report was opened again, because it is not fixed:"),
    "replied": N_("Whoever reported this has answered your question:"),
    "nobody": N_("Nobody is known to be in charge of this report. Please choose who is:"),
}


def arrived(view: View, tongue: Tongue, *, why: str) -> Message:
    """A report has come to a desk."""
    head = tongue._(ARRIVED[why if view.team is not None else "nobody"])
    about = lines([bold(str(headline(view, tongue).unescape())), reference(view)])
    words = Markup.escape(short(view.report.description, 400)) if view.report.description else None
    return Message(
        paragraphs(head, about, words), ((Button(tongue._("Open"), Show(report=view.report.id)),),)
    )
