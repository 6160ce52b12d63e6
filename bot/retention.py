"""How long everything is kept, and why: the one place that says so. The jobs that delete, the privacy pages and
docs/privacy.md all go by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.i18n import N_, SOURCE, tongue

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEK, MONTH = timedelta(days=7), timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Rule:
    """One subject. `until` says in words when it goes, with the hole `{age}` where there is an `age`; `tables` are
    those in which it stands. `people` is false for what tells nothing of any person."""

    what: str
    until: str
    why: str
    tables: tuple[str, ...]
    age: timedelta | None = None
    people: bool = True


RULES: Mapping[str, Rule] = {
    "resident": Rule(
        N_("Your language, and the name and interests that you told"),
        N_("until you erase yourself"),
        N_("so that we speak your language and know what you care about"),
        ("residents",),
    ),
    "address": Rule(
        N_(
            "The address of your chat: your number at Telegram, your e-mail address, or a mark of your browser"
        ),
        N_("until you erase yourself"),
        N_("so that questions and answers reach you"),
        ("addresses", "followings", "mailboxes"),
    ),
    "membership": Rule(
        N_("Your communities, your role and part of town there, and the link that you came by"),
        N_("until you leave, or erase yourself"),
        N_("so that you get what is yours to decide"),
        ("memberships",),
    ),
    "consent": Rule(
        N_("The sentence that you agreed to, and when"),
        N_("until you erase yourself"),
        N_("so that we can show what you were told"),
        ("consents",),
    ),
    "participation": Rule(
        N_("Which questions you were asked, and whether you answered"),
        N_("until you erase yourself"),
        N_("so that everyone counts once, and hears how it came out"),
        ("participations",),
    ),
    "ballot": Rule(
        N_("Your answer to a question, under a mark that only this question has the key to"),
        N_(
            "the key is destroyed when the question closes; after that the answer leads to nobody and stays. Where "
            "organisers see who chose what, it stays with your name until you erase yourself"
        ),
        N_("so that you can change it, and the count stays true"),
        ("ballots", "tallies"),
    ),
    "suggestion": Rule(
        N_("An answer that you suggested, and that it was you"),
        N_("until an organiser has read it, the question closes or changes, or you erase yourself"),
        N_("so that you hear what became of it"),
        ("suggestions",),
    ),
    "public": Rule(
        N_("Questions, announcements and what came of them; links to them, and how many people came by each"),
        N_("for good, without the name of an organiser who erases themselves"),
        N_("they belong to the community"),
        (
            "communities",
            "polls",
            "rewritten",
            "follow_ups",
            "reminders",
            "broadcasts",
            "links",
            "turnouts",
            "reckonings",
            "portraits",
        ),
    ),
    "report": Rule(
        N_(
            "That it was you who reported something, whom it concerns, its pictures, and a confidential report's words"
        ),
        N_(
            "{age} after the report has ended, or until you erase yourself; the rest stays as its public history"
        ),
        N_("so that you hear what becomes of it, and can say that it is back"),
        ("service_requests", "concerns", "happenings", "photos", "nudges", "files"),
        timedelta(days=730),
    ),
    "post": Rule(
        N_("Your post in a council or another body"),
        N_("until you leave it, or erase yourself"),
        N_("so that reports reach you"),
        ("officers",),
    ),
    "body": Rule(
        N_("Which body looks after what, and where; names of streets and places; links on lamp posts"),
        N_("as long as the operator keeps them, without the name of an organiser who erases themselves"),
        N_("so that reports get to the right desk"),
        (
            "bodies",
            "teams",
            "areas",
            "services",
            "duties",
            "emergencies",
            "named_places",
            "place_words",
            "spots",
            "answer_templates",
            "report_figures",
        ),
    ),
    "deed": Rule(
        N_("What organisers and officers did in their posts: asked, told, invited, closed"),
        N_("for good, without the name of whoever erases themselves"),
        N_("so that a community can hold its organisers to it"),
        ("audit",),
    ),
    "poster": Rule(
        N_("A poster that you wished for as an organiser, and the picture that you sent for your community"),
        N_("until it is drawn and sent, or shown, or you are told that it could not be"),
        N_("so that it comes even where we were interrupted"),
        ("posters", "sent_portraits"),
    ),
    "stranger": Rule(
        N_("Somebody who came, did nothing and belongs to nothing"),
        N_("{age} after they came"),
        N_("looking in leaves nothing behind"),
        ("residents", "addresses"),
        DAY,
    ),
    "goodbye": Rule(
        N_("The address of a chat in which somebody erased themselves"),
        N_("{age} after that"),
        N_("so that the goodbye reaches them"),
        ("addresses",),
        HOUR,
    ),
    "talk": Rule(
        N_("What you have typed in a talk that is not finished"),
        N_("{age} after your last word in it"),
        N_("so that you can go on after a break"),
        ("addresses",),
        timedelta(hours=48),
    ),
    "words": Rule(
        N_("The words of what was sent to you"),
        N_("until it is delivered; of what many get, {age} after the last one has it"),
        N_("so that nothing is lost on its way"),
        ("letters", "mailings"),
        WEEK,
    ),
    "envelope": Rule(
        N_(
            "That something was sent to you, and when, without its words; for those in charge, which report it shows"
        ),
        N_("{age} after it was delivered or given up"),
        N_("so that nothing comes twice"),
        ("envelopes", "desk_cards"),
        WEEK,
    ),
    "seen": Rule(
        N_("The numbers of messages that were handled"),
        N_("{age} after that"),
        N_("so that nothing you do is counted twice"),
        ("seen",),
        WEEK,
    ),
    "transcript": Rule(
        N_("The conversation on the web page"),
        N_("{age} after it was said"),
        N_("so that you find it again when you come back"),
        ("web_lines", "web_sessions"),
        MONTH,
    ),
    "file": Rule(
        N_("The file with everything about you, when you ask for it"),
        N_("{age} after it was made"),
        N_("so that you can fetch it"),
        ("files",),
        DAY,
    ),
    "picture": Rule(
        N_("A picture that you send on the web page"),
        N_("{age} after it came; or as long as what you sent it for is kept"),
        N_("so that it gets to where you send it"),
        ("files",),
        DAY,
    ),
    "drawing": Rule(
        N_("The picture of a result"),
        N_("{age} after the question closed"),
        N_("so that everyone who answered can be sent it"),
        ("files",),
        MONTH,
        people=False,
    ),
    "enclosure": Rule(
        N_("The picture or document of an announcement, and the copy that web pages show"),
        N_("{age} after it was sent"),
        N_("so that it can be seen as long as the announcement can"),
        ("enclosures",),
        timedelta(days=33),
    ),
    "held mail": Rule(
        N_("An e-mail of yours that waits until you have shown that the address is yours"),
        N_("{age} after it came"),
        N_("so that you need not write it twice"),
        ("held_mails",),
        timedelta(days=2),
    ),
    "mailed picture": Rule(
        N_("A picture that came with an e-mail"),
        N_("{age} after it came; what it is passed on for may keep it longer"),
        N_("so that it reaches whoever it is for"),
        ("files",),
        timedelta(days=3),
    ),
    "joining code": Rule(
        N_("The code that makes two places one person, as a mark only"),
        N_("{age} after it was made"),
        N_("so that it works once"),
        ("link_codes",),
        timedelta(minutes=10),
    ),
    "group code": Rule(
        N_("The code that connects a group chat, as a mark only"),
        N_("{age} after it was made"),
        N_("so that it works once"),
        ("group_codes",),
        HOUR,
    ),
    "invitation": Rule(
        N_("Invitations to a role or a post: who made them and who took them up"),
        N_("{age} after they have run out; they run out after a week"),
        N_("so that organisers can see and take back what is open"),
        ("invitations",),
        timedelta(days=90),
    ),
    "group": Rule(
        N_("The number of a group chat, its language, and whose questions are asked there"),
        N_("{age} after we were taken out of it"),
        N_("so that it can be asked there"),
        ("group_chats", "addresses"),
        MONTH,
        people=False,
    ),
    "board": Rule(
        N_("Which message in a group, or in a chat where somebody showed it, shows which question"),
        N_("{age} after it last changed"),
        N_("so that it shows how things stand"),
        ("boards", "addresses"),
        timedelta(days=180),
        people=False,
    ),
    "machine": Rule(
        N_("When the service last did its chores, its own name and its seal"),
        N_("for good; a few rows"),
        N_("so that it can be looked after"),
        ("ticks", "facts", "web_seals"),
        people=False,
    ),
}
"""By subject, in the order in which one would tell it."""


def age(subject: str) -> timedelta:
    """How long this is kept."""
    found = RULES[subject].age
    if found is None:
        raise KeyError(f"{subject} has no age")
    return found


def table() -> list[str]:
    """All of it as docs/privacy.md shows it."""
    english = tongue(SOURCE)
    rows = ["| what | until | why | tables |", "|---|---|---|---|"]
    for rule in RULES.values():
        until = rule.until.format(age="" if rule.age is None else english.span(rule.age))
        tables = ", ".join(f"`{name}`" for name in rule.tables)
        rows.append(f"| {rule.what} | {until} | {rule.why} | {tables} |")
    return rows
