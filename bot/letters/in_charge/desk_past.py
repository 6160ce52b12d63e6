"""A report in the hands of those in charge: what is known of it for them, and its history with what only they may
read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from bot.i18n import Tongue
from bot.letters.in_charge import desk
from bot.letters.in_charge.desk_presses import Listed, Show
from bot.letters.markup import lines, paragraphs, unlinked
from bot.letters.reporting.reports import View, became, happened, reference
from bot.message import Button, Message, units
from bot.models import Happening, Photo

ROOM = 3500  # characters of a history in one message


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of a report: what everybody may know (`view`), all of its pictures, what happened, who has taken
    it, and what those in charge are called. `reporter` is their name if they said that it may be known. `mine` says
    that the reader has taken it, `organiser` that the reader organises its community and does not work in its team;
    `alike` is how many open ones of its kind and area a lead could answer together. `twin` is the reference of the one
    it is joined with; `near` are references of others nearby, and how many metres away they are. `back` is where in a
    list it was opened. `nobodys`: nobody works where it is, so organisers find out who does."""

    view: View
    photos: Sequence[Photo] = ()
    history: Sequence[Happening] = ()
    teams: Mapping[int, str] = field(default_factory=dict)
    names: Mapping[int, str | None] = field(default_factory=dict)
    reporter: str | None = None
    mine: bool = False
    organiser: bool = False
    twin: str | None = None
    near: Sequence[tuple[str, int]] = ()
    alike: int = 0
    nobodys: bool = False
    likely: Sequence[desk.Choice] = ()
    back: Listed | None = None


def told(happening: Happening, case: Case, tongue: Tongue) -> Markup | None:
    """One line of the history for those in charge: who did it, and what only they may read."""
    what = _inside(happening, tongue) or happened(happening, case.view, dict(case.teams), tongue)
    if what is None:
        return None
    day = tongue.day(happening.at, case.view.zone)
    name = case.names.get(happening.officer_id or 0)
    if name and not case.organiser:
        return tongue._("{day}, {name}: {what}", day=day, name=name, what=what)
    return tongue._("{day}: {what}", day=day, what=what)


def _inside(happening: Happening, tongue: Tongue) -> Markup | None:
    """What everybody hears otherwise, or not at all. What residents wrote has nothing in it to tap."""
    words = unlinked(happening.words) if happening.words else None
    match happening.event:
        case "note" if happening.details.get("let_go"):
            return tongue._("Gave it back to the team.")
        case "note" if happening.details.get("objected"):
            return tongue._("Whoever reported it says that it should not be hidden.")
        case "note" if words:
            return tongue._("Note: “{words}”", words=words)
        case "asked" if words:
            return tongue._("Asked whoever reported it: “{words}”", words=words)
        case "replied" if words:
            return tongue._("The answer: “{words}”", words=words)
        case "added" if words:
            return tongue._("Somebody concerned adds: “{words}”", words=words)
        case "status" if words and happening.officer_id is None:
            return tongue._("{status}. “{words}”", status=became(happening, tongue), words=words)
        case "hidden" if happening.details.get("reason"):
            return tongue._("Hidden by the organisers: {reason}", reason=happening.details["reason"])
        case "taken":
            return tongue._("Taken.")
        case _:
            return None


def past(case: Case, tongue: Tongue) -> Message:
    """All of the history, as far as a message holds it; the newest stays."""
    head = tongue._("What happened to report {number}:", number=reference(case.view))
    each = [line for line in (told(one, case, tongue) for one in case.history) if line]
    back = Button(tongue._("Back to the report"), Show(report=case.view.report.id))
    return Message(paragraphs(head, lines(_fitting(each))), ((back,),))


def _fitting(each: Sequence[Markup]) -> Sequence[Markup]:
    kept: list[Markup] = []
    room = ROOM
    for line in reversed(each):
        room -= units(line.striptags()) + 1
        if room < 0:
            break
        kept.insert(0, line)
    return kept
