"""What can be wrong with a file: one sentence for the operator, with the place in the file."""

from __future__ import annotations

from bot.errors import FolkmootError


class FileWrong(FolkmootError):
    """A file that cannot be understood or carried out; nothing was changed."""


class Swapped(FileWrong):
    """North and east seem to have changed places; somebody has to say whether they have."""
