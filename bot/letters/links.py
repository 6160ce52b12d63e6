"""The words of links that say where people came from: what they are called, and how many came by each."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from bot.i18n import N_, Tongue
from bot.letters.markup import bar, bold, code, lines, opening, paragraphs
from bot.message import Button, Message
from bot.models import DIRECT, PASSED_ON, Came, Community, Link, Poll
from bot.press import Press


class Sources(Press, code="lk"):
    """Show the links of a poll, or of its community where the poll is 0."""

    community: int
    poll: int


class NewLink(Press, code="ln"):
    """Make one more of them."""

    community: int
    poll: int


class NewPoster(Press, code="pt"):
    """Make a poster with a link of its own."""

    community: int
    poll: int


class TookPart(Press, code="tp"):
    """Show who took part in a poll."""

    poll: int


KINDS = {
    "newsletter": N_("Newsletter"),
    "library": N_("Library"),
    "school": N_("School"),
    "poster": N_("Poster"),
    DIRECT: N_("By our message, or by themselves"),
    PASSED_ON: N_("By the question's own link"),
}
"""The ready names of links, and the ways that need none."""


def called(kind: str, name: str, tongue: Tongue) -> Markup:
    """What a link is called: by its ready name, by the organisers' own, or by both."""
    if kind not in KINDS:
        return Markup.escape(name)
    ready = tongue._(KINDS[kind])
    return tongue._("{kind}: {name}", kind=ready, name=name) if name else ready


def links(
    community: Community,
    poll: Poll | None,
    made: Sequence[tuple[Link, Sequence[str]]],
    told: Mapping[str, int],
    tongue: Tongue,
) -> Message:
    """All links of a poll or a community, each with its addresses and how many came by it."""
    town = community.name_in(tongue.code)
    heading = bold(poll.question if poll else tongue._("Joining {community}", community=town))
    if made:
        what = tongue._("These links count where people come from. Each is counted for itself.")
    else:
        what = tongue._(
            "A link of its own for each place says where people come from: one for the newsletter, one for each "
            "poster, one for the school."
        )
    rows = [
        lines([bold(called(one.kind, one.name, tongue)), counted(one, told, tongue), *map(code, addresses)])
        for one, addresses in made
    ]
    where = {"community": community.id, "poll": poll.id if poll else 0}
    return Message(
        paragraphs(heading, what, *rows),
        (
            (
                Button(tongue._("A new link"), NewLink(**where)),
                Button(tongue._("A poster"), NewPoster(**where)),
            ),
            *(((Button(tongue._("Who took part"), TookPart(poll=poll.id)),),) if poll else ()),
        ),
    )


def counted(link: Link, told: Mapping[str, int], tongue: Tongue) -> Markup:
    """How many came by this link, as far as it may be told."""
    number = told.get(link.code)
    if not number:
        said = tongue._("No number yet: it comes when enough people have come by it.")
    elif link.poll_id is None:
        said = tongue.n_("At least {n} person joined.", "At least {n} people joined.", number)
    else:
        said = tongue.n_("At least {n} person took part.", "At least {n} people took part.", number)
    return opening(said, rtl=tongue.rtl)


def made(link: Link, addresses: Sequence[str], tongue: Tongue) -> Markup:
    """A fresh link."""
    how = tongue._(
        "Here is the link “{name}”. Whoever comes by it is counted for it:",
        name=called(link.kind, link.name, tongue),
    )
    return paragraphs(how, lines(map(code, addresses)))


def came(rows: Sequence[Came], tongue: Tongue) -> Markup | None:
    """How people came to a poll; nothing where it may not be told."""
    if not rows:
        return None
    return lines([bold(tongue._("How people came here")), *came_rows(rows, tongue)])


def came_rows(rows: Sequence[Came], tongue: Tongue) -> list[Markup]:
    """A line for each way, without bars."""
    return [group(called(one.kind, one.name, tongue), one.people, tongue) for one in rows]


def group(name: Markup | str, people: int, tongue: Tongue, *, share: float = 0.0) -> Markup:
    """One group and how many people are in it at least, with a bar where there is a share."""
    said = tongue.n_("{name}: at least {n} person", "{name}: at least {n} people", people, name=name)
    line = opening(said, rtl=tongue.rtl)
    return line + Markup("\n") + bar(share, rtl=tongue.rtl) if round(share * 10) else line
