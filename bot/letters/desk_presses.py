"""The presses of the desk: what those in charge, and organisers, do with a report."""

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
    """A page of a list: `which` as in `services/desk.py`."""

    which: str
    page: int


class Take(Press, code="dt"):
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


class Answer(Press, code="da"):
    """Say something to everyone concerned."""

    report: int


class AskBack(Press, code="dq"):
    """Ask whoever reported it something."""

    report: int


class Note(Press, code="dn"):
    """Write something down for colleagues."""

    report: int


class Plan(Press, code="dp"):
    """It is planned for about a day."""

    report: int


class SetDay(Press, code="dd"):
    """The day of the work is set."""

    report: int


class Mended(Press, code="df"):
    """It is fixed."""

    report: int


class Cannot(Press, code="dc"):
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
