"""Mails that no person wrote: automatic answers, mailing lists, and word that a letter did not arrive."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message as Mime

from bot.channels.email.bodies import inside

SUBJECTS = re.compile(
    r"^\W*(?:auto(?:matic)?[\s-]*(?:reply|response|ateb)|autoreply|auto:|(?:I(?:['’]m| am) )?(?:out of|away from) "
    r"(?:the |my )?office|ateb awtomatig|ymateb awtomatig|allan o['’]r swyddfa"
    r"|odpowiedź automatyczna|automatyczna odpowiedź|autoodpowiedź|nieobecność|nie ma mnie w (?:biurze|pracy)"
    r"|poza biurem|خودکار جواب|(?:میں )?دفتر سے باہر"
    r"|undeliver(?:able|ed)|delivery (?:status notification|failure|has failed)"
    r"|mail delivery (?:failed|subsystem)|returned mail|failure notice|read:|not read:|przeczytano:)",
    re.IGNORECASE,
)
_MACHINE_NAMES = re.compile(
    r"^(?:mailer-daemon|postmaster|mail-daemon|no-?reply|do-?not-?reply|bounces?)(?:[+-].*)?@", re.IGNORECASE
)
_SERVERS = re.compile(r"^(?:mailer-daemon|postmaster|mail-daemon)@", re.IGNORECASE)
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_CODE = re.compile(r"(?<!\d)(5[0-5]\d)[ -]")
_PASSES = re.compile(r"(?:4\.|5\.(?:7\.\d|2\.[23]$|3\.4$))")
"""Codes that say nothing against the address: it is us whom the server does not like, or this letter is too large, or
the mailbox is full just now."""

FAILED, DELAYED, ARRIVED = "failed", "delayed", "delivered"


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail server's word on a letter of ours. `named` are the addresses that it names, as far as it does; `for_good`:
    trying again helps nothing. `cause` is a code such as `5.1.1`, empty where it told none."""

    named: frozenset[str]
    action: str
    for_good: bool
    cause: str


def bounce_of(mail: Mime, sender: str, *, addressed_as_bounce: bool) -> Bounce | None:
    """What a mail says about a letter that did not arrive; None for every other mail."""
    if mail.get_content_type() == "multipart/report" and _is_delivery(mail):
        for block in _blocks(mail):
            if (action := str(block.get("Action", "")).strip().lower()) in {FAILED, DELAYED}:
                told = (str(block.get(name, "")) for name in ("Final-Recipient", "Original-Recipient"))
                named = {one.rpartition(";")[2].strip(" <>").lower() for one in told}
                cause = _cause(f"{block.get('Status', '')} {block.get('Diagnostic-Code', '')}")
                return Bounce(
                    frozenset(named - {""}), action, action == FAILED and not _PASSES.match(cause), cause
                )
    if addressed_as_bounce and _SERVERS.match(sender):
        return _in_words(mail)
    return None


def _cause(told: str) -> str:
    """The code that says most: many servers have one of no meaning before it."""
    codes = [found[0] for found in _STATUS.finditer(told)]
    return next((one for one in codes if not one.endswith(".0.0")), codes[0] if codes else "")


def _is_delivery(mail: Mime) -> bool:
    return any(part.get_content_type() == "message/delivery-status" for part in mail.walk())


def _blocks(mail: Mime) -> Iterator[Mime]:
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            yield from inside(part)


def _in_words(mail: Mime) -> Bounce | None:
    """Old servers write prose. It came to where only servers write, so it is about a letter of ours."""
    text = ""
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            body = part.get_payload(decode=True)
            text = body[:20_000].decode("ascii", "replace") if isinstance(body, bytes) else ""
            break
    found = _STATUS.search(text) or _CODE.search(text)
    if found is None:
        return None
    cause = found[0].strip(" -")
    failed = cause.startswith("5")
    return Bounce(frozenset(), FAILED if failed else DELAYED, failed and not _PASSES.match(cause), cause)


def automatic(mail: Mime, sender: str, subject: str) -> str | None:
    """By what it can be told that no person wrote it; None for a mail of somebody."""

    def said(name: str) -> str:
        return str(mail.get(name, "")).strip().lower()

    if said("Auto-Submitted").split(";")[0].strip() not in {"", "no"}:
        return "Auto-Submitted"
    if said("Precedence") in {"bulk", "list", "junk", "auto_reply"}:
        return "Precedence"
    for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponse", "X-Auto-Reply-From", "List-Id", "List-Unsubscribe",
                 "X-Failed-Recipients", "Feedback-Type", "X-Loop"):  # fmt: skip
        if name in mail:
            return name
    if said("X-Auto-Response-Suppress") in {"all"} and said("X-MS-Exchange-Generated-Message-Source"):
        return "X-MS-Exchange-Generated-Message-Source"
    if said("Return-Path") == "<>":
        return "Return-Path"
    if mail.get_content_type() == "multipart/report":
        return "multipart/report"
    if _MACHINE_NAMES.match(sender):
        return "sender"
    return "subject" if SUBJECTS.match(subject) else None
