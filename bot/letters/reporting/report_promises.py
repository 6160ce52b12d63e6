"""What residents are told of the days that were promised with a report: never one that is over, but that it is, and
what happens next."""

from __future__ import annotations

from datetime import datetime

from markupsafe import Markup

from bot.i18n import N_, Tongue
from bot.letters.markup import sentences
from bot.lifecycle import STATUSES
from bot.models import ServiceRequest

WAITS = N_("The days stand still while whoever reported it is asked something.")

_ANSWER_LATE = N_("You should have had an answer by now; the day for it has passed.")
_SOLVED_LATE = N_("The day by which it should be solved has passed.")
_NEXT = N_("We keep asking those in charge, and then those above them.")
_NOBODY_NEXT = N_("The organisers are finding out who is in charge. You hear when they know.")


def promise(report: ServiceRequest, zone: str, tongue: Tongue, *, now: datetime) -> Markup | None:
    """Until when somebody will have answered and resolved it, or that this time has passed, and what happens then."""
    if report.acknowledge_by is None or report.answer_by is None or report.expected_datetime is None:
        return None
    if report.waiting_since is not None:
        return tongue._(WAITS)
    answer = report.answer_by if report.answered_at is None else None
    solved = report.expected_datetime
    late = any(by is not None and by < now for by in (answer, solved))
    if answer is not None and not late:
        return tongue._(
            "You get an answer by {answer}. It should be solved by {solved}.",
            answer=tongue.day(answer, zone),
            solved=tongue.day(solved, zone),
        )
    said = [None if answer is None else _answer(answer, zone, tongue, now=now)]
    said.append(_solved(solved, zone, tongue, now=now))
    return sentences([*said, *(_what_is_next(report, zone, tongue, now=now) if late else ())])


def next_day(report: ServiceRequest, zone: str, tongue: Tongue, *, now: datetime) -> Markup | None:
    """The next of the promised days of an open report, or that one is over, in a sentence."""
    if not STATUSES[report.status].open or report.answer_by is None or report.expected_datetime is None:
        return None
    if report.waiting_since is not None:
        return tongue._(WAITS)
    if report.answered_at is not None or report.expected_datetime < now:
        return _solved(report.expected_datetime, zone, tongue, now=now)
    return _answer(report.answer_by, zone, tongue, now=now)


def _answer(by: datetime, zone: str, tongue: Tongue, *, now: datetime) -> Markup:
    if by < now:
        return tongue._(_ANSWER_LATE)
    return tongue._("You get an answer by {answer}.", answer=tongue.day(by, zone))


def _solved(by: datetime, zone: str, tongue: Tongue, *, now: datetime) -> Markup:
    if by < now:
        return tongue._(_SOLVED_LATE)
    return tongue._("It should be solved by {solved}.", solved=tongue.day(by, zone))


def _what_is_next(report: ServiceRequest, zone: str, tongue: Tongue, *, now: datetime) -> list[Markup]:
    """What becomes of a report that is late. The moment after something was done with it nobody has looked yet when
    the next time is."""
    if report.team_id is None:
        return [tongue._(_NOBODY_NEXT)]
    if report.review_at is None or report.review_at <= now:
        return [tongue._(_NEXT)]
    return [tongue._(_NEXT), tongue._("We ask again on {day}.", day=tongue.day(report.review_at, zone))]
