"""Bodies as an operator writes them down: read from files, compared with what is there, put, and written out again.

A file says the whole of what it mentions and nothing of the rest: a body, service or area that no file names stays as
it is, and so do a body's teams where the file has no list of them. docs/bodies.md has a whole example.
"""

from bot.bodies_file.changes import Change
from bot.bodies_file.exporting import export
from bot.bodies_file.putting import put
from bot.bodies_file.understanding import Bundle, read
from bot.bodies_file.wrong import FileWrong, Swapped

__all__ = ["Bundle", "Change", "FileWrong", "Swapped", "export", "put", "read"]
