"""The words of news of a report, for everyone concerned, and the question whether it is fixed."""

from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup

from bot.i18n import N_, Tongue
from bot.letters.markup import bold, lines, paragraphs
from bot.letters.reporting.report_presses import Back, Fixed, Reply, See
from bot.letters.reporting.report_promises import promise
from bot.letters.reporting.reports import View, happened, headline, news_buttons, reference, subject
from bot.lifecycle import DATED, STATUSES
from bot.message import Button, Message
from bot.models import Happening

_HEADS = {
    "status": N_("There is news of this report:"),
    "answer": N_("There is an answer to this report:"),
    "asked": N_("Those in charge have a question about your report:"),
    "handed_over": N_("This report was handed over, because another team is in charge of it:"),
    "merged": N_(
        "This report was joined with another one about the same. You go on hearing what comes of it."
    ),
    "split": N_("This report goes on by itself again:"),
    "asked_again": N_(
        "A promise was not kept in time, so we have asked again, and told whoever leads the work:"
    ),
    "routed": N_("It is known now who is in charge of this report:"),
}


def news(
    view: View,
    happening: Happening,
    names: dict[int, str],
    tongue: Tongue,
    *,
    now: datetime,
    wants: str = "all",
    earlier: Sequence[Happening] = (),
    last: bool = False,
    secret: bool = False,
) -> Message:
    """What happened, to everyone concerned: the words of those in charge as they wrote them. `earlier` is what happened
    before and was not told yet; `last` says that it is the last news for a while, `secret` that organisers have hidden
    the report from these readers. `now` is when they get it."""
    head = tongue._(_HEADS.get(happening.event, _HEADS["status"]))
    what = lines([happened(one, view, names, tongue) for one in [*earlier, happening]])
    still = STATUSES[view.report.status].open
    day = None
    is_set = view.report.status in DATED and any(one.after in DATED for one in [*earlier, happening])
    if is_set and view.report.planned_for is not None:
        day = tongue._("The day for it: {day}.", day=tongue.date(view.report.planned_for))
    next_ = None
    if still and happening.event not in ("asked", "asked_again"):
        next_ = promise(view.report, view.zone, tongue, now=now)
    if not still and happening.event == "status":
        next_ = tongue._("If that is not right, or the problem comes back, you can say so with the button.")
    rows: list[tuple[Button, ...]] = [(Button(tongue._("See the report"), See(report=view.report.id)),)]
    if happening.event == "asked":
        rows.insert(0, (Button(tongue._("Answer the question"), Reply(report=view.report.id)),))
    elif not still and happening.event == "status":
        rows.append((Button(tongue._("It is back"), Back(report=view.report.id)),))
    if still and wants == "all":
        rows += news_buttons(view, tongue)
    rest = None
    if last:
        rest = tongue._(
            "That was a lot of news for one week. I keep the rest in /myreports, and still tell you how they end."
        )
    text = paragraphs(head, _about(view, tongue, secret=secret), what or None, day, next_, rest)
    return Message(text, tuple(rows), subject=subject(view, tongue, secret=secret))


def _about(view: View, tongue: Tongue, *, secret: bool) -> Markup:
    hidden = tongue._("The organisers have hidden its words and where it is.") if secret else None
    name = bold(str(headline(view, tongue, secret=secret).unescape()))
    return lines([name, reference(view), hidden])


def fixed_question(view: View, tongue: Tongue, *, since: datetime | None, secret: bool = False) -> Message:
    """Is it fixed?"""
    if since is not None:
        head = tongue._("On {day} we heard that this is fixed. Is it?", day=tongue.day(since, view.zone))
    else:
        head = tongue._("We have heard nothing new of this report for a while. Is it fixed?")
    rows = (
        (
            Button(tongue._("Yes, it is fixed"), Fixed(report=view.report.id, answer="yes")),
            Button(tongue._("No"), Fixed(report=view.report.id, answer="no")),
        ),
        (Button(tongue._("I do not know"), Fixed(report=view.report.id, answer="unknown")),),
    )
    text = paragraphs(head, _about(view, tongue, secret=secret), tongue._("I ask this only once."))
    return Message(text, rows, subject=subject(view, tongue, secret=secret))
