"""A report as those in charge see it: all that is known of it on one card."""

from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.i18n import N_, Tongue
from bot.letters.in_charge import desk
from bot.letters.in_charge.desk_buttons import buttons
from bot.letters.in_charge.desk_past import Case, told
from bot.letters.in_charge.desk_presses import Listed
from bot.letters.markup import lines, paragraphs, unlinked
from bot.letters.reporting.report_pictures import picture
from bot.letters.reporting.reporting import answer, by_language
from bot.letters.reporting.reports import View, reference, status
from bot.lifecycle import STATUSES
from bot.media import BESIDE_MEDIA
from bot.message import Button, Message, Rows, units

LATELY = 4  # lines of the history on the card; all of it is one tap away
WORDS = 1500  # characters of a description on the card


def card(case: Case, tongue: Tongue, *, now: datetime, rows: Rows | None = None) -> Message:
    """All of it, edited in place. With a picture it is said in as many words as fit below one."""
    media = picture(case.photos[:1])
    rows = buttons(case, tongue) if rows is None else rows
    for words, lately in ((WORDS, LATELY), (400, LATELY), (300, 2), (200, 0)):
        text = _text(case, tongue, now=now, words=words, lately=lately)
        if media is None or units(text.striptags()) < BESIDE_MEDIA:
            break
    return Message(text, rows, media=media)


def elsewhere(tongue: Tongue, back: Listed | None = None) -> Message:
    """In the place of a card whose report is another team's now."""
    said = tongue._("This report is with another desk now.")
    return Message(said, ((Button(tongue._("To the list"), back or Listed(which="team")),),))


def _text(case: Case, tongue: Tongue, *, now: datetime, words: int, lately: int) -> Markup:
    view = case.view
    head = tongue._("Report {number}", number=reference(view))
    past = [line for line in (told(one, case, tongue) for one in case.history) if line]
    return paragraphs(
        lines([head, desk.title(view, tongue)]),
        _words(view, words, tongue),
        lines(answers(view, tongue)),
        lines([status(view, tongue), _who(case, tongue), _people(case, tongue), _reporter(case, tongue)]),
        lines(_dates(view, tongue, now=now)),
        _nearby(case, tongue),
        lines(past[-lately:] if lately else ()),
    )


def _words(view: View, most: int, tongue: Tongue) -> Markup | None:
    report = view.report
    said = unlinked(report.description).strip()
    quoted = (
        tongue._("“{words}”", words=said if len(said) <= most else said[: most - 1] + "…") if said else None
    )
    if report.hidden_because is None:
        return quoted
    hidden = tongue._("Hidden from everybody else: {reason}", reason=report.hidden_because)
    return lines([quoted, hidden])


def answers(view: View, tongue: Tongue) -> list[Markup]:
    """What was answered to the questions of this kind."""
    asked = {one["code"]: one for one in (view.service.attributes if view.service else ())}
    told = []
    for code, kept in view.report.service_attributes.items():
        if code not in asked or kept in (None, "", []):
            continue
        said = answer(asked[code], kept, tongue, view.zone)
        question = by_language(asked[code].get("description", ""), tongue)
        told.append(tongue._("{question} {answer}", question=question, answer=unlinked(said)))
    return told


def _who(case: Case, tongue: Tongue) -> Markup | None:
    report = case.view.report
    if case.view.team is None:
        return tongue._("Nobody is in charge of it yet.")
    where = {"team": case.view.team.name_in(tongue.code)}
    if report.officer_id is None:
        return tongue._("With {team}. Nobody has taken it.", **where)
    if case.mine:
        return tongue._("With {team}. You have taken it.", **where)
    name = case.names.get(report.officer_id)
    if name:
        return tongue._("With {team}. {name} has taken it.", name=name, **where)
    return tongue._("With {team}. A colleague has taken it.", **where)


def _people(case: Case, tongue: Tongue) -> Markup:
    return tongue.n_("It concerns {n} person.", "It concerns {n} people.", case.view.report.people)


def _reporter(case: Case, tongue: Tongue) -> Markup | None:
    if case.organiser:
        return None
    if case.reporter:
        return tongue._("Reported by {name}.", name=unlinked(case.reporter))
    return tongue._("Whoever reported it has not told a name.")


def _dates(view: View, tongue: Tongue, *, now: datetime) -> list[Markup | None]:
    report, zone = view.report, view.zone
    came = tongue._("It came on {day}.", day=tongue.day(report.requested_datetime, zone))
    if not STATUSES[report.status].open:
        if report.resolved_at is None:
            return [came]
        return [came, tongue._("It ended on {day}.", day=tongue.day(report.resolved_at, zone))]
    if report.waiting_since is not None:
        since = tongue.day(report.waiting_since, zone)
        return [
            came,
            tongue._("We have been waiting for an answer since {day}; the days are not counted.", day=since),
        ]
    return [came, *(due(view, clock, tongue, now=now) for clock in CLOCKS)]


CLOCKS = {
    "acknowledge": N_("Somebody has to see it by {day}."),
    "answer": N_("An answer is due by {day}."),
    "resolve": N_("It is to be solved by {day}."),
}


def due(view: View, clock: str, tongue: Tongue, *, now: datetime) -> Markup | None:
    """One promise that is still to be kept, and by how much it is late."""
    report = view.report
    by, done = {
        "acknowledge": (report.acknowledge_by, report.acknowledged_at),
        "answer": (report.answer_by, report.answered_at),
        "resolve": (report.expected_datetime, report.resolved_at),
    }[clock]
    if by is None or done is not None:
        return None
    said = tongue._(CLOCKS[clock], day=tongue.day(by, view.zone))
    if by >= now:
        return said
    here = ZoneInfo(view.zone)
    days = (now.astimezone(here).date() - by.astimezone(here).date()).days
    if not days:
        return said + " " + tongue._("⚠ That time has passed today.")
    return said + " " + tongue.n_("⚠ That was {n} day ago.", "⚠ That was {n} days ago.", days)


def _nearby(case: Case, tongue: Tongue) -> Markup | None:
    if case.twin:
        return tongue._("It is joined with {number}.", number=case.twin)
    if not case.near:
        return None
    each = [
        tongue.n_("{number}, {n} metre away", "{number}, {n} metres away", metres, number=number)
        if metres
        else tongue._("{number}, in the same place", number=number)
        for number, metres in case.near
    ]
    return tongue._("Also nearby: {reports}", reports=tongue.list([str(one.unescape()) for one in each]))
