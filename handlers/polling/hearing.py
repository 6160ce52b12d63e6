"""Who takes part: /voices for organisers."""

from markupsafe import Markup

from bot.conversation.flow import Ask
from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.crowd import FEWEST
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.markup import paragraphs
from bot.letters.polling import voices as letters
from bot.models import Community
from bot.services.community import communities
from bot.services.taking_part import voices
from bot.services.taking_part.cells import Split
from bot.services.taking_part.voices import Evenness, Voices
from handlers.polling.asking import the_only_one, which_community

router = Router()


@router.command("voices", words=N_("voices"), about=N_("Who takes part, and who not yet"), role="organiser")
async def whose_voices(turn: Turn, rest: str) -> Outcome:
    """How many take part, how evenly, and from where."""
    organised = await communities.organised_by(turn.session, turn.resident)
    if not organised:
        raise Refused(N_("Only organisers can see that."))
    return turn.begin("voices", answers=the_only_one(organised))


@router.flow("voices", casual=True)
async def tell_whose_voices(ask: Ask, turn: Turn) -> Outcome:
    """For the one community somebody organises, or the one they choose."""
    community = await which_community(ask, turn)
    heard = await voices.heard(turn.session, community.id, by=turn.resident, now=turn.now)
    return turn.say(_told(turn, community, heard))


def _told(turn: Turn, community: Community, heard: Voices) -> Markup:
    to, days = turn.tongue, voices.SPAN.days
    now, before = heard.lately, heard.before
    if not now.polls:
        return paragraphs(letters.heading(community, to), letters.nothing_closed(days, to))
    areas = _groups(turn, heard.areas, {})
    languages = _groups(turn, heard.languages, {code: letters.language(code) for code in community.languages})
    return paragraphs(
        letters.heading(community, to),
        letters.people(now.took_part, now.people, now.polls, days, to),
        letters.people_before(before.took_part, before.people, days, to) if before.polls else None,
        _evenly(turn, now.evenness, before.evenness),
        letters.groups(to._("By part of town"), areas),
        letters.groups(to._("By language"), languages),
        letters.unreached(
            list(heard.unreached_areas), [letters.language(code) for code in heard.unreached_languages], to
        ),
        letters.limits(FEWEST, to),
    )


def _evenly(turn: Turn, now: Evenness | None, before: Evenness | None) -> Markup:
    if now is None:
        return letters.too_few(FEWEST, turn.tongue)
    said = letters.evenness(now.most_active, now.gini, now.effective, turn.tongue)
    if before is None:
        return said
    then = letters.evenness_before(before.most_active, before.gini, before.effective, turn.tongue)
    return said + Markup("\n") + then


def _groups(turn: Turn, by: Split, names: dict[str, str]) -> list[Markup]:
    rows = [
        letters.group(names.get(name, name), cell.took_part, cell.people, turn.tongue)
        for name, cell in by.shown.items()
    ]
    if by.others is not None:
        rows.append(letters.group(None, by.others.took_part, by.others.people, turn.tongue))
    return rows
