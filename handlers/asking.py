"""Asking a question: /poll in one line or step by step."""

from collections.abc import Sequence
from datetime import datetime

from bot import kinds
from bot.conversation.flow import Answer, Ask, Prompt, choice, words
from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.errors import Refused
from bot.i18n import N_
from bot.kinds import Form, Kind
from bot.letters import poll_desk as letters
from bot.models import EVERYONE, Community, Rules
from bot.services import communities, groups, polls, questions
from bot.services.questions import Draft
from handlers import forms
from handlers.asking_here import ask_here
from handlers.one_line import in_one_line

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
    return turn.begin("poll", answers=answers | the_only_one(organised) | in_one_line(rest))


def the_only_one(organised: Sequence[Community]) -> dict[str, Answer]:
    """Whoever organises one community is not asked which."""
    return {"community": {"pick": str(organised[0].id)}} if len(organised) == 1 else {}


@router.flow("poll")
async def poll_step_by_step(ask: Ask, turn: Turn) -> Outcome:
    """Question, kind, choices, closing time; then the preview with Send, Edit and Cancel."""
    community = await which_community(ask, turn)
    question = await ask("question", words(turn._("What would you like to ask?"), questions.question))
    kind, said = await ask("kind", forms.kind(turn, community))
    form = said or await _form(ask, turn, kind, community)
    draft = Draft(question, form.choices, kind.name, form.options)
    closes_at = await ask("closes", forms.closing(turn, community))
    rules = await _rules(ask, turn, kind, community)
    decision = await ask("send", await _preview(turn, community, draft, closes_at, rules))
    if decision == "edit":
        part = await ask("part", forms.parts(turn, kind))
        ask.given["decided"] = [*ask.given.get("decided", ()), part]
        whole = part == "kind" or (part == "choices" and said)
        ask.again("send", "part", part, *(("kind", "argument", "choices") if whole else ()))
    sent = await polls.send(
        turn.session,
        community.id,
        draft,
        rules,
        closes_at=closes_at,
        by=turn.resident,
        now=turn.now,
    )
    links = dict(turn.links(sent.poll.code, community.slug))
    return turn.edit(letters.sent(sent, turn.tongue, links))


async def _form(ask: Ask, turn: Turn, kind: Kind, community: Community) -> Form:
    argument = await ask("argument", forms.argument(turn, kind)) if kind.argument else ""
    if kind.wants is None:
        return forms.form(turn, kind, argument, [], community)
    return await ask("choices", forms.choices(turn, kind, argument, community))


async def _rules(ask: Ask, turn: Turn, kind: Kind, community: Community) -> Rules:
    """As is usual for the kind, but for what somebody wished to decide."""
    decided = ask.given.get("decided", ())
    results = await ask("results", forms.results(turn))
    secrecy = "named" if kind.named else "secret" if kind.writes else "listed"
    if "secrecy" in decided:
        secrecy = await ask("secrecy", forms.secrecy(turn))
    asked = EVERYONE
    if "whom" in decided:
        asked = await ask("whom", forms.for_whom(turn, community))
    remind = "remind" in decided and await ask("remind", forms.reminder(turn)) == "once"
    return Rules(results, secrecy == "named", secrecy == "listed", asked, remind)


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
        people=await polls.audience(turn.session, community.id, rules.whom),
        community=community.name_in(turn.tongue.code),
        closes=turn.tongue.moment(closes_at, community.zone),
        groups=await groups.count(turn.session, community.id) if rules.whom == EVERYONE else 0,
    )
    return choice(text, [("send", turn._("Send")), ("edit", turn._("Edit"))], columns=2)
