"""Ready answers of a body, written by its leads: /desk ready answers."""

from typing import Any

from markupsafe import Markup

from bot import i18n
from bot.conversation.flow import Ask, choice, words
from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.markup import bold, lines, paragraphs
from bot.message import Button, Message
from bot.models import AnswerTemplate, Body
from bot.press import Press
from bot.services.answering import answer_templates

router = Router()


class Templates(Press, code="tl"):
    """The ready answers of a body; 0 is the only one that somebody leads."""

    body: int


class AddTemplate(Press, code="ta"):
    """Write a new one."""

    body: int


class RemoveTemplate(Press, code="tx"):
    """Take one away; `sure` after being asked."""

    template: int
    sure: int


async def ready_answers(turn: Turn) -> Outcome:
    """Those of the bodies that somebody leads, one message each."""
    outcome = Outcome()
    for body in await _led(turn):
        outcome = outcome.say(await _list(turn, body))
    return outcome


async def _led(turn: Turn) -> list[Body]:
    led = list(await answer_templates.led_by(turn.session, turn.resident))
    if not led:
        raise Refused(N_("Only leads and directors of a body write its ready answers."))
    return led


@router.press(Templates)
async def templates(turn: Turn, press: Templates) -> Outcome:
    """The same by a tap."""
    if not press.body:
        return await ready_answers(turn)
    body = next((one for one in await _led(turn) if one.id == press.body), None)
    if body is None:
        raise Refused(N_("Only leads and directors of a body write its ready answers."))
    return turn.edit(await _list(turn, body))


async def _list(turn: Turn, body: Body) -> Message:
    own = await answer_templates.own(turn.session, body.id, by=turn.resident)
    head = turn._("Ready answers of {body}", body=body.name_in(turn.tongue.code))
    about = turn._("Officers find them when they answer, together with a few that are always there.")
    rows = [
        (Button(turn._("Take away: {name}", name=one.name), RemoveTemplate(template=one.id, sure=0)),)
        for one in own
    ]
    rows.append((Button(turn._("Write a new one"), AddTemplate(body=body.id)),))
    told = [_entry(one) for one in own] or [turn._("There are none of your own yet.")]
    return Message(paragraphs(bold(str(head.unescape())), about, *told), tuple(rows))


def _entry(one: AnswerTemplate) -> Markup:
    texts = [f"{i18n.tongue(code).name}: {text}" for code, text in one.texts.items()]
    return lines([bold(one.name), *texts])


@router.press(AddTemplate)
async def add(turn: Turn, press: AddTemplate) -> Outcome:
    """Name and words."""
    await answer_templates.own(turn.session, press.body, by=turn.resident)
    return turn.begin("ready answer", body=press.body)


@router.flow("ready answer")
async def write_one(ask: Ask, turn: Turn) -> Outcome:
    """What it is called, and its words in each language in turn; all but the writer's own can be left out."""
    called = await ask(
        "name",
        words(turn._("What shall it be called? Two or three words for the button."), answer_templates.name),
    )
    texts: dict[str, str] = {}
    own = turn.tongue.code
    for code in (own, *(one for one in i18n.available() if one != own)):
        offers = [] if code == own else [("skip", turn._("Leave it out"))]
        question = turn._("What does it say in this language: {language}?", language=i18n.tongue(code).name)
        prompt: Any = words(question, answer_templates.words, offers=offers, picked=lambda _: "")
        if said := await ask(f"text-{code}", prompt):
            texts[code] = said
    shown = lines(f"{i18n.tongue(code).name}: {text}" for code, text in texts.items())
    await ask("keep", choice(paragraphs(bold(called), shown), [("yes", turn._("Keep it"))]))
    body_id: int = ask.given["body"]
    await answer_templates.add(turn.session, body_id, called, texts, by=turn.resident, now=turn.now)
    body = await turn.session.get_one(Body, body_id)
    return turn.edit(await _list(turn, body))


@router.press(RemoveTemplate)
async def remove(turn: Turn, press: RemoveTemplate) -> Outcome:
    """Away with it, after being asked."""
    one = await turn.session.get(AnswerTemplate, press.template)
    if one is None:
        raise Refused(N_("This ready answer is gone already."))
    if not press.sure:
        await answer_templates.own(turn.session, one.body_id, by=turn.resident)
        sure = Button(turn._("Yes, take it away"), RemoveTemplate(template=one.id, sure=1))
        stay = Button(turn._("No, leave it"), Templates(body=one.body_id))
        return turn.edit(turn._("Shall “{name}” be taken away?", name=one.name), (sure, stay))
    body_id = await answer_templates.take_away(turn.session, press.template, by=turn.resident, now=turn.now)
    return turn.edit(await _list(turn, await turn.session.get_one(Body, body_id)))
