"""The words of polls: the question, how it stands, its result, and what comes of it."""

from markupsafe import Markup

from bot import kinds
from bot.i18n import N_, Tongue
from bot.letters.markup import bar, bold, code, lines, opening, paragraphs
from bot.letters.people.people import INTERESTS
from bot.letters.polling import quorum
from bot.letters.polling.reading import shown
from bot.message import Button, Message, Rows
from bot.models import AREA, GROUP, INTEREST, ORGANISERS, Poll, Standing
from bot.press import Press

NAMELESS = N_("Organisers see how many people chose what, never who.")
NAMED = N_("Organisers see who chose what.")
HONEST = N_("This is who answered, not the whole town.")
ORGANISERS_ONLY = N_("Only the organisers see the result.")
LATER = N_("The result comes when the poll has closed.")
NOT_YET = N_("The result is shown once 5 people have answered. With fewer, people could guess who said what.")
TOO_FEW = N_("Fewer than 5 people answered. People could guess who said what, so the result is not shown.")


class Vote(Press, code="v", groups=True):
    """A tap on a choice: a move that the poll's kind understands."""

    poll: int
    choice: int

    def cover(self) -> Press:
        """The poll alone: addresses of pages stand in logs."""
        return Look(poll=self.poll)


class Suggest(Press, code="sg"):
    """An answer is missing, and I know which."""

    poll: int


class Proof(Press, code="rc"):
    """Show the receipt of my answer, or `again` the question."""

    poll: int
    again: int = 0


class Look(Press, code="p"):
    """Show this poll as it stands."""

    poll: int


def question(
    standing: Standing, tongue: Tongue, *, privacy: Markup | None = None, receipts: bool = False
) -> Message:
    """The question with its choices. `privacy` is the line that a person needs who meets us for the first time;
    `receipts` offers one to whoever has answered."""
    poll = standing.poll
    if poll.closed_at is not None:
        return result(standing, tongue)
    kind = kinds.named(poll.kind)
    hint = kind.hint(poll.form, tongue)
    if standing.mine is None:
        asks: Markup | None = who_asks(standing, tongue) + " " + hint
    else:
        asks = hint if kind.steps else None
    text = paragraphs(
        bold(poll.question),
        _standing(standing, tongue),
        lines(
            [
                asks,
                for_whom(poll.whom, tongue),
                until(standing, tongue),
                quorum.rule(poll.quorum, tongue),
                tongue._(promise(poll)),
                listing(poll, tongue),
            ]
        ),
        privacy,
    )
    rows = buttons(poll, tongue, mine=standing.mine)
    if receipts and poll.listed and standing.mine is not None:
        rows = (*rows, (Button(tongue._("My receipt"), Proof(poll=poll.id)),))
    if poll.grows:
        rows = (*rows, (Button(tongue._("Suggest an answer"), Suggest(poll=poll.id)),))
    return Message(text, rows, opens=(poll.code, standing.community.slug) if kind.steps else None)


def who_asks(standing: Standing, tongue: Tongue) -> Markup:
    """The community; or somebody in it, whom nobody needs to know by name."""
    name = standing.community.name_in(tongue.code)
    if standing.poll.by_member:
        return tongue._("Somebody in {community} asks.", community=name)
    return tongue._("{community} asks.", community=name)


def receipt(standing: Standing, letters: str, tongue: Tongue) -> Message:
    """The code that finds somebody's own answer again. Its button lets the web chat know what it is about."""
    what = tongue._(
        "When the poll has closed, all answers are listed without names. Yours will stand beside this code."
    )
    warning = tongue._(
        "Whoever sees the code sees your answer. Write it down for yourself; nobody can find it out again."
    )
    back = Button(tongue._("Back to the question"), Proof(poll=standing.poll.id, again=1))
    return Message(
        paragraphs(bold(standing.poll.question), code(letters), lines([what, warning])), ((back,),)
    )


