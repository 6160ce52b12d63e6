"""The `folkmoot` command: what an operator types, and how it ends."""

from __future__ import annotations

import io
import sys
from typing import Annotated

import typer

from bot import __version__, garbage
from bot.commands import bodies, checking, communities, examining, inviting, polls, running, talking
from bot.commands.saying import complain
from bot.errors import FolkmootError, Refused

WRONG = 1
"""Exit code when something is wrong; a command that was mistyped ends with 2."""

app = typer.Typer(
    name="folkmoot",
    help="Folkmoot makes it easy to have a say where you live.",
    epilog="Settings are read from the environment and from a file named .env; .env.example explains each.",
    no_args_is_help=True,
    # A traceback that shows local variables would show secrets.
    pretty_exceptions_enable=False,
)
community = typer.Typer(help="Found a community, or list them.", no_args_is_help=True)
poll = typer.Typer(help="See how polls stand.", no_args_is_help=True)
body = typer.Typer(help="Say which body looks after what, and where.", no_args_is_help=True)
places = typer.Typer(help="Say what streets and squares are called.", no_args_is_help=True)
spots = typer.Typer(help="Give lamp posts and bins links of their own.", no_args_is_help=True)

for command in (running.run, running.demo, talking.chat, running.migrate, checking.check, examining.doctor):
    app.command()(command)
app.command()(inviting.invite)
app.add_typer(community, name="community")
app.add_typer(poll, name="poll")
app.add_typer(body, name="body")
app.add_typer(places, name="places")
app.add_typer(spots, name="spots")
community.command()(communities.add)
community.command("list")(communities.show)
poll.command("list")(polls.show)
body.command("import")(bodies.bring_bodies)
body.command("export")(bodies.export)
body.command("list")(bodies.show)
places.command("import")(bodies.bring_places)
spots.command("import")(bodies.bring_spots)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"folkmoot {__version__}")
        raise typer.Exit


@app.callback()
def _begin(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run a command; what can go wrong on purpose ends as one sentence on stderr."""
    garbage.look_later()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without Urdu must not end in a traceback
    try:
        app(prog_name="folkmoot")
    except FolkmootError as error:
        complain(_sentence(error))
    except Exception as error:
        from bot.db import trouble

        reason = trouble(error)
        if reason is None:
            raise
        complain(reason)
    sys.exit(WRONG)


def _sentence(error: FolkmootError) -> str:
    if isinstance(error, Refused):
        from bot.i18n import SOURCE, tongue

        return str(tongue(SOURCE)._(error.sentence, **error.holes).unescape())
    return str(error)


if __name__ == "__main__":
    main()
