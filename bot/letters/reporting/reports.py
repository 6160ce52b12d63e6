"""The words of reports for residents: what was understood, where it went, what happened, and the presses below."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.i18n import N_, Tongue
from bot.letters.markup import bold, code, lines, paragraphs
from bot.letters.reporting import report_following, routing
from bot.letters.reporting.report_pictures import picture
from bot.letters.reporting.report_presses import Add, Back, Reply, Same, See, Wants, Withdraw
from bot.letters.reporting.report_promises import next_day, promise
from bot.lifecycle import AGAIN, DATED, ENDED, OPEN, STATUSES
from bot.message import Button, Message, Rows
from bot.models import Area, Body, Community, Concern, Happening, Photo, Service, ServiceRequest, Team

SHORT = 120  # characters of somebody's words in a list
IN_HISTORY = 12  # lines of a history in one message


@dataclass(frozen=True, slots=True)
class View:
    """A report with all that is needed to speak of it. `photos` are those that may be shown."""

    report: ServiceRequest
    community: Community
    service: Service | None
    body: Body | None
    team: Team | None
    area: Area | None
    photos: tuple[Photo, ...] = ()

    @property
    def zone(self) -> str:
        """Where its days begin."""
        return self.body.zone if self.body else self.community.zone

    def secret_to(self, reader: int | None) -> bool:
        """Whether organisers have hidden it from this resident: whoever reported it knows it anyway."""
        return self.report.hidden_because is not None and self.report.resident_id != reader


def kind(service: Service | None, tongue: Tongue) -> str:
    """What kind of problem it is."""
    return service.name_in(tongue.code) if service else str(tongue._("Something else"))


def short(text: str, most: int = SHORT) -> str:
    """Somebody's words on one line."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"


def headline(view: View, tongue: Tongue, *, secret: bool = False) -> Markup:
    """Kind and place; the kind alone where organisers have hidden it from these readers (`secret`)."""
    name = kind(view.service, tongue)
    if view.report.address and not secret:
        return tongue._("{kind}, {place}", kind=name, place=short(view.report.address, 80))
    return Markup.escape(name)


def subject(view: View, tongue: Tongue, *, secret: bool = False) -> str:
    """What a letter about it is called in a list of letters."""
    return f"{headline(view, tongue, secret=secret).unescape()} [{view.report.service_request_id}]"


def reference(view: View) -> Markup:
    """The number that people read out."""
    return code(view.report.service_request_id)


def received(
    view: View, reason: routing.Reason, tongue: Tongue, *, now: datetime, site: str | None = None
) -> Message:
    """The receipt: its number, where it went and why, and by when somebody looks, answers, and has solved it."""
    head = tongue._("Thank you. Your report has the number {number}.", number=reference(view))
    way = routing.because(tongue, reason)
    private = tongue._("Only those in charge can see it.") if view.report.confidential else None
    seen = None
    if view.report.acknowledge_by is not None and view.report.acknowledged_at is None:
        seen = tongue._(
            "Somebody looks at it by {day}.", day=tongue.day(view.report.acknowledge_by, view.zone)
        )
    return Message(
        paragraphs(head, way, lines([seen, promise(view.report, view.zone, tongue, now=now)]), private),
        ((see(view, tongue),), *news_buttons(view, tongue), *page(view, tongue, site)),
    )


def see(view: View, tongue: Tongue) -> Button:
    """Shows the report."""
    return Button(tongue._("See my report"), See(report=view.report.id))


def news_buttons(view: View, tongue: Tongue, wants: str = "all") -> Rows:
    """Less or more news of it."""
    if wants == "all":
        label = tongue._("Tell me only how it ends")
        return ((Button(label, Wants(report=view.report.id, wants="end")),),)
    return ((Button(tongue._("Tell me everything"), Wants(report=view.report.id, wants="all")),),)


