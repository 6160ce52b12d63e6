"""The words of hiding: what organisers can hide, what its reporter hears and may say against it."""

from collections.abc import Sequence

from bot.i18n import Tongue
from bot.letters.markup import bold, lines, paragraphs, unlinked
from bot.letters.reporting.report_presses import See
from bot.letters.reporting.reports import View, headline, reference
from bot.message import Button, Message, Rows
from bot.models import Photo, ServiceRequest
from bot.press import Press


class Hide(Press, code="hw"):
    """Hide the words of a report."""

    report: int


class HidePicture(Press, code="hp"):
    """Hide a picture of a report."""

    photo: int


class Unhide(Press, code="hs"):
    """Show the words again."""

    report: int


class UnhidePicture(Press, code="hq"):
    """Show the picture again."""

    photo: int


class Object(Press, code="ho"):
    """Whoever reported it says that it should not be hidden."""

    report: int


def hide_buttons(report: ServiceRequest, photos: Sequence[Photo], tongue: Tongue) -> Rows:
    """What organisers can hide, or show again."""
    if report.confidential:
        return ()
    if report.hidden_because is None:
        words = Button(tongue._("Hide the words"), Hide(report=report.id))
    else:
        words = Button(tongue._("Show the words again"), Unhide(report=report.id))
    rows: list[tuple[Button, ...]] = [(words,)]
    for number, photo in enumerate(photos, 1):
        each = {"number": tongue.number(number)}
        if photo.hidden_because is None:
            rows.append((Button(tongue._("Hide picture {number}", **each), HidePicture(photo=photo.id)),))
        else:
            rows.append(
                (Button(tongue._("Show picture {number} again", **each), UnhidePicture(photo=photo.id)),)
            )
    return tuple(rows)


def hidden(view: View, reason: str, tongue: Tongue, *, picture: bool, secret: bool = False) -> Message:
    """To whoever sent it: what is hidden, why, and what they can do."""
    if picture:
        head = tongue._(
            "The organisers have hidden a picture of this report from everybody but those in charge:"
        )
    else:
        head = tongue._(
            "The organisers have hidden the words of this report from everybody but those in charge:"
        )
    why = tongue._("Why: {reason}", reason=reason)
    goes_on = tongue._(
        "The report goes on all the same. If you think that this is wrong, tell them with one tap."
    )
    rows = (
        (Button(tongue._("It should not be hidden"), Object(report=view.report.id)),),
        (Button(tongue._("See the report"), See(report=view.report.id)),),
    )
    return Message(paragraphs(head, _about(view, tongue, secret=secret), why, goes_on), rows)


def shown(view: View, tongue: Tongue, *, secret: bool = False) -> Message:
    """To whoever sent it: it can be seen again."""
    head = tongue._("The organisers show again what they had hidden of this report:")
    return Message(
        paragraphs(head, _about(view, tongue, secret=secret)),
        ((Button(tongue._("See the report"), See(report=view.report.id)),),),
    )


def objected(view: View, tongue: Tongue, *, show: Button) -> Message:
    """To the organisers: whoever sent it does not agree."""
    head = tongue._("Whoever reported this says that it should not be hidden. Please look at it once more:")
    return Message(paragraphs(head, _about(view, tongue)), ((show,),))


def _about(view: View, tongue: Tongue, *, secret: bool = False) -> object:
    about = unlinked(str(headline(view, tongue, secret=secret).unescape()))
    return lines([bold(about), reference(view)])
