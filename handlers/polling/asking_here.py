"""Asking in a group chat: /poll in one line, answered with the question itself."""

from datetime import datetime

from bot import kinds
from bot.conversation.turn import SILENCE, Outcome, Turn
from bot.errors import Refused
from bot.i18n import N_, SOURCE, tongue
from bot.letters.people.people import KEPT
from bot.letters.polling import groups as letters
from bot.models import Community, Rules
from bot.services.people import residents
from bot.services.polling import group_polls, questions
from bot.services.polling.questions import Draft
from handlers.polling import forms
from handlers.polling.one_line import in_one_line

WHO = N_("I cannot see who you are while you write as the group. Please write from your own account.")
UNFINISHED = N_("Its answers are missing.")


async def ask_here(turn: Turn, rest: str) -> Outcome:
    """Ask in this group; whoever cannot, or wrote it in another way, is told in one message."""
    if turn.incoming.sender == turn.incoming.chat:
        raise Refused(WHO)
    community, words = await group_polls.place(turn.session, turn.address, rest)
    await group_polls.require_voice(turn.session, turn.address, community, by=turn.resident)
    try:
        draft, rules, closes_at = _written(turn, words, community)
    except Refused as no:
        why = turn._(no.sentence, **no.holes) if words.strip() else None
        private = turn.links(community.slug, community.slug).get(turn.incoming.channel)
        return turn.say(letters.how_to_ask(why, turn.tongue, private))
    await group_polls.ask(
        turn.session,
        turn.address,
        community,
        draft,
        rules,
        closes_at=closes_at,
        by=turn.resident,
        links=turn.links,
        now=turn.now,
    )
    # The question, which stands in the group now, says what is kept.
    spoken = tongue(turn.address.language or SOURCE)
    residents.agreed(turn.session, turn.resident, str(spoken._(KEPT)), language=spoken.code, now=turn.now)
    return SILENCE


def _written(turn: Turn, words: str, community: Community) -> tuple[Draft, Rules, datetime]:
    """What stands in the line, with the rules that are usual for its kind. Refused says what is wrong or missing."""
    answers = in_one_line(words)
    question = questions.question(answers.get("question", {}).get("words", ""))
    if "kind" not in answers:
        raise Refused(UNFINISHED)
    kind = kinds.named(answers["kind"]["kind"])
    argument = forms.argument(turn, kind).read(answers["argument"]) if kind.argument else ""
    if kind.wants is not None and "choices" not in answers:
        raise Refused(UNFINISHED)
    parts = answers["choices"]["parts"] if kind.wants is not None else []
    form = forms.form(turn, kind, argument, parts, community)
    closes_at = forms.closing(turn, community).read(answers["closes"])
    rules = Rules(forms.RESULTS[0], named=kind.named, listed=not kind.named and not kind.writes)
    return Draft(question, form.choices, kind.name, form.options), rules, closes_at
