"""The words of the pages on which everybody can read reports: what is promised, what is late, who is in charge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from bot.i18n import N_, Tongue
from bot.letters.reporting import reports as letters
from bot.letters.reporting import routing
from bot.letters.reporting.report_promises import WAITS
from bot.letters.reporting.reports import View
from bot.lifecycle import STATUSES
from bot.models import Happening, Photo

SHOWN = {"problem": N_("Photo of the problem"), "work": N_("Photo of what was done")}
"""What is to be seen on a picture, by its kind."""

CONFIDENTIAL = N_("Only those in charge can see this report.")
HIDDEN = N_("The organisers have hidden this report, so only those in charge can see it.")


@dataclass(frozen=True, slots=True)
class Due:
    """One promise in words; `late` says that its day has passed and nothing came."""

    said: Markup
    late: bool = False


def secret(view: View, tongue: Tongue) -> Markup | None:
    """Why nothing of it is shown, if that is so."""
    if view.report.confidential:
        return tongue._(CONFIDENTIAL)
    return tongue._(HIDDEN) if view.report.hidden_because is not None else None


def dues(view: View, tongue: Tongue, *, now: datetime) -> Sequence[Due]:
    """What is promised and still to come, and what is late. What stands still is late for nobody."""
    report = view.report
    if not STATUSES[report.status].open:
        return ()
    if report.waiting_since is not None:
        return (Due(tongue._(WAITS)),)
    said = []
    if report.answer_by is not None and report.answered_at is None:
        said.append(_answer(report.answer_by, view, tongue, now))
    if report.expected_datetime is not None:
        said.append(_solved(report.expected_datetime, view, tongue, now))
    return said


def _answer(by: datetime, view: View, tongue: Tongue, now: datetime) -> Due:
    day = tongue.day(by, view.zone)
    if by < now:
        return Due(tongue._("Late: an answer was due by {day}, and none has come.", day=day), late=True)
    return Due(tongue._("An answer is due by {day}.", day=day))


def _solved(by: datetime, view: View, tongue: Tongue, now: datetime) -> Due:
    day = tongue.day(by, view.zone)
    if by < now:
        return Due(tongue._("Late: it should have been solved by {day}.", day=day), late=True)
    return Due(tongue._("It should be solved by {solved}.", solved=day))


def people(view: View, tongue: Tongue) -> Markup:
    """Whom it concerns, in numbers."""
    return tongue.n_("It concerns {n} person.", "It concerns {n} people.", view.report.people)


def reported(view: View, tongue: Tongue) -> Markup:
    """When it came."""
    return tongue._("Reported on {day}.", day=tongue.date(view.report.requested_datetime, view.zone))


def in_charge(view: View, reason: routing.Reason, tongue: Tongue) -> Markup:
    """Who has it, and why. Where it was handed over, the history says why."""
    if view.team is None or view.body is None or (reason.team is not None and reason.team is view.team):
        return routing.because(tongue, reason)
    names = {"team": view.team.name_in(tongue.code), "body": view.body.name_in(tongue.code)}
    return tongue._("It is with {team} of {body}.", **names)


def history(
    happenings: Sequence[Happening], view: View, names: dict[int, str], tongue: Tongue
) -> list[Markup]:
    """What happened, in words that everybody may read, the oldest first."""
    lines = [letters.told(one, view, names, tongue) for one in happenings]
    return [line for line in lines if line is not None]


def about(photo: Photo, tongue: Tongue) -> str:
    """A picture in words, for whoever does not see it."""
    return str(tongue._(SHOWN[photo.kind]))
