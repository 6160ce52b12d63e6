"""What can be done with a report at the desk, as buttons: for its team, and for organisers."""

from collections.abc import Sequence

from bot.i18n import N_, Tongue
from bot.letters.in_charge import desk
from bot.letters.in_charge.desk_past import Case
from bot.letters.in_charge.desk_presses import (
    Answer,
    AnswerAll,
    Apart,
    AskBack,
    Cannot,
    HandOver,
    Inside,
    JoinTo,
    LetGo,
    Listed,
    LookInto,
    Mended,
    More,
    Note,
    NotMyTeam,
    NotOurs,
    Past,
    Pictures,
    Plan,
    Reopen,
    SetDay,
    Show,
    Shut,
    Take,
)
from bot.letters.in_charge.hiding import hide_buttons
from bot.lifecycle import STATUSES
from bot.message import Button, Rows
from bot.press import Press

MAP = "https://www.openstreetmap.org/?mlat={lat:.5f}&mlon={long:.5f}#map=18/{lat:.5f}/{long:.5f}"

Table = Sequence[Sequence[tuple[str, type[Press]]]]

_FIRST: Table = (
    ((N_("Answer"), Answer), (N_("Ask back"), AskBack)),
    ((N_("Planned for …"), Plan), (N_("The day is set"), SetDay)),
    ((N_("Being looked into"), LookInto), (N_("Fixed"), Mended)),
    ((N_("Hand over"), HandOver), (N_("More …"), More)),
)
_REST: Table = (
    ((N_("Cannot, because …"), Cannot), (N_("Nobody here is in charge"), NotOurs)),
    ((N_("Join with another"), JoinTo), (N_("Write a note"), Note)),
    ((N_("Goes on inside"), Inside), (N_("Close it, because …"), Shut)),
    ((N_("Not my team's"), NotMyTeam),),
)


def buttons(case: Case, tongue: Tongue) -> Rows:
    """What is done most."""
    report = case.view.report
    if case.organiser:
        return (*_organising(case, tongue), *_looking(case, tongue))
    if report.duplicate_of is not None:
        return ((Button(tongue._("Take them apart"), Apart(report=report.id)),), *_looking(case, tongue))
    if not STATUSES[report.status].open:
        return ((Button(tongue._("Open it again"), Reopen(report=report.id)),), *_looking(case, tongue))
    taking: Rows = ()
    if case.mine:
        taking = ((Button(tongue._("Give it back"), LetGo(report=report.id)),),)
    elif report.officer_id is None:
        taking = ((Button(tongue._("Take it"), Take(report=report.id)),),)
    return (*taking, *_rows(case, _FIRST, tongue), *_looking(case, tongue))


def rest(case: Case, tongue: Tongue) -> Rows:
    """What is done less often; nothing of it where the report has ended."""
    number = case.view.report.id
    if case.organiser or not STATUSES[case.view.report.status].open:
        return buttons(case, tongue)
    alike: Rows = ()
    if case.alike > 1:
        label = tongue.n_("Answer {n} of this kind at once", "Answer {n} of this kind at once", case.alike)
        alike = ((Button(label, AnswerAll(report=number)),),)
    back = Button(tongue._("Back to the report"), Show(report=number))
    return (*_rows(case, _REST, tongue), *alike, (back,))


def _rows(case: Case, table: Table, tongue: Tongue) -> Rows:
    report = case.view.report
    left_out: set[type[Press]] = set()
    if report.status == "investigating":
        left_out.add(LookInto)
    if report.waiting_since is not None or report.resident_id is None:
        left_out.add(AskBack)
    return tuple(
        tuple(
            Button(tongue._(label), act(report=report.id))  # type: ignore[call-arg]
            for label, act in row
            if act not in left_out
        )
        for row in table
    )


def _organising(case: Case, tongue: Tongue) -> Rows:
    view = case.view
    nobody = case.nobodys and STATUSES[view.report.status].open
    return (
        *(desk.to_teams(view, case.likely, tongue) if nobody else ()),
        *hide_buttons(view.report, case.photos, tongue),
    )


def _looking(case: Case, tongue: Tongue) -> Rows:
    report = case.view.report
    rows: list[tuple[Button, ...]] = []
    if report.lat is not None and report.long is not None:
        rows.append((Button(tongue._("On the map"), url=MAP.format(lat=report.lat, long=report.long)),))
    if len(case.photos) > 1:
        label = tongue.n_("{n} picture", "All {n} pictures", len(case.photos))
        rows.append((Button(label, Pictures(report=report.id)),))
    back = case.back or Listed(which="nobody" if case.organiser else "team")
    past = Button(tongue._("What happened"), Past(report=report.id))
    return (*rows, (past, Button(tongue._("To the list"), back)))
