"""Asking a question: /poll in one line or step by step."""

from collections.abc import Sequence
from datetime import datetime

from bot import kinds
from bot.conversation.flow import Answer, Ask, Prompt, choice
from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.errors import Refused
from bot.i18n import N_
from bot.kinds import Form, Kind
from bot.letters.polling import poll_desk as letters
from bot.letters.polling.poll_desk import Change
from bot.models import EVERYONE, Community, Rules
from bot.services.community import communities, groups
from bot.services.polling import asking, rewriting
from bot.services.polling.questions import Draft
from handlers.polling import forms, templates
from handlers.polling.asking_here import ask_here
from handlers.polling.one_line import in_one_line
from handlers.polling.templates import TEMPLATES, Template

router = Router()


@router.command(
    "poll", words=N_("poll, ask"), about=N_("Ask your community a question"), role="organiser", groups=True
)
async def ask_a_question(turn: Turn, rest: str) -> Outcome:
    """`/poll Question? | Yes | No`, also one a line, with `closes Friday 18:00` at the end if wished; or just /poll.

    A word before a colon names another kind: `/poll dates: When shall we meet? | 1 Dec 19:00 | 3 Dec 19:00`.
    In a group it is asked there.
    """
    if turn.incoming.group:
        return await ask_here(turn, rest)
    organised = await communities.organised_by(turn.session, turn.resident)
    if not organised:
        raise Refused(
            N_(
                "Only organisers can ask a question. If you know one, ask them to send you an invitation with /invite."
            )
        )
    answers: dict[str, Answer] = {"results": {"pick": forms.RESULTS[0]}}
    answers |= the_only_one(organised) | in_one_line(rest)
    return turn.begin("poll", answers=answers, decided=[part for part in ("quorum",) if part in answers])


def the_only_one(organised: Sequence[Community]) -> dict[str, Answer]:
    """Whoever organises one community is not asked which."""
    return {"community": {"pick": str(organised[0].id)}} if len(organised) == 1 else {}


@router.flow("poll")
async def poll_step_by_step(ask: Ask, turn: Turn) -> Outcome:
    """Question, kind, choices, closing time; then the preview with Send, Edit and Cancel."""
    community = await which_community(ask, turn)
    decided = ask.given.get("decided", ())
    question, taken = await ask("question", templates.question(turn, plain="question" in decided))
    taken = taken or ask.given.get("taken")
    kind, said, form = await _answers(ask, turn, community, TEMPLATES.get(taken or ""))
    draft = Draft(question, form.choices, kind.name, form.options)
    closes_at = await ask("closes", forms.closing(turn, community))
    rules = await _rules(ask, turn, kind, community)
    decision = await ask("send", await _preview(turn, community, draft, closes_at, rules))
    if decision == "edit":
        part = await ask("part", forms.parts(turn, kind))
        ask.given |= {"decided": [*decided, part], "taken": taken}
        whole = part == "kind" or (part == "choices" and said)
        ask.again("send", "part", part, *(("kind", "argument", "choices") if whole else ()))
    by, now = turn.resident, turn.now
    if (old := ask.given.get("rewrites")) is not None:
        changed = await rewriting.rewrite(
            turn.session, old, draft, rules, closes_at=closes_at, by=by, now=now
        )
        return turn.edit(letters.changed(changed, turn.tongue))
    again = ask.given.get("again")
    sent = await asking.send(
        turn.session, community.id, draft, rules, closes_at=closes_at, by=by, now=now, again=again
    )
    links = dict(turn.links(sent.poll.code, community.slug))
    return turn.edit(letters.sent(sent, turn.tongue, links))


async def _answers(
    ask: Ask, turn: Turn, community: Community, ready: Template | None
) -> tuple[Kind, Form | None, Form]:
    """How people answer: the kind, its form where that was said with it, and the form. What a template knows is not
    asked, unless somebody wants to change it."""
    decided = ask.given.get("decided", ())
    if ready is None or "kind" in decided:
        kind, said = await ask("kind", forms.kind(turn, community))
        return kind, said, said or await _form(ask, turn, kind, community)
    kind = kinds.named(ready.kind)
    if ready.parts is None or "choices" in decided:
        return kind, None, await _form(ask, turn, kind, community, ready.argument)
    return kind, None, forms.form(turn, kind, ready.argument or "", ready.said(turn.tongue), community)


async def _form(ask: Ask, turn: Turn, kind: Kind, community: Community, known: str | None = None) -> Form:
    argument = known or ""
    if kind.argument is not None and not known:
        argument = await ask("argument", forms.argument(turn, kind))
    if kind.wants is None:
        return forms.form(turn, kind, argument, [], community)
    return await ask("choices", forms.choices(turn, kind, argument, community))


async def _rules(ask: Ask, turn: Turn, kind: Kind, community: Community) -> Rules:
    """As is usual for the kind, but for what somebody wished to decide."""
    decided = ask.given.get("decided", ())
    results = await ask("results", forms.results(turn))
    secrecy = forms.usual_secrecy(kind)
    if "secrecy" in decided:
        secrecy = await ask("secrecy", forms.secrecy(turn))
    asked = EVERYONE
    if "whom" in decided:
        asked = await ask("whom", forms.for_whom(turn, community))
    remind = "remind" in decided and await ask("remind", forms.reminder(turn)) == "once"
    counts = await ask("quorum", forms.counts_when(turn)) if "quorum" in decided else None
    listed = secrecy == "listed" and not kind.writes  # words that nobody has read are never listed
    grows = kind.grow is not None and "grows" in decided and await ask("grows", forms.may_grow(turn)) == "yes"
    return Rules(results, secrecy == "named", listed, asked, remind, counts, grows)


@router.press(Change)
async def change(turn: Turn, press: Change) -> Outcome:
    """The organiser rewrites a question that nobody has answered: the same talk, with all of it filled in."""
    poll, _ = await rewriting.changeable(turn.session, press.poll, by=turn.resident)
    answers, decided = forms.filled(poll, now=turn.now)
    answers["closes"] = {"moment": poll.closes_at.isoformat()}
    return turn.begin("poll", answers=answers, decided=decided, rewrites=poll.id)


async def which_community(ask: Ask, turn: Turn) -> Community:
    """The community to act in; asked of whoever organises several."""
    organised = await communities.organised_by(turn.session, turn.resident)
    offers = [(str(one.id), one.name_in(turn.tongue.code)) for one in organised]
    picked = await ask("community", choice(turn._("For which community?"), offers))
    return next(one for one in organised if str(one.id) == picked)


async def _preview(
    turn: Turn, community: Community, draft: Draft, closes_at: datetime, rules: Rules
) -> Prompt[str]:
    text = letters.preview(
        draft.question,
        kinds.named(draft.kind),
        draft.form,
        rules,
        turn.tongue,
        people=await asking.audience(turn.session, community.id, rules.whom),
        community=community.name_in(turn.tongue.code),
        closes=turn.tongue.moment(closes_at, community.zone),
        groups=await groups.count(turn.session, community.id) if rules.whom == EVERYONE else 0,
    )
    return choice(text, [("send", turn._("Send")), ("edit", turn._("Edit"))], columns=2)
