"""The words by which those in charge are reminded of what was promised, and the reporter of a question."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from bot.i18n import N_, Tongue
from bot.letters.in_charge import desk
from bot.letters.in_charge.desk_presses import Show
from bot.letters.markup import bold, lines, paragraphs, unlinked
from bot.letters.reporting.report_presses import Reply, See
from bot.letters.reporting.reports import View, headline, kind, reference, short, subject
from bot.message import Button, Message, Rows

LISTED = 10  # reports named in one list
BUTTONS = 6  # of them with a button


@dataclass(frozen=True, slots=True)
class Line:
    """A report that somebody is reminded of: as what (`owner`, `lead`, `above`, `organisers`), and of what: a clock and
    its target, `reply` for a question that the reporter did not answer, or `nobody`."""

    view: View
    whom: str
    what: str
    target: datetime | None = None


_HEADS = {
    "owner": N_("These reports wait for you or your team:"),
    "lead": N_("These reports of your team are late. Please see to it that somebody looks after them:"),
    "above": N_("A promise was not kept for these reports. You are asked because you speak for {body}:"),
    "organisers": N_(
        "These reports are late, and nobody else can be reached who is in charge. Perhaps you know whom to ask:"
    ),
    "nobody": N_("Nobody is known to be in charge of these reports. Please choose who is:"),
}

_AHEAD = {
    "acknowledge": N_("Somebody will have looked at it by {day}."),
    "answer": N_("An answer is promised by {day}."),
    "resolve": N_("It should be solved by {day}."),
}

_LATE = {
    "acknowledge": N_("Somebody should have looked at it by {day}."),
    "answer": N_("An answer was promised by {day}."),
    "resolve": N_("It should have been solved by {day}."),
    "day": N_("The work was to be done by {day}. Please tell everyone how it went, or set another day."),
}


def reminder(mine: Sequence[Line], tongue: Tongue, *, now: datetime) -> Message:
    """The one list of the day, for somebody who is in charge of these; those that are late longest go first. A single
    one can be dealt with at once, and where it goes by e-mail, it stands with what was written about it before."""
    parts: list[Markup | str] = []
    for whom, head in _HEADS.items():
        some = [one for one in mine if (one.what if one.what == "nobody" else one.whom) == whom]
        if not some:
            continue
        body = some[0].view.body
        parts.append(tongue._(head, body=body.name_in(tongue.code)) if body else tongue._(head))
        parts += [_line(one, tongue, now=now) for one in some[:LISTED]]
        if more := len(some) - LISTED:
            parts += [tongue.n_("And {n} more.", "And {n} more.", more)] if more > 0 else []
    if len(mine) == 1:
        return _single(paragraphs(*parts), mine[0], tongue)
    rows = tuple(
        (Button(f"{reference(one.view).striptags()}", Show(report=one.view.report.id)),)
        for one in list(mine)[:BUTTONS]
    )
    return Message(paragraphs(*parts), rows)


def _single(text: Markup, one: Line, tongue: Tongue) -> Message:
    rows: Rows = ((Button(tongue._("Open"), Show(report=one.view.report.id)),),)
    if one.whom not in ("owner", "lead") or one.what == "nobody":
        return Message(text, rows)
    subject = str(headline(one.view, tongue).unescape())
    rows = (*rows, *desk.at_once(one.view, tongue))
    return Message(text, rows, subject=subject, thread=one.view.report.service_request_id)


def _line(one: Line, tongue: Tongue, *, now: datetime) -> Markup:
    return lines([bold(_name(one, tongue)), reference(one.view), _what(one, tongue, now=now)])


def _name(one: Line, tongue: Tongue) -> str:
    """Kind and place, with nothing in it to tap. Of one that only its team may see, others hear no more than its
    kind."""
    if one.view.report.confidential and one.whom in ("above", "organisers") and one.what != "nobody":
        return kind(one.view.service, tongue)
    return unlinked(str(headline(one.view, tongue).unescape()))


def _what(one: Line, tongue: Tongue, *, now: datetime) -> Markup | None:
    if one.what == "reply":
        return tongue._("Whoever reported it has not answered the question, so the days are counted again.")
    if one.target is None:
        return None
    sentences = _AHEAD if one.target > now else _LATE
    return tongue._(sentences[one.what], day=tongue.day(one.target, one.view.zone))


def question_waits(view: View, words: str | None, tongue: Tongue) -> Message:
    """To the reporter, once: those in charge have asked something, and wait."""
    about = lines([bold(str(headline(view, tongue).unescape())), reference(view)])
    return Message(
        paragraphs(
            tongue._("Those in charge still have a question about your report:"),
            about,
            tongue._("“{words}”", words=short(words, 400)) if words else None,
            tongue._(
                "Until you answer, the days are not counted. After another week they go on without an answer."
            ),
        ),
        (
            (Button(tongue._("Answer the question"), Reply(report=view.report.id)),),
            (Button(tongue._("See my report"), See(report=view.report.id)),),
        ),
        subject=subject(view, tongue),
    )
