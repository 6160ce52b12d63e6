"""The words of announcements: as residents read them, and as their organiser sees them before they go."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from markupsafe import Markup

from bot import i18n
from bot.i18n import Tongue
from bot.letters.markup import bold, lines, paragraphs
from bot.message import Media, Message
from bot.models import Community


def announcement(
    community: Community,
    texts: Mapping[str, str],
    otherwise: str,
    tongue: Tongue,
    *,
    correction: bool = False,
    media: Media | None = None,
) -> Message:
    """What a resident gets: who says it, the text in their language or in that of all others, and why they get it; and
    what goes with it."""
    name = community.name_in(tongue.code)
    says = (
        tongue._(
            "A correction from {community}. Please go by this, not by what we wrote before:", community=name
        )
        if correction
        else tongue._("{community} tells you:", community=name)
    )
    why = tongue._("You get this because you are in {community}. You can leave it with /me.", community=name)
    if not tongue.rtl:  # the scripts that run to the left have no slanted letters
        why = Markup("<i>{}</i>").format(why)
    return Message(paragraphs(bold(says), texts.get(tongue.code, texts[otherwise]), why), media=media)


def preview(
    community: Community,
    texts: Mapping[str, str],
    language: str,
    tongue: Tongue,
    *,
    correction: bool = False,
    media: Media | None = None,
) -> Markup:
    """The announcement as residents will see it, each version under the name of its language."""
    parts = [tongue._("This is how people will see it:"), *_goes_along(media, tongue)]
    for code in texts:
        if len(texts) > 1:
            parts.append(_heading(tongue, code, others=code == language))
        parts.append(announcement(community, texts, language, i18n.tongue(code), correction=correction).text)
    return paragraphs(*parts)


def _goes_along(media: Media | None, tongue: Tongue) -> list[Markup]:
    """One line about what goes along, none where nothing does. The organiser has just sent it, and knows it."""
    if media is None:
        return []
    if media.kind == "document":
        return [bold(tongue._("With this document: {name}", name=media.name or tongue._("Document")))]
    if media.about:
        return [bold(tongue._("With the picture that you sent. It shows: {about}", about=media.about))]
    return [bold(tongue._("With the picture that you sent."))]


def _heading(tongue: Tongue, code: str, *, others: bool) -> Markup:
    name = i18n.tongue(code).name
    if others:
        name = str(tongue._("{language} and all other languages", language=name).unescape())
    return Markup("— {} —").format(bold(name))


def who_gets_it(
    community: Community, people: int, left_out: Mapping[str, int], seconds: float, tongue: Tongue
) -> Markup:
    """How many people get it and how soon, how many do not and why."""
    name = community.name_in(tongue.code)
    get_it = tongue.n_(
        "It goes to {n} person in {community}.",
        "It goes to {n} people in {community}.",
        people,
        community=name,
    )
    not_reached = [_left_out(tongue, reason, count) for reason, count in sorted(left_out.items())]
    return lines([get_it, _how_soon(seconds, tongue) if people else None, *not_reached])


def who_gets_the_correction(had_it: int, people: int, tongue: Tongue) -> Markup:
    """How many have read it as it was, and what everyone else gets."""
    return lines(
        [
            tongue.n_(
                "{n} person has had it already and gets the new text as a correction.",
                "{n} people have had it already and get the new text as a correction.",
                had_it,
            ),
            tongue.n_(
                "{n} person has not had it yet and gets only the new text.",
                "{n} people have not had it yet and get only the new text.",
                people - had_it,
            )
            if people > had_it
            else None,
        ]
    )


def _left_out(tongue: Tongue, reason: str, people: int) -> Markup:
    return _LEFT_OUT[reason](tongue, people)


_LEFT_OUT: dict[str, Callable[[Tongue, int], Markup]] = {
    "closed": lambda tongue, people: tongue.n_(
        "{n} person will not get it: they have closed their chat with me.",
        "{n} people will not get it: they have closed their chat with me.",
        people,
    ),
    "nowhere": lambda tongue, people: tongue.n_(
        "{n} person will not get it: I know no way to write to them.",
        "{n} people will not get it: I know no way to write to them.",
        people,
    ),
}
"""Words for each reason of `services/announcing/audiences.py`."""


def _how_soon(seconds: float, tongue: Tongue) -> Markup:
    minutes, hours = round(seconds / 60), round(seconds / 3600)
    if seconds < 5:
        return tongue._("It reaches everyone at once.")
    if minutes < 1:
        return tongue._("It reaches everyone in less than a minute.")
    if minutes < 100:
        return tongue.n_(
            "It reaches everyone in about {n} minute.", "It reaches everyone in about {n} minutes.", minutes
        )
    return tongue.n_(
        "It reaches everyone in about {n} hour.", "It reaches everyone in about {n} hours.", hours
    )