def near(view: View, metres: int, tongue: Tongue) -> Markup:
    """One that may be the same."""
    words = short(view.report.description) if view.report.description else None
    far = tongue.n_("{n} metre away", "{n} metres away", metres) if metres else tongue._("In the same place")
    people = tongue.n_("{n} person has reported it.", "{n} people have reported it.", view.report.people)
    return lines(
        [
            bold(str(headline(view, tongue).unescape())),
            words,
            tongue._("{far}. {people}", far=far, people=people),
        ]
    )


def status(view: View, tongue: Tongue, *, now: datetime | None = None) -> Markup:
    """How it stands, in a few words. Those who come with `now` are told of no day that is over, but that it is."""
    said = tongue._(STATUSES[view.report.status].label)
    day = view.report.planned_for
    if day is None or view.report.status not in DATED:
        return said
    if now is not None and day < now.astimezone(ZoneInfo(view.zone)).date():
        return tongue._("{status}. The day for it has passed.", status=said)
    return tongue._("{status}: {day}", status=said, day=tongue.date(day))


def entry(view: View, tongue: Tongue, reader: int, *, now: datetime) -> Markup:
    """One report in somebody's list."""
    about = headline(view, tongue, secret=view.secret_to(reader))
    stands = tongue._("{number} · {status}", number=reference(view), status=status(view, tongue, now=now))
    return lines([bold(str(about.unescape())), stands, next_day(view.report, view.zone, tongue, now=now)])


def card(
    view: View,
    history: Sequence[Happening],
    concern: Concern | None,
    tongue: Tongue,
    *,
    now: datetime,
    names: dict[int, str] | None = None,
    site: str | None = None,
    over: bool = False,
) -> Message:
    """A report as a resident sees it; `names` are those of teams in its history, `site` is where its page is. `over`
    says that it was joined with another one, and that this has ended."""
    report = view.report
    hidden = report.hidden_because is not None
    secret = hidden and (concern is None or concern.why != "reporter")  # whoever sent it knows it anyway
    words = tongue._("The organisers have hidden the words of this report.") if hidden else report.description
    people = tongue.n_("It concerns {n} person.", "It concerns {n} people.", report.people)
    who = None
    if view.body is not None and view.team is not None:
        who = tongue._(
            "It is with {team} of {body}.",
            team=view.team.name_in(tongue.code),
            body=view.body.name_in(tongue.code),
        )
    past = [told(one, view, names or {}, tongue) for one in history]
    head = tongue._("Report {number}", number=reference(view))
    text = paragraphs(
        lines([head, bold(str(headline(view, tongue, secret=secret).unescape()))]),
        words,
        lines([status(view, tongue, now=now), people, who]),
        promise(report, view.zone, tongue, now=now) if STATUSES[report.status].open else None,
        lines([line for line in past if line][-IN_HISTORY:]),
    )
    rows = (*_what_one_can_do(view, concern, tongue, over), *page(view, tongue, site))
    return Message(text, rows, media=None if secret else picture(view.photos))


def page(view: View, tongue: Tongue, site: str | None) -> Rows:
    """The way to the page that can be passed on, where everybody may read it."""
    report = view.report
    if site is None or report.confidential or report.hidden_because is not None:
        return ()
    return ((Button(tongue._("Its page, to pass on"), url=f"{site}/r/{report.service_request_id}"),),)


def _what_one_can_do(view: View, concern: Concern | None, tongue: Tongue, over: bool) -> Rows:
    number, rows = view.report.id, []
    if view.report.duplicate_of is not None:
        return _where_it_goes_on(view.report, view.report.duplicate_of, concern, tongue, over)
    still = STATUSES[view.report.status].open
    if concern is None or concern.why == "follow":
        same = (Button(tongue._("I have the same problem"), Same(report=number)),)
        way = report_following.follow if concern is None else report_following.leave
        rows = [same, (way(number, tongue),)] if still else []
    elif still:
        rows.append((Button(tongue._("Add words or a photo"), Add(report=number)),))
        rows.append((Button(tongue._("Take it back"), Withdraw(report=number, sure=0)),))
    else:
        rows.append((Button(tongue._("It is back"), Back(report=number)),))
    if concern is None:
        return tuple(rows)
    if view.report.waiting_since is not None and concern.why == "reporter":
        rows.insert(0, (Button(tongue._("Answer the question"), Reply(report=number)),))
    return (*rows, *(news_buttons(view, tongue, concern.wants) if still else ()))


