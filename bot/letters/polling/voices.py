"""The words of who takes part: how many, how evenly, from where; never who."""

from babel import Locale
from markupsafe import Markup

from bot.i18n import Tongue
from bot.letters.markup import bar, bold, lines, opening, paragraphs
from bot.models import Community


def heading(community: Community, tongue: Tongue) -> Markup:
    """What all this is about."""
    return bold(tongue._("Who takes part in {community}", community=community.name_in(tongue.code)))


def nothing_closed(days: int, tongue: Tongue) -> Markup:
    """Where there is nothing to count."""
    return tongue._("No question has closed in the last {n} days, so there is nothing to count.", n=days)


def people(took_part: int, members: int, polls: int, days: int, tongue: Tongue) -> Markup:
    """How many different people took part, with a bar."""
    closed = tongue.n_(
        "{n} question closed in the last {days} days.",
        "{n} questions closed in the last {days} days.",
        polls,
        days=days,
    )
    return lines([closed, _of(took_part, members, tongue)])


def _of(took_part: int, members: int, tongue: Tongue) -> Markup:
    share = took_part / members if members else 0.0
    said = tongue.n_(
        "{took} of {n} person took part at least once: {share}.",
        "{took} of {n} people took part at least once: {share}.",
        members,
        took=tongue.number(took_part),
        share=tongue.percent(share),
    )
    return _with_bar(said, share, tongue)


def people_before(took_part: int, members: int, days: int, tongue: Tongue) -> Markup:
    """The same for the time before."""
    return tongue.n_(
        "In the {days} days before that it was {took} of {n} person.",
        "In the {days} days before that it was {took} of {n} people.",
        members,
        took=tongue.number(took_part),
        days=days,
    )


def evenness(most_active: float, gini: float, effective: float, tongue: Tongue) -> Markup:
    """How evenly they took part, in plain words; the names of the measures are there for who looks them up."""
    ten = tongue._(
        "The ten most active people gave {share} of all answers.", share=tongue.percent(most_active)
    )
    alike = tongue.n_(
        "It is as if {n} person had answered, all equally often (effective voices).",
        "It is as if {n} people had answered, all equally often (effective voices).",
        round(effective),
    )
    uneven = tongue._(
        "Gini: {number}. With 0 everyone answers equally often; with 1 one person gives all the answers.",
        number=tongue.number(round(gini, 2)),
    )
    return lines([_with_bar(ten, most_active, tongue), alike, uneven])


def evenness_before(most_active: float, gini: float, effective: float, tongue: Tongue) -> Markup:
    """The same numbers for the time before, in a line."""
    return tongue._(
        "Before that: the ten most active {share}, effective voices {voices}, Gini {number}.",
        share=tongue.percent(most_active),
        voices=tongue.number(round(effective)),
        number=tongue.number(round(gini, 2)),
    )


def too_few(fewest: int, tongue: Tongue) -> Markup:
    """Where more would say something of single people."""
    return tongue._(
        "Fewer than {n} people took part. I say no more, so that nobody can be found out.", n=fewest
    )


def group(name: str | None, took_part: int, members: int, tongue: Tongue) -> Markup:
    """One group with about how many took part; without a name it is all others together."""
    said = tongue._(
        "{group}: about {took} of {all} people",
        group=name or tongue._("All others together"),
        took=tongue.number(took_part),
        all=tongue.number(members),
    )
    return _with_bar(said, took_part / members if members else 0.0, tongue)


def language(code: str) -> str:
    """A language's own name."""
    return Locale.parse(code.replace("-", "_")).get_display_name() or code


def groups(heading: Markup, rows: list[Markup]) -> Markup | None:
    """A heading and its groups; nothing where none may be shown."""
    return lines([bold(heading), *rows]) if rows else None


def unreached(areas: list[str], languages: list[str], tongue: Tongue) -> Markup | None:
    """A gentle hint whom nobody has reached."""
    there = here = None
    if areas:
        there = tongue._(
            "Few people from {places} have taken part. Perhaps a poster there helps, or somebody who lives there.",
            places=tongue.list(areas),
        )
    if languages:
        here = tongue._(
            "Few people who read {languages} have taken part. Perhaps somebody who speaks it can pass the link on.",
            languages=tongue.list(languages),
        )
    return paragraphs(there, here) if there or here else None


def limits(fewest: int, tongue: Tongue) -> Markup:
    """What these numbers cannot say."""
    known = tongue._(
        "I only know people who have joined here. Those whom I have never met are in none of these numbers. Parts of "
        "town are known only of people who told theirs."
    )
    small = tongue._(
        "Groups are rounded, and shown only where at least {n} people took part and {n} did not. Answers count from "
        "the day a question closes. Who somebody is cannot be seen here.",
        n=fewest,
    )
    return paragraphs(known, small)


def _with_bar(said: Markup, share: float, tongue: Tongue) -> Markup:
    line = opening(said, rtl=tongue.rtl)
    drawn = bar(share, rtl=tongue.rtl)
    return line + Markup("\n") + drawn if round(share * 10) else line
