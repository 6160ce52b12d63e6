"""The words of how far an announcement has come, and the presses of what can be done about it."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from markupsafe import Markup

from bot.i18n import Tongue
from bot.letters.markup import bold, lines, opening, paragraphs
from bot.message import Button, Message, Rows
from bot.models import Broadcast, Community
from bot.outbox import Progress
from bot.press import Press

SHOWN = 120  # characters of a text that remind an organiser which announcement it is
LABEL = 40  # characters of it on a button


class Follow(Press, code="b"):
    """Show how far this announcement has come."""

    broadcast: int


class Hold(Press, code="bh"):
    """Pause it."""

    broadcast: int


class GoOn(Press, code="bg"):
    """Go on with it."""

    broadcast: int


class Stop(Press, code="bs"):
    """Stop it for good; `sure` is 0 for the first tap, 1 for the second."""

    broadcast: int
    sure: int


class Correct(Press, code="bc"):
    """Replace its text."""

    broadcast: int


def view(
    broadcast: Broadcast,
    community: Community,
    progress: Progress,
    tongue: Tongue,
    *,
    sure: bool = False,
    correctable: bool = True,
    newcomers_until: datetime | None = None,
) -> Message:
    """How far it has come, with what can be done about it. `sure`: Stop was tapped once."""
    sent = tongue._(
        "Announcement in {community}, {moment}",
        community=community.name_in(tongue.code),
        moment=tongue.moment(broadcast.sent_at, community.zone),
    )
    late = None
    if newcomers_until is not None:
        clock = tongue.moment(newcomers_until, community.zone)
        late = tongue._("Whoever joins before {moment} gets it too.", moment=clock)
    text = paragraphs(
        lines([bold(sent), Markup("“{}”").format(excerpt(broadcast, SHOWN))]),
        bold(_state(broadcast, progress, tongue)),
        lines([*_numbers(broadcast, progress, tongue), late]),
        tongue._("Stop it? Whoever has not got it yet will not get it.") if sure else None,
    )
    return Message(text, _buttons(broadcast, progress, tongue, sure=sure, correctable=correctable))


def excerpt(broadcast: Broadcast, most: int) -> str:
    """The beginning of the text, on one line."""
    text = " ".join(broadcast.texts[broadcast.language].split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _state(broadcast: Broadcast, progress: Progress, tongue: Tongue) -> Markup:
    if broadcast.state == "stopped":
        return tongue._("Stopped.")
    if broadcast.state == "held":
        return tongue._("Paused. Nobody gets it until you tap “Go on”.")
    if broadcast.put_at is None:
        return tongue._("The correction goes out in a moment.")
    if progress.waiting:
        return tongue._("It is on its way.")
    return tongue._("Done.")


def _numbers(broadcast: Broadcast, progress: Progress, tongue: Tongue) -> list[Markup | None]:
    if broadcast.put_at is None:
        return []
    sent = tongue.n_(
        "{sent} of {n} person has it.",
        "{sent} of {n} people have it.",
        progress.put,
        sent=tongue.number(progress.sent),
    )
    waiting = tongue.n_("{n} person still waits for it.", "{n} people still wait for it.", progress.waiting)
    failed = [_FAILED[kind](tongue, people) for kind, people in _kinds(progress.failed).items()]
    return [opening(sent, rtl=tongue.rtl), waiting if progress.waiting else None, *failed]


def _kinds(failed: Mapping[str, int]) -> dict[str, int]:
    """The outbox's reasons, which are many and for operators, as the few that mean something to an organiser."""
    kinds: dict[str, int] = {}
    for reason, people in failed.items():
        kind = next(kind for words, kind in _KINDS if re.match(words, reason))
        kinds[kind] = kinds.get(kind, 0) + people
    return dict(sorted(kinds.items()))


_KINDS = (
    (r"address closed|403 |400 .*chat not found", "closed"),
    (r"the address is gone", "gone"),
    (r"perhaps delivered", "perhaps"),
    (r"expired", "late"),
    (r"cancelled", "stopped"),
    (r"", "refused"),
)
_FAILED: dict[str, Callable[[Tongue, int], Markup]] = {
    "closed": lambda tongue, people: tongue.n_(
        "{n} person did not get it: they have closed their chat with me.",
        "{n} people did not get it: they have closed their chat with me.",
        people,
    ),
    "gone": lambda tongue, people: tongue.n_(
        "{n} person did not get it: they have left or their chat is gone.",
        "{n} people did not get it: they have left or their chat is gone.",
        people,
    ),
    "perhaps": lambda tongue, people: tongue.n_(
        "{n} person may not have it: the messenger gave no answer.",
        "{n} people may not have it: the messenger gave no answer.",
        people,
    ),
    "late": lambda tongue, people: tongue.n_(
        "{n} person did not get it: they could not be reached in time.",
        "{n} people did not get it: they could not be reached in time.",
        people,
    ),
    "stopped": lambda tongue, people: tongue.n_(
        "{n} person did not get it: it was stopped before.",
        "{n} people did not get it: it was stopped before.",
        people,
    ),
    "refused": lambda tongue, people: tongue.n_(
        "{n} person did not get it: the messenger did not take it.",
        "{n} people did not get it: the messenger did not take it.",
        people,
    ),
}


def _buttons(
    broadcast: Broadcast, progress: Progress, tongue: Tongue, *, sure: bool, correctable: bool
) -> Rows:
    number = broadcast.id
    held = broadcast.state == "held"
    go_on = Button(tongue._("Go on"), GoOn(broadcast=number))
    pause = Button(tongue._("Pause"), Hold(broadcast=number))
    if sure:
        never_mind = Button(tongue._("Do not stop it"), Follow(broadcast=number))
        return ((Button(tongue._("Yes, stop it"), Stop(broadcast=number, sure=1)), never_mind),)
    rows: list[tuple[Button, ...]] = []
    if stoppable(broadcast, progress):
        stop = Button(tongue._("Stop"), Stop(broadcast=number, sure=0))
        rows.append((go_on if held else pause, stop))
    if correctable:
        rows.append((Button(tongue._("Correct it"), Correct(broadcast=number)),))
    return tuple(rows)


def stoppable(broadcast: Broadcast, progress: Progress) -> bool:
    """Whether somebody still waits for it, so that it can be paused or stopped."""
    return broadcast.state == "held" or (
        broadcast.state == "sending" and (progress.waiting > 0 or broadcast.put_at is None)
    )


def listed(found: Iterable[tuple[Broadcast, Community]], tongue: Tongue) -> Message:
    """The newest announcements, each a button."""
    rows = tuple(
        (
            Button(
                tongue._(
                    "{day}: {text}",
                    day=tongue.day(broadcast.sent_at, community.zone),
                    text=excerpt(broadcast, LABEL),
                ),
                Follow(broadcast=broadcast.id),
            ),
        )
        for broadcast, community in found
    )
    if not rows:
        return Message(tongue._("Nothing has been announced yet. Send /announce and I will help you."))
    return Message(tongue._("These are the newest announcements. Tap one to see how far it has come."), rows)


def moved_on(tongue: Tongue) -> Message:
    """In the place of a progress message that is followed further down from now on."""
    return Message(tongue._("This goes on in a newer message below."))
