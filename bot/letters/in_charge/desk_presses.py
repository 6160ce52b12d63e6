"""The presses of the desk: what those in charge, and organisers, do with a report."""

from bot.i18n import N_
from bot.press import Press


class Show(Press, code="ds"):
    """Show a report as those in charge see it."""

    report: int


class More(Press, code="dm"):
    """What else can be done with it."""

    report: int


class Past(Press, code="dh"):
    """All that happened to it."""

    report: int


class Listed(Press, code="dl"):
    """A page of a list: `which` and `kind` as in `services/answering/desk.py`."""

    which: str
    kind: str = ""
    page: int = 0


class Kinds(Press, code="d1"):
    """Which kinds there are in a list."""

    which: str
    page: int = 0


class ShowFrom(Press, code="d2"):
    """Show a report from a page of a list, and find back there."""

    report: int
    which: str
    kind: str
    page: int


class Take(
    Press, code="dt", says=N_("You look after this report from now on. Whoever it concerns hears that.")
):
    """Look after it from now on."""

    report: int


class LetGo(Press, code="dg"):
    """Give it back to the team."""

    report: int


class LookInto(Press, code="di"):
    """It is being looked into."""

    report: int


class Pictures(Press, code="de"):
    """All of its pictures."""

    report: int


class Answer(Press, code="da", says=N_("Everyone concerned gets your answer."), asks=N_("Your answer")):
    """Say something to everyone concerned."""

    report: int


class AskBack(
    Press,
    code="dq",
    says=N_("Whoever reported this gets your question. Until they answer, no days are counted."),
    asks=N_("Your question"),
):
    """Ask whoever reported it something."""

    report: int


class Note(Press, code="dn"):
    """Write something down for colleagues."""

    report: int


class Plan(Press, code="dp"):
    """It is planned for about a day."""

    report: int


class SetDay(
    Press,
    code="dd",
    says=N_("Everyone concerned hears on which day the work is done."),
    asks=N_("The day, such as 12 December"),
):
    """The day of the work is set."""

    report: int


class Mended(
    Press,
    code="df",
    says=N_("Everyone concerned hears that it is fixed, and is asked in four weeks whether it is."),
    asks=N_("What was done, in a sentence"),
):
    """It is fixed."""

    report: int


class Cannot(
    Press,
    code="dc",
    says=N_("Everyone concerned hears that it cannot be fixed, and why."),
    asks=N_("Why not"),
):
    """It cannot be fixed, because."""

    report: int


class NotOurs(Press, code="dx"):
    """Nobody here is in charge of it."""

    report: int


class Inside(Press, code="dz"):
    """It goes on inside, out of sight."""

    report: int


class Shut(Press, code="dk"):
    """Close it for another reason."""

    report: int


class Reopen(Press, code="db"):
    """Let an ended report go on."""

    report: int


class NotMyTeam(
    Press,
    code="d0",
    says=N_("The organisers of the community find out who is in charge. Everyone concerned hears that."),
    asks=N_("Why not your team, and who is in charge, as far as you know"),
):
    """Somebody else is in charge of it; who, is for the organisers to find out."""

    report: int


class HandOver(Press, code="do"):
    """Another team is in charge of it."""

    report: int


class JoinTo(Press, code="dj"):
    """It is the same as another one."""

    report: int


class Apart(Press, code="du"):
    """It is not the same after all."""

    report: int


class AnswerAll(Press, code="dy"):
    """Answer all that the team has of this kind at once, with one sentence."""

    report: int


class SendTo(Press, code="dr"):
    """Organisers: this team is in charge of it."""

    report: int
    team: int


class Choose(Press, code="dv"):
    """Organisers: choose among all teams."""

    report: int


class Always(Press, code="dw"):
    """Organisers: always send this kind to that team."""

    report: int
    team: int
