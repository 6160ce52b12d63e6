"""Looking at open reports whose time has come (`review_at`): reminding those in charge, asking again above them.

What is due is found by one index, some reports of one body at a time, and each look sets when the next one is: no open
report is without it. Those in charge get one list in the morning of a working day; late, they are looked at the next
morning. Each rung that was climbed leaves a row in `nudges`, so nothing is said twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import i18n, lifecycle, outbox
from bot.db import insert_new
from bot.letters.in_charge import ladder as letters
from bot.letters.in_charge.ladder import Line
from bot.letters.reporting.reports import View
from bot.message import Message
from bot.models import Body, Happening, Nudge, Resident, ServiceRequest
from bot.services.following_up import ladder, mornings
from bot.services.following_up.ladder import Climb
from bot.services.following_up.posts import Posts
from bot.services.reporting import histories, report_news, report_views
from bot.services.reporting.own_reports import go_on

AT_ONCE = 100  # reports in one transaction
AT_THE_LATEST = timedelta(weeks=6)
"""After so long somebody looks, whatever was promised: longer than `ladder.EVERY` with any holidays in it, so that
whoever is late hears the day of the next rung and not of such a look."""


# Said once: it is asked each minute, and to build it takes longer than to carry it out.
_FIRST = (
    select(ServiceRequest.body_id, ServiceRequest.community_id)
    .where(ServiceRequest.review_at <= bindparam("now", type_=ServiceRequest.review_at.type))
    .order_by(ServiceRequest.review_at, ServiceRequest.id)
    .limit(1)
)


@dataclass
class Round:
    """One transaction's looking: what was found, and for whom."""

    posts: Posts
    climbed: Mapping[int, Mapping[tuple[str, int], set[int]]]
    lines: dict[int, list[Line]] = field(default_factory=dict)
    nudges: list[dict[str, object]] = field(default_factory=list)

    def steps(self, made: ServiceRequest, clock: str, times: int) -> set[int]:
        """Those of a clock that were climbed, of the targets that were set so many times."""
        return self.climbed.get(made.id, {}).get((clock, times), set())

    def nudge(self, made: ServiceRequest, clock: str, times: int, step: int, now: datetime) -> None:
        """Note that a step was climbed, or is passed."""
        row = {"service_request_id": made.id, "clock": clock, "round": times, "step": step, "at": now}
        self.nudges.append(row)

    def tell(self, whom: Sequence[int], line: Line) -> None:
        """Put a line on the list of these residents."""
        for one in whom:
            self.lines.setdefault(one, []).append(line)


async def climb(session: AsyncSession, *, now: datetime) -> bool:
    """Look at some reports whose time has come; true when there may be more."""
    found = (await session.execute(_FIRST, {"now": now})).first()
    if found is None:
        return False
    body_id, community_id = found
    unit = (
        ServiceRequest.body_id == body_id
        if body_id is not None
        else (ServiceRequest.body_id.is_(None) & (ServiceRequest.community_id == community_id))
    )
    some = select(ServiceRequest.id).where(ServiceRequest.review_at <= now, unit)
    numbers = (
        await session.scalars(some.order_by(ServiceRequest.review_at, ServiceRequest.id).limit(AT_ONCE))
    ).all()
    await _look_at(session, sorted(numbers), now=now)
    return True