def reminder(standing: Standing, tongue: Tongue) -> Message:
    """The question once more, for those who have not answered it; it comes once."""
    once = tongue._("This is still open, and your answer would help. I will not ask you again.")
    asked = question(standing, tongue)
    return Message(paragraphs(once, asked.text), asked.rows, opens=asked.opens)


def not_for_you(asked: str, tongue: Tongue) -> Message:
    """What is left of a question that was changed, for those who are not asked any more."""
    return Message(paragraphs(bold(asked), tongue._("This question was changed, and is for others now.")))


def until(standing: Standing, tongue: Tongue) -> Markup | None:
    """Until when an answer may be changed, unless there are enough answers already."""
    poll = standing.poll
    if standing.counts is not None and kinds.named(poll.kind).full(poll.form, standing.counts):
        return None
    return tongue._(
        "You can change it until {moment}.", moment=tongue.moment(poll.closes_at, standing.community.zone)
    )


def unseen(standing: Standing) -> str:
    """Why somebody sees no count; a msgid."""
    if standing.poll.results == "never":
        return ORGANISERS_ONLY
    if standing.poll.closed_at is not None:
        return TOO_FEW
    return NOT_YET if standing.by_too_few and standing.poll.results == "voted" else LATER


def promise(poll: Poll) -> str:
    """Who sees what was chosen; a msgid."""
    return NAMED if poll.named else NAMELESS


def for_whom(whom: str, tongue: Tongue) -> Markup | None:
    """For whom a question is, where it is not for everyone."""
    if whom == ORGANISERS:
        return tongue._("It is for organisers only.")
    if whom == GROUP:
        return tongue._("It is asked in a group chat.")
    if whom.startswith(AREA):
        return tongue._("It is for people in {area}.", area=whom.removeprefix(AREA))
    if whom.startswith(INTEREST):
        subject = tongue._(INTERESTS[whom.removeprefix(INTEREST)])
        return tongue._("It is for people who care about this: {interest}.", interest=subject)
    return None


def listing(poll: Poll, tongue: Tongue) -> Markup | None:
    """A list of answers tells more than their count only where an answer has several parts."""
    if not (poll.listed and kinds.named(poll.kind).steps):
        return None
    return tongue._("At the end all answers are listed, without names.")


def _standing(standing: Standing, tongue: Tongue) -> Markup | None:
    if standing.mine is None:
        return None
    poll, kind = standing.poll, kinds.named(standing.poll.kind)
    thanks = tongue._("Your answer is counted. Thank you.")
    if kind.steps or kind.writes:
        said = kind.said(poll.form, standing.mine, tongue)
        thanks = lines([thanks, tongue._("Your answer: {answer}", answer=said)])
    later = tongue._(unseen(standing)) if standing.counts is None else None
    return paragraphs(thanks, tally(standing, tongue), lines([took_part(standing, tongue), later]))


def buttons(poll: Poll, tongue: Tongue, *, mine: kinds.Answer | None, shared: bool = False) -> Rows:
    """The taps that answer a poll; `shared` ones stand before a whole group."""
    taps = kinds.named(poll.kind).taps(poll.form, mine, tongue, shared)
    return tuple(
        tuple(
            Button(f"✔ {tap.label}" if tap.chosen else tap.label, Vote(poll=poll.id, choice=tap.move))
            for tap in row
        )
        for row in taps
    )


def tally(standing: Standing, tongue: Tongue) -> Markup | None:
    """One line a choice: words first, for those who hear it read out, then a bar; and what follows from it."""
    if standing.counts is None:
        return None
    table = kinds.named(standing.poll.kind).table(standing.poll.form, standing.counts, tongue)
    rows = []
    for one in table.bars:
        line = opening(one.said, rtl=tongue.rtl)
        rows.append(lines([line, bar(one.share, rtl=tongue.rtl)]) if one.share else line)
    if not table.notes and not standing.said and not standing.themes:
        return lines(rows)  # most polls, and for every vote
    notes = lines(opening(note, rtl=tongue.rtl) for note in table.notes)
    return paragraphs(lines(rows), notes, shown(standing, tongue))


