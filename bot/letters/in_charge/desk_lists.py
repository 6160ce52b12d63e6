"""The words of the lists at the desk: a page of reports, and which kinds there are to narrow it to."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from markupsafe import Markup

from bot.i18n import N_, Tongue
from bot.letters.in_charge import desk
from bot.letters.in_charge.desk_presses import Kinds, Listed, ShowFrom
from bot.letters.markup import bold, lines, paragraphs, unlinked
from bot.letters.paging import turning
from bot.letters.reporting.reports import View, kind, reference, short, status
from bot.message import Button, Message, Rows

KINDS_ON_A_PAGE = 16
LABEL = 40  # characters of a kind on a button
WORDS = 60  # characters of a report in a list
NARROW = 18  # of a button that has another one beside it on a phone

NAMES: Mapping[str, str] = {
    "team": N_("All of my team"),
    "mine": N_("Mine"),
    "free": N_("Taken by nobody"),
    "waiting": N_("Waiting for an answer"),
    "ended": N_("Ended lately"),
    "nobody": N_("Nobody in charge"),
    "hidden": N_("Hidden"),
}

_EMPTY: Mapping[str, str] = {
    "team": N_("Nothing is open at your desk. Well done."),
    "mine": N_("You have taken no report that is still open."),
    "free": N_("Each open report has somebody who looks after it."),
    "waiting": N_("Nobody is being asked anything just now."),
    "ended": N_("Nothing has ended in the last two weeks."),
    "nobody": N_("There is somebody in charge of each report."),
    "hidden": N_("Nothing is hidden."),
}


class Page(Protocol):
    """A page of a list; see `services/answering/desk.py`."""

    @property
    def which(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def number(self) -> int: ...
    @property
    def pages(self) -> int: ...
    @property
    def counts(self) -> Mapping[str, int]: ...
    @property
    def kinds(self) -> Mapping[str, int]: ...
    @property
    def late(self) -> int: ...


def listed(
    page: Page,
    entries: Sequence[tuple[View, Markup | None]],
    tongue: Tongue,
    *,
    only: str | None = None,
    below: Rows = (),
) -> Message:
    """A page of a list: each report with what is overdue, and the way to the other lists and kinds. `only` is what its
    kind is called, where it has one only."""
    which, kind = page.which, page.kind
    name = tongue._(NAMES[which]).unescape() + (f" · {only}" if only else "")
    head = bold(f"{name} ({tongue.number(page.counts[which])})")
    overdue = None
    if page.late and which == "team":
        overdue = tongue.n_("{n} is overdue.", "{n} are overdue.", page.late)
    here = None
    if page.pages > 1:
        numbers = {"page": tongue.number(page.number + 1), "pages": tongue.number(page.pages)}
        here = tongue._("Page {page} of {pages}", **numbers)
    empty = N_("There is nothing of this kind in this list now.") if kind else _EMPTY[which]
    told = [entry(view, due, tongue) for view, due in entries] or [tongue._(empty)]
    rows = []
    for view, _ in entries:
        there = ShowFrom(report=view.report.id, which=which, kind=kind, page=page.number)
        rows.append((Button(_label(view, tongue), there),))
    others = [
        Button(_counted(tongue._(NAMES[other]), count, tongue), Listed(which=other, kind=kind))
        for other, count in page.counts.items()
        if other != which
    ]
    turned = turning(page.number, page.pages, lambda to: Listed(which=which, kind=kind, page=to), tongue)
    pairs = tuple(tuple(others[start : start + 2]) for start in range(0, len(others), 2))
    return Message(
        paragraphs(lines([head, overdue, here]), *told),
        (*rows, *turned, *_narrowing(page, tongue), *pairs, *below),
    )


def _narrowing(page: Page, tongue: Tongue) -> Rows:
    """To one kind where there is more than one page, to another, and back to all."""
    if page.kind:
        every = Button(
            _counted(tongue._("All kinds"), sum(page.kinds.values()), tongue), Listed(which=page.which)
        )
        return ((every, Button(tongue._("Another kind"), Kinds(which=page.which))),)
    if len(page.kinds) > 1 and page.pages > 1:
        return ((Button(tongue._("Only one kind"), Kinds(which=page.which)),),)
    return ()


def kinds(
    which: str, there: Sequence[tuple[str, str, int]], tongue: Tongue, *, whole: int, page: int = 0
) -> Message:
    """Which kinds there are in a list, as code, name and how many. `whole` is how many the list has of all kinds."""
    pages = max(1, -(-len(there) // KINDS_ON_A_PAGE))
    page = max(0, min(page, pages - 1))
    shown = there[page * KINDS_ON_A_PAGE :][:KINDS_ON_A_PAGE]
    each = [
        Button(_counted(Markup.escape(name), count, tongue), Listed(which=which, kind=code))
        for code, name, count in shown
    ]
    turned = turning(page, pages, lambda to: Kinds(which=which, page=to), tongue)
    every = Button(_counted(tongue._("All kinds"), whole, tongue), Listed(which=which))
    head = bold(str(tongue._(NAMES[which]).unescape()))
    rows = (*_two_by_two(each), *turned, (every,))
    return Message(paragraphs(head, tongue._("Which kind do you want to see?")), rows)


def _counted(name: Markup, count: int, tongue: Tongue) -> str:
    return f"{short(str(name.unescape()), LABEL)} ({tongue.number(count)})"


def _two_by_two(buttons: Sequence[Button]) -> Rows:
    """Beside each other as far as their words have room."""
    rows: list[tuple[Button, ...]] = []
    for one in buttons:
        if rows and len(rows[-1]) == 1 and max(len(one.label), len(rows[-1][0].label)) <= NARROW:
            rows[-1] = (*rows[-1], one)
        else:
            rows.append((one,))
    return tuple(rows)


def entry(view: View, due: Markup | None, tongue: Tongue) -> Markup:
    """One report in a list of those in charge."""
    people = tongue.n_("{n} person", "{n} people", view.report.people)
    words = view.report.description
    return lines(
        [
            desk.title(view, tongue),
            Markup.escape(short(unlinked(words), WORDS)) if words else None,
            tongue._(
                "{number} · {status} · {people}",
                number=reference(view),
                status=status(view, tongue),
                people=people,
            ),
            due,
        ]
    )


def _label(view: View, tongue: Tongue) -> str:
    return f"{view.report.service_request_id} · {kind(view.service, tongue)}"
