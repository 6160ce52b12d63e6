"""The page's templates, filled in the reader's language, and the sentences that its script says."""

from __future__ import annotations

import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.channels.webchat.markup import clean
from bot.i18n import N_, Tongue, available, tongue
from bot.intake import MOST
from bot.message import Message

FOLDER = files("bot.channels.webchat")

SCRIPT = {
    "offline": N_("You are offline. What you write is kept here and sent when you are back."),
    "again": N_("Connecting again…"),
    "waiting": N_("Waiting to be sent"),
    "failed": N_("Not sent"),
    "noPlace": N_("Your place could not be found. You can write where it is instead."),
    "noCookie": N_("Your browser keeps no cookies for this page. Open the chat in its own window to go on."),
    "ownWindow": N_("Open in its own window"),
    "tooLarge": N_("This picture is larger than {most} megabytes. Please choose a smaller one."),
    "notShown": N_("This picture cannot be shown here. You can send it all the same."),
    "lost": N_("The picture is not here any more. Please choose it again."),
    "gone": N_("This picture is not kept here any more."),
    "picture": N_("Picture"),
    "you": N_("You"),
    "place": N_("My place"),
    "desk": N_("My desk"),
}
EMBED = {"open": N_("Have your say"), "close": N_("Close"), "title": N_("Chat with your community")}


@dataclass(frozen=True, slots=True)
class Bubble:
    """One line as the page shows it. `id` is None while it is only rehearsed."""

    message: Message
    kind: str = "said"
    id: int | None = None
    rank: int = 0
    key: str | None = None


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("bot.channels.webchat"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def fill(name: str, to: Tongue, **holes: Any) -> str:
    """Fill a template in a language."""

    def cleaned(text: str) -> Markup:
        return clean(text, new_tab=to._("opens in a new window"))

    return _templates().get_template(name).render(_=to._, tongue=to, clean=cleaned, **holes)


def script_words(to: Tongue) -> dict[str, str]:
    """What the page's script may have to say."""
    return {name: to._(sentence, most=to.number(MOST)).unescape() for name, sentence in SCRIPT.items()}


def embed_words() -> dict[str, dict[str, str]]:
    """What the button on a community's own site says, in every language."""
    return {
        code: {name: tongue(code)._(sentence).unescape() for name, sentence in EMBED.items()}
        | {"dir": "rtl" if tongue(code).rtl else "ltr"}
        for code in available()
    }


@dataclass(frozen=True, slots=True)
class Still:
    """A file that never changes while the program runs."""

    content: bytes
    kind: str


@lru_cache(maxsize=1)
def stills() -> dict[str, Still]:
    """The style sheet, scripts and pictures, by name."""
    found = [path for path in FOLDER.joinpath("static").iterdir() if path.is_file()]
    return {path.name: Still(path.read_bytes(), _kind(path.name)) for path in found}


@lru_cache(maxsize=1)
def edition() -> str:
    """Names the present content of all of them, so that browsers may keep them for good."""
    whole = hashlib.sha256()
    for name, still in sorted(stills().items()):
        whole.update(name.encode() + b"\0" + still.content)
    return whole.hexdigest()[:12]


def _kind(name: str) -> str:
    return (
        {"js": "text/javascript"}.get(name.rsplit(".")[-1]) or mimetypes.guess_type(name)[0] or "text/plain"
    )
