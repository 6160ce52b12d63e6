"""Everything known about a person, as files of their own. /mydata."""

from bot import retention
from bot.conversation.router import Router
from bot.conversation.turn import Outcome, Turn
from bot.errors import Refused
from bot.i18n import N_
from bot.letters.people import mydata as letters
from bot.letters.people.people import Fetch
from bot.message import Media
from bot.services import files
from bot.services.people import mydata, residents

router = Router()

SUBJECT = "my data"
A_DAY = 3
"""How often it is made for the same person in a day."""


@router.command("mydata", words=N_("my data"), about=N_("Everything I know about you, as a file"))
async def my_data(turn: Turn, rest: str) -> Outcome:
    """A page to read and a file for programs, with everything in each."""
    day = retention.age("file")
    made = await files.count(turn.session, turn.resident, SUBJECT, since=turn.now - day)
    if made >= 2 * A_DAY:
        raise Refused(
            N_(
                "I have made these files for you {n} times today; you find them above. You can ask again tomorrow."
            ),
            n=A_DAY,
        )
    data = await mydata.gather(turn.session, turn.resident, now=turn.now)
    home = await residents.home(turn.session, turn.resident)
    page = letters.as_page(data, turn.tongue, home.zone if home else "UTC")
    readable = await _keep(turn, page, "my-data.html", "text/html")
    programs = await _keep(turn, letters.as_json(data), "my-data.json", "application/json")
    return (
        turn.say(letters.on_its_way(turn.tongue))
        .say(letters.page_to_read(turn.tongue, readable))
        .say(letters.for_programs(turn.tongue, programs))
    )


async def _keep(turn: Turn, content: bytes, name: str, media_type: str) -> Media:
    return await files.keep(
        turn.session,
        content,
        kind="document",
        name=name,
        media_type=media_type,
        subject=SUBJECT,
        life=retention.age("file"),
        now=turn.now,
        owner=turn.resident,
    )


@router.press(Fetch)
async def fetch(turn: Turn, press: Fetch) -> Outcome:
    """The same by a tap."""
    return turn.toast(turn._("It is on its way.")) + await my_data(turn, "")
