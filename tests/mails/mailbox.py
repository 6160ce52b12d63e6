"""A mailbox of a real IMAP server, in a process of its own."""

from __future__ import annotations

import contextlib
import imaplib
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.channels.webchat_town import free_port

USER, PASSWORD = "reports@town.example", "open sesame"
PATIENCE = 30.0

# Its passwords are hashed half a million times, which each login would wait for.
_PROGRAM = """
from pymap.main import main
from pysasl.hashing import BuiltinHash

BuiltinHash.__init__.__kwdefaults__["rounds"] = 1
main()
"""


@dataclass
class Mailbox:
    """What lies in it, seen from the side of those who write."""

    port: int

    def _open(self) -> imaplib.IMAP4:
        line = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        line.login(USER, PASSWORD)
        line.select("INBOX")
        return line

    def gets(self, *mails: bytes) -> None:
        """Mails arrive."""
        line = self._open()
        for mail in mails:
            done, _ = line.append("INBOX", "", imaplib.Time2Internaldate(time.time()), mail)
            assert done == "OK"
        line.logout()

    def unread(self) -> int:
        """How many are not marked as read."""
        line = self._open()
        _, told = line.uid("SEARCH", "UNSEEN")
        line.logout()
        return len(told[0].split()) if told[0] else 0

    def is_empty(self) -> None:
        """Everything in it goes."""
        line = self._open()
        line.uid("STORE", "1:*", "+FLAGS", "\\Deleted")
        line.expunge()
        line.logout()


@contextlib.contextmanager
def a_mailbox(folder: Path) -> Iterator[Mailbox]:
    """An empty one."""
    port = free_port()
    words = [
        sys.executable,
        "-c",
        _PROGRAM,
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    words += ["--no-tls", "dict", "--demo-user", USER, "--demo-password", PASSWORD]
    with (folder / "imap.log").open("wb") as log:
        server = subprocess.Popen(words, stdout=log, stderr=log)
        try:
            box = Mailbox(port)
            deadline = time.monotonic() + PATIENCE
            while True:
                try:
                    box.unread()
                    break
                except OSError:
                    assert time.monotonic() < deadline, "the IMAP server did not start"
                    time.sleep(0.05)
            yield box
        finally:
            server.terminate()
            server.wait(10)