def _where_it_goes_on(
    report: ServiceRequest, twin: int, concern: Concern | None, tongue: Tongue, over: bool
) -> Rows:
    """Of one that was joined: what is added or taken back is so where it goes on; where that is over, so is this."""
    label = tongue._("See the report it was joined with") if over else tongue._("See the report that goes on")
    rows = [(Button(label, See(report=twin)),)]
    if over and concern is not None and concern.why != "follow":
        rows.append((Button(tongue._("It is back"), Back(report=report.id)),))
    elif concern is not None and concern.why == "follow":
        rows.append((report_following.leave(report.id, tongue),))
    elif concern is not None:
        rows.append((Button(tongue._("Add words or a photo"), Add(report=report.id)),))
        rows.append((Button(tongue._("Take it back"), Withdraw(report=report.id, sure=0)),))
    return tuple(rows)


def told(happening: Happening, view: View, names: dict[int, str], tongue: Tongue) -> Markup | None:
    """One line of the history, for everybody; None for what goes without saying."""
    line = happened(happening, view, names, tongue)
    if line is None:
        return None
    return tongue._("{day}: {what}", day=tongue.day(happening.at, view.zone), what=line)


def words_of(happening: Happening, tongue: Tongue) -> str | None:
    """What was said, in the reader's language where it was said in it too, else as it was written."""
    versions: dict[str, str] = happening.details.get("versions", {})
    return versions.get(tongue.code, happening.words)


def happened(happening: Happening, view: View, names: dict[int, str], tongue: Tongue) -> Markup | None:
    """What happened, without when. Where organisers have hidden a report, no resident's words of it are told."""
    team = names.get(happening.team_id or 0, "")
    words = words_of(happening, tongue)
    if view.report.hidden_because is not None and happening.officer_id is None:
        words = None
    match happening.event:
        case "status" if happening.after:
            said = became(happening, tongue)
            return tongue._("{status}. “{words}”", status=said, words=words) if words else said
        case "answer" | "asked" if words:
            return tongue._("“{words}”", words=words)
        case "handed_over" if words and happening.details.get("back"):
            not_theirs = N_("{team} says it is not theirs. The organisers find out whose. “{words}”")
            return tongue._(not_theirs, team=team, words=words)
        case "handed_over" if words:
            return tongue._("Handed over to {team}. “{words}”", team=team, words=words)
        case "merged" if "into" in happening.details:
            return tongue._("It was joined with another report of the same.")
        case "routed" if team:
            return tongue._("It goes to {team}.", team=team)
        case "asked_again":
            return tongue._(_ASKED_AGAIN.get(happening.details.get("clock", ""), _ASKED_AGAIN["answer"]))
        case _:
            sentence = _PLAIN.get(happening.event)
            return tongue._(sentence) if sentence else None


def became(happening: Happening, tongue: Tongue) -> Markup:
    """The state into which it came, in a few words."""
    again = happening.before in ENDED and happening.after in OPEN
    return tongue._(N_("Open again") if again else STATUSES[happening.after or AGAIN].label)


_ASKED_AGAIN = {
    "acknowledge": N_("Asked again, because nobody has looked at it in time."),
    "answer": N_("Asked again, because no answer came in time."),
    "resolve": N_("Asked again, because it was not solved in time."),
}

_PLAIN = {
    "reported": N_("Reported."),
    "taken": N_("Somebody is looking after it."),
    "replied": N_("Whoever reported it has answered."),
    "added": N_("More words or a photo came."),
    "joined": N_("Somebody else has the same problem."),
    "merged": N_("Another report of the same was joined with it."),
    "split": N_("It goes on by itself, apart from the other report."),
    "hidden": N_("The organisers have hidden something here."),
    "shown": N_("The organisers show it again."),
}
