"""The words of the talk in which somebody reports a problem, and of the first steps that lead to it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from markupsafe import Markup

from bot.i18n import N_, Tongue
from bot.letters.markup import bold, lines, paragraphs
from bot.letters.people.people import KEPT
from bot.letters.reporting.report_presses import Report
from bot.letters.reporting.reports import View, kind, near, short
from bot.message import Button, Media, Message, Place
from bot.models import Community, Emergency, Service, Spot
from bot.press import Press


class AtSpot(Press, code="qp"):
    """Report something at the place of a link that hangs there. `service` is 1 for its usual kind, 0 for another."""

    spot: str
    service: int


WHAT = N_("What is wrong? Send a photo, or write a few words.")
WHERE = N_("Where is it? Share the place, or write the street or something near it.")
KIND = N_("What kind of problem is it?")

_SEEN = {
    (True, True): N_("Everyone can read your words and see your photo, but not who you are."),
    (True, False): N_("Everyone can read your words, but not who you are."),
    (False, True): N_("Everyone can see your photo, but not who you are."),
    (False, False): N_("Everyone can see this, but not who you are."),
}
"""What others get to see of a report, by whether it has words and a photo."""


class Draft(Protocol):
    """What of a report is looked at before it is sent; see `services/reporting/reports.py`."""

    @property
    def description(self) -> str: ...
    @property
    def address(self) -> str | None: ...
    @property
    def place(self) -> Place | None: ...
    @property
    def confidential(self) -> bool: ...
    @property
    def media(self) -> Sequence[Media]: ...


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody is about to report. `answers` are its kind's questions with what was answered, `name` is how those
    in charge will know them, if at all."""

    service: Service | None
    draft: Draft
    answers: Sequence[tuple[str, str]]
    name: str | None


def preview(told: Told, way: Markup, tongue: Tongue, *, new: bool) -> Markup:
    """What will be sent, to whom, and who sees it."""
    draft = told.draft
    place = draft.address or (tongue._("The place that you shared") if draft.place else tongue._("No place"))
    pictures = tongue.n_("{n} photo", "{n} photos", len(draft.media)) if draft.media else None
    answers = [tongue._("{question} {answer}", question=asked, answer=said) for asked, said in told.answers]
    about = lines(
        [
            bold(kind(told.service, tongue)),
            draft.description,
            tongue._("Place: {place}", place=place),
            pictures,
            *answers,
        ]
    )
    notice = told.service.service_notice if told.service else {}
    seen = tongue._(_SEEN[bool(draft.description), bool(draft.media)])
    if draft.confidential or (told.service is not None and told.service.confidential):
        seen = tongue._("Only those in charge can read this.")
    name = tongue._("Those in charge do not learn your name.")
    if told.name:
        name = tongue._("Those in charge learn your name: {name}.", name=told.name)
    kept = tongue._(KEPT) if new else None
    return paragraphs(
        tongue._("This goes out:"), about, way, by_language(notice, tongue), lines([seen, name]), kept
    )


def private(found: Sequence[str], tongue: Tongue) -> Markup:
    """These pieces of somebody's words may be about a private person."""
    named = tongue.list([tongue._("“{words}”", words=one).unescape() for one in found])
    return paragraphs(
        tongue._("This may be about a private person: {pieces}.", pieces=named),
        tongue._("Everyone can read a report. Shall it stay like that?"),
    )


def emergency(found: Emergency, tongue: Tongue) -> Markup:
    """The number to call, before anything else."""
    name = found.names.get(tongue.code) or next(iter(found.names.values()))
    call = tongue._("Please call {phone} now: {name}.", phone=bold(found.phone), name=name)
    return paragraphs(call, tongue._("They answer day and night. A report here may be read tomorrow."))


def not_here(way: Markup, community: Community, tongue: Tongue) -> Markup:
    """The place is nobody's of ours."""
    ask = tongue._(
        "I can tell the organisers of {community} anyway, so that they know.",
        community=community.name_in(tongue.code),
    )
    return paragraphs(way, ask)


def twins(found: Sequence[tuple[View, int]], told: Collection[int], tongue: Tongue) -> Markup:
    """Open reports nearby; `told` are those that concern the reader already."""
    listed = [
        lines(
            [
                near(view, metres, tongue),
                tongue._("You have told us about it.") if view.report.id in told else None,
            ]
        )
        for view, metres in found
    ]
    if len(found) == 1:
        head = tongue._("Somebody has reported something like this near there. Is it this one?")
        return paragraphs(head, *listed)
    head = tongue._("People have reported something like this near there. Is it one of these?")
    numbered = [
        tongue._("{number}. {report}", number=tongue.number(number), report=one)
        for number, one in enumerate(listed, 1)
    ]
    return paragraphs(head, *numbered)


def it_is(number: int, many: int, tongue: Tongue) -> Markup:
    """The button for one of them."""
    if many == 1:
        return tongue._("Yes, it is this one")
    return tongue._("It is number {number}", number=tongue.number(number))


def joined(view: View, tongue: Tongue, *, fresh: bool, added: bool) -> Markup:
    """Counted as one more person, or known already: people are counted, not messages."""
    more = tongue._("Your words or photo are with it now.") if added else None
    if not fresh:
        known = tongue._("You are counted for this one already, and it is still being looked after.")
        return paragraphs(known, more)
    counted = tongue.n_(
        "You are counted: it concerns {n} person now. You hear what comes of it.",
        "You are counted: it concerns {n} people now. You hear what comes of it.",
        view.report.people,
    )
    return paragraphs(counted, more)


def at_spot(spot: Spot, service: Service | None, tongue: Tongue) -> Message:
    """Somebody came by the link on a lamp post."""
    rows = []
    if service is not None:
        label = tongue._("Report: {kind}", kind=service.name_in(tongue.code))
        rows.append((Button(label, AtSpot(spot=spot.code, service=1)),))
    rows.append((Button(tongue._("Something else here"), AtSpot(spot=spot.code, service=0)),))
    return Message(
        paragraphs(bold(spot.name), tongue._("Is something wrong here? Tell those in charge with two taps.")),
        tuple(rows),
    )


def begin(community: Community, tongue: Tongue) -> Button:
    """The way into a report."""
    return Button(tongue._("Report a problem"), Report(community=community.id))


def by_language(words: Mapping[str, str] | str, tongue: Tongue) -> str:
    """What was written in several languages, in the reader's or the first one."""
    if isinstance(words, str):
        return words
    return words.get(tongue.code) or next(iter(words.values()), "")


def answer(attribute: Mapping[str, Any], kept: Any, tongue: Tongue, zone: str) -> str:
    """An answer to one of a kind's own questions, as it is read."""
    names: dict[Any, str] = {
        one["key"]: by_language(one["name"], tongue) for one in attribute.get("values", ())
    }
    if isinstance(kept, list):
        return ", ".join(names.get(one, str(one)) for one in kept)
    if attribute.get("datatype") == "number" and isinstance(kept, int | float):
        return tongue.number(kept)
    if attribute.get("datatype") == "datetime":
        try:
            return tongue.written(datetime.fromisoformat(str(kept)), zone)
        except ValueError:
            return str(kept)
    return names.get(kept, str(kept))


def said_back(text: str, tongue: Tongue) -> Markup:
    """Words or a place that came without a question, and what can be made of them."""
    head = tongue._("You wrote: “{words}”", words=short(text)) if text else tongue._("You shared a place.")
    return paragraphs(head, tongue._("What shall I do with it?"))