def took_part(standing: Standing, tongue: Tongue) -> Markup:
    """How many people took part so far."""
    return tongue.n_("{n} person has taken part.", "{n} people have taken part.", standing.took_part)


def turnout(standing: Standing, tongue: Tongue) -> Markup:
    """How many of those asked took part."""
    said = tongue.n_(
        "{took} of {n} person asked took part.",
        "{took} of {n} people asked took part.",
        standing.asked,
        took=tongue.number(standing.took_part),
    )
    return opening(said, rtl=tongue.rtl)


def result(standing: Standing, tongue: Tongue, *, site: str | None = None) -> Message:
    """How it came out, and how many took part; with the way to its page where there is one for everybody."""
    community = standing.community.name_in(tongue.code)
    if not standing.took_part:
        came_out: Markup | None = tongue._("Nobody answered this time.")
    elif standing.counts is None:
        came_out = tongue._(unseen(standing))
    else:
        came_out = tally(standing, tongue)
    text = paragraphs(
        tongue._("The poll in {community} has closed. This is how it came out.", community=community),
        bold(standing.poll.question),
        came_out,
        lines([turnout(standing, tongue), quorum.came(standing, tongue), *whose(standing, tongue)]),
        came_of_it(standing, tongue),
        tongue._("Look at it in full: {link}", link=page(site, standing.poll)) if site else None,
    )
    return Message(text)


def whose(standing: Standing, tongue: Tongue) -> list[Markup]:
    """That these are the people who answered, and how they differ from everybody as far as that may be said."""
    if not standing.took_part:
        return []
    apart = [
        tongue._(
            "{area}: about {answered} of those who answered live there, and about {all} of everybody here.",
            area=area,
            answered=tongue.percent(answered),
            all=tongue.percent(everybody),
        )
        for area, answered, everybody in standing.poll.differs or ()
    ]
    return [tongue._(HONEST), *(opening(line, rtl=tongue.rtl) for line in apart)]


def page(site: str, poll: Poll) -> str:
    """The address of a poll's public page."""
    return f"{site}/p/{poll.code}"


def came_of_it(standing: Standing, tongue: Tongue) -> Markup | None:
    """What was decided, or until when people may expect to hear it; nothing where nobody answered."""
    poll = standing.poll
    if poll.outcome is not None:
        return lines([tongue._("What happens next:"), *decided(poll, tongue)])
    if poll.outcome_due is None or not standing.took_part:
        return None
    day = tongue.day(poll.outcome_due, standing.community.zone)
    return tongue._("No outcome yet, promised for {day}.", day=day)


def decided(poll: Poll, tongue: Tongue) -> list[Markup]:
    """What was decided, by whom, and how far it is."""
    who = [tongue._("Decided by: {who}", who=poll.decided_by)] if poll.decided_by else []
    return [Markup.escape(poll.outcome or ""), *who, how_far(poll, tongue)]


def how_far(poll: Poll, tongue: Tongue) -> Markup:
    """Until when it will be done, or how that ended."""
    if poll.done_by is None:
        return tongue._("There is nothing more to do.")
    if poll.settled is None:
        return tongue._("It will be done by {day}.", day=tongue.date(poll.done_by))
    return tongue._(ENDED[poll.settled])


ENDED = {"done": N_("It is done."), "dropped": N_("It will not be done.")}


def outcome(standing: Standing, tongue: Tongue) -> Message:
    """What comes of a poll, for those who answered it."""
    community = standing.community.name_in(tongue.code)
    said = tongue._("You answered a question in {community}. This is what happens next.", community=community)
    return Message(paragraphs(said, bold(standing.poll.question), lines(decided(standing.poll, tongue))))