async def _look_at(session: AsyncSession, numbers: Sequence[int], *, now: datetime) -> None:
    rows = await session.scalars(
        select(ServiceRequest)
        .where(ServiceRequest.id.in_(numbers))
        .order_by(ServiceRequest.id)  # in one order, so that nobody waits in a ring
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    views = await report_views.of_many(session, rows.all())
    if not views:
        return
    posts = await Posts.of(session, views[0].body, {one.community.id for one in views})
    this = Round(posts, await _climbed(session, numbers))
    for view in views:
        await _look(session, view, this, now=now)
    if this.nudges:
        await session.execute(insert_new(session, Nudge).values(this.nudges))
    await _send_lists(session, this, now=now)


async def _climbed(
    session: AsyncSession, numbers: Sequence[int]
) -> Mapping[int, Mapping[tuple[str, int], set[int]]]:
    found: dict[int, dict[tuple[str, int], set[int]]] = {}
    for one in await session.scalars(select(Nudge).where(Nudge.service_request_id.in_(numbers))):
        steps = found.setdefault(one.service_request_id, {}).setdefault((one.clock, one.round), set())
        steps.add(one.step)
    return found


async def _look(session: AsyncSession, view: View, this: Round, *, now: datetime) -> None:
    """One report: what is due of it, and when to look again."""
    made = view.report
    if not lifecycle.STATUSES[made.status].open:
        made.review_at = None
        return
    if made.review_at is None or made.review_at > now:
        return  # somebody was quicker
    if view.team is None or view.body is None:
        made.review_at = _nobodys(view, this, now=now)
    elif made.waiting_since is not None:
        made.review_at = await _waiting(session, view, view.body, this, now=now)
    if made.waiting_since is None and view.team is not None and view.body is not None:
        made.review_at = await _promised(session, view, view.body, this, now=now)


def _nobodys(view: View, this: Round, *, now: datetime) -> datetime:
    """Nobody is in charge: its organisers are to find out who is."""
    made, zone = view.report, view.community.zone
    steps = this.steps(made, "route", made.reopened)
    due, following = ladder.nobodys(made.requested_datetime, zone, steps, now=now)
    if due and not mornings.is_morning(now, zone):
        return mornings.next_day(now, zone)
    for step in due:
        this.nudge(made, "route", made.reopened, step, now)
    if due:
        this.tell(this.posts.organisers(made.community_id), Line(view, "organisers", "nobody"))
    return following


async def _waiting(session: AsyncSession, view: View, body: Body, this: Round, *, now: datetime) -> datetime:
    """The reporter was asked something: they are reminded once, and then the clocks go on."""
    made = view.report
    assert made.waiting_since is not None  # noqa: S101 - whoever calls has looked
    over, reminded = made.waiting_since + ladder.GOES_ON_AFTER, made.waiting_since + ladder.REPLY_AFTER
    if made.resident_id is None or over <= now:
        if not mornings.is_now(now, body):
            return mornings.next_one(now, body)
        await histories.note(session, made, "reminded", now=now, public=False, unanswered=True)
        await go_on(session, made, now=now)
        this.tell(this.posts.holders(made, "owner")[1], Line(view, "owner", "reply"))
        return now
    if reminded > now:
        return reminded
    asked = await _questions(session, made)
    if this.steps(made, "reply", len(asked)):
        return over
    if not mornings.awake(now, view.community.zone):
        return mornings.wakes(now, view.community.zone)
    this.nudge(made, "reply", len(asked), 0, now)
    resident = await session.get_one(Resident, made.resident_id)
    message = letters.question_waits(view, asked[-1] if asked else None, i18n.tongue(resident.language))
    key = f"asked:{made.id}:{len(asked)}"
    await outbox.put_personal(session, resident.id, message, once_key=key, now=now)
    return over


async def _questions(session: AsyncSession, made: ServiceRequest) -> Sequence[str | None]:
    asked = select(Happening.words).where(Happening.service_request_id == made.id, Happening.event == "asked")
    return (await session.scalars(asked.order_by(Happening.id))).all()


async def _promised(session: AsyncSession, view: View, body: Body, this: Round, *, now: datetime) -> datetime:
    """The clocks of one report: what is due of each, the highest of it public, and when the next rung is."""
    made, climbs, coming = view.report, list[Climb](), [now + AT_THE_LATEST]
    came = made.requested_datetime
    for clock, target in ladder.targets(made, body).items():
        steps = this.steps(made, clock, ladder.times(made, clock))
        climb, following = ladder.due(clock, target, body, steps, since=came, now=now)
        climbs += [climb] if climb else []
        coming += [following] if following else []
    if climbs and not mornings.is_now(now, body):
        return mornings.next_one(now, body)
    for one in climbs:
        for step in one.passed:
            this.nudge(made, one.clock, ladder.times(made, one.clock), step, now)
    told: set[str] = set()
    for one in sorted(climbs, key=lambda climb: (climb.rung.step, climb.clock), reverse=True):
        whom, residents = this.posts.holders(made, one.rung.whom)
        if whom in told:
            continue  # they have one line of it already, about what is later still
        told.add(whom)
        this.tell(residents, Line(view, whom, one.clock, one.target))
        await _write(session, view, one, whom, first=len(told) == 1, now=now)
    return min(coming)


async def _write(
    session: AsyncSession, view: View, climb: Climb, whom: str, *, first: bool, now: datetime
) -> None:
    """Into the history: asked again, for everybody to see, or that they were reminded."""
    public = climb.rung.public and first
    happening = await histories.note(
        session,
        view.report,
        "asked_again" if public else "reminded",
        now=now,
        public=public,
        clock=climb.clock,
        step=climb.rung.step,
        whom=whom,
    )
    if public:
        await report_news.tell(session, view.report, happening, now=now, view=view)


async def _send_lists(session: AsyncSession, this: Round, *, now: datetime) -> None:
    """One message for each who is in charge of something here."""
    if not this.lines:
        return
    spoken = select(Resident.id, Resident.language).where(Resident.id.in_(this.lines))
    rows = await session.execute(spoken)
    languages = {row.id: row.language for row in rows}
    messages: dict[int, tuple[str, Message]] = {}
    for resident, lines in this.lines.items():
        late = sorted(lines, key=lambda one: (one.target or now, one.view.report.id))
        first = min(one.view.report.id for one in lines)
        key = f"morning:{resident}:{first}:{now.astimezone(ZoneInfo('UTC')):%Y%m%d%H%M}"
        messages[resident] = key, letters.reminder(late, i18n.tongue(languages[resident]), now=now)
    await outbox.put_to_each(session, messages, now=now)
