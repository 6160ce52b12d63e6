"""The words around everything that is known of a person: the page to read, and the letters that bring it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import jinja2
from markupsafe import Markup, escape

from bot import i18n, retention
from bot.i18n import N_, Tongue
from bot.letters.markup import lines, paragraphs
from bot.letters.people.people import INTERESTS, Forget, role
from bot.message import Button, Media, Message

SECTIONS = {
    "you": N_("You"),
    "addresses": N_("Where you can be reached"),
    "communities": N_("Your communities"),
    "consents": N_("What you agreed to"),
    "polls": N_("Questions that you were asked"),
    "polls_asked": N_("Questions that you asked"),
    "announcements": N_("Announcements that you sent"),
    "following": N_("Announcements that you follow"),
    "posts": N_("Your posts in councils and other bodies"),
    "reports": N_("What you reported"),
    "desk_cards": N_("Messages that show you a report as somebody in charge"),
    "concerns": N_("Reports that concern you"),
    "said_of_reports": N_("What you did and said about reports"),
    "report_pictures": N_("Pictures that you sent with reports"),
    "rules": N_("Who shall get which reports, as you settled it"),
    "spots": N_("Links on lamp posts and bins that you made"),
    "deeds": N_("What you did for a community"),
    "invitations": N_("Invitations"),
    "links": N_("Links that you made"),
    "posters": N_("Posters that are being drawn for you"),
    "pictures": N_("Pictures that you sent for a community"),
    "codes": N_("Codes that still work"),
    "web_chats": N_("Your talks on the web page"),
    "messages": N_("Messages to you"),
    "mails": N_("E-mails of yours that wait"),
    "files": N_("Files made for you"),
}

NAMES = {
    "act": N_("What was done"),
    "address": N_("Address"),
    "agreed_at": N_("Agreed"),
    "announcement": N_("Announcement"),
    "answered": N_("Answered"),
    "answers": N_("Answers"),
    "area": N_("Area"),
    "at": N_("When"),
    "body": N_("Body"),
    "by_you": N_("Said by you"),
    "came_by": N_("Came by the link"),
    "channel": N_("Channel"),
    "chat": N_("Chat"),
    "choices": N_("Choices"),
    "closed_at": N_("Closed"),
    "closes_at": N_("Closes"),
    "community": N_("Community"),
    "confidential": N_("Confidential"),
    "confirmed_at": N_("Shown to be yours"),
    "conversation": N_("Conversation"),
    "corrected_at": N_("Corrected"),
    "description": N_("Description"),
    "details": N_("Details"),
    "done_at": N_("Finished"),
    "enclosures": N_("Pictures and documents"),
    "first_contribution_at": N_("First contribution"),
    "for": N_("For"),
    "greeted_at": N_("Greeted"),
    "interests": N_("You care about"),
    "joined_at": N_("Joined"),
    "kept_until": N_("Kept until"),
    "kind": N_("Kind"),
    "known_since": N_("Known since"),
    "language": N_("Language"),
    "languages": N_("Languages"),
    "last_seen_at": N_("Last seen"),
    "leads_to": N_("Address on it"),
    "link": N_("Link"),
    "links_answered": N_("Links answered"),
    "made_at": N_("Made"),
    "made_by_you": N_("Made by you"),
    "message": N_("Message"),
    "my_answer": N_("Your answer"),
    "name": N_("Name"),
    "named": N_("With your name"),
    "news": N_("Which news you want"),
    "number": N_("Number"),
    "opened_at": N_("Opened"),
    "part_of_town": N_("Part of town"),
    "place": N_("Place"),
    "point": N_("On the map"),
    "poll": N_("Code of the link"),
    "post": N_("Post"),
    "preferred": N_("Messages come here"),
    "put_at": N_("Written"),
    "question": N_("Question"),
    "list": N_("Opened from the list"),
    "report": N_("Report"),
    "role": N_("Role"),
    "sent_at": N_("Sent"),
    "since": N_("Since"),
    "size": N_("Size in bytes"),
    "state": N_("State"),
    "subject": N_("About"),
    "taken_back_at": N_("Taken back"),
    "team": N_("Team"),
    "texts": N_("Text"),
    "told_at": N_("Told"),
    "unfinished_talk": N_("Unfinished talk"),
    "used_at": N_("Used"),
    "used_by_you": N_("Used by you"),
    "why": N_("Why"),
    "what_happened_next": N_("What happened next"),
    "wished_at": N_("Wished for"),
    "wording": N_("Wording"),
    "words": N_("Words"),
    "works_until": N_("Works until"),
}
"""What the names in the file are called on the page."""


def as_json(data: Mapping[str, Any]) -> bytes:
    """The file for programs, which people can read too."""
    return json.dumps(data, ensure_ascii=False, indent=2).encode() + b"\n"


def as_page(data: Mapping[str, Any], tongue: Tongue, zone: str) -> bytes:
    """The page to read: by itself, without scripts, from right to left where that is the way. `zone` is that of its
    reader's town."""

    def shown(name: str, value: Any) -> Markup:
        return _shown(name, value, tongue, zone)

    sections = [(title, data[name], name) for name, title in SECTIONS.items()]
    made = tongue.written(datetime.fromisoformat(data["made_at"]), zone)
    page = _templates().get_template("mydata.html")
    return page.render(
        _=tongue._, tongue=tongue, sections=sections, names=NAMES, shown=shown, made=made
    ).encode()


@lru_cache(maxsize=1)
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("bot.letters"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _shown(name: str, value: Any, tongue: Tongue, zone: str) -> Markup:
    """One value as people read it."""
    if value is None or value == [] or value == "":
        return tongue._("nothing")
    if isinstance(value, bool):
        return tongue._("yes") if value else tongue._("no")
    if name == "language":
        return escape(i18n.tongue(str(value)).name)
    if name == "role":
        return role(tongue, str(value))
    if name == "interests":
        return escape(tongue.list([tongue._(INTERESTS[one]) for one in value if one in INTERESTS]))
    if isinstance(value, str) and (name.endswith(("_at", "_until", "_since")) or name in {"at", "since"}):
        return escape(tongue.written(datetime.fromisoformat(value), zone))
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return lines(value)
    if isinstance(value, list | dict):
        return escape(json.dumps(value, ensure_ascii=False, indent=1))
    return escape(value)


def on_its_way(tongue: Tongue) -> Message:
    """It comes in a moment."""
    return Message(
        paragraphs(
            tongue._("It is on its way: everything I know about you, in two files."),
            tongue._(
                "They are for you alone. On the web you can fetch them for {age}.",
                age=tongue.span(retention.age("file")),
            ),
        )
    )


def page_to_read(tongue: Tongue, media: Media) -> Message:
    """Beside the page."""
    return Message(tongue._("To read: open it in your browser."), media=media)


def for_programs(tongue: Tongue, media: Media) -> Message:
    """Beside the other file."""
    return Message(tongue._("The same for programs."), media=media)


def sure_to_forget(tongue: Tongue) -> Message:
    """Erase, really? Says what goes and what stays."""

    def point(sentence: Markup) -> Markup:
        return Markup("• ") + sentence

    goes = (
        tongue._("what you told me: your name, language, interests and part of town"),
        tongue._("your communities, your role there, and what you agreed to"),
        tongue._("your posts: what you had taken is your team's again"),
        tongue._("that it was you who reported something, and what you wrote in confidence"),
        tongue._("your answers to open questions: they are taken back"),
        tongue._("which questions you were asked, and whether you answered"),
        tongue._("our talks, codes, files, and what still waits to be sent to you"),
        tongue._("every place where I know you; this one too, {age} after my goodbye", age=_goodbye(tongue)),
    )
    stays = (
        tongue._("the counts of closed questions. Nobody can tell from them what you answered."),
        tongue._("what you asked, told or did for a community as an organiser, without your name."),
        tongue._("what you reported for everyone to see, and what became of it, without your name."),
    )
    text = paragraphs(
        tongue._("Shall I erase everything I know about you?"),
        lines([tongue._("This goes, at once and everywhere:"), *map(point, goes)]),
        lines([tongue._("This stays:"), *map(point, stays)]),
        tongue._("What Telegram or your browser keep by themselves, you can delete there."),
        tongue._("This cannot be undone."),
    )
    return Message(text, ((Button(tongue._("Yes, erase it"), Forget(sure=1)),),))


def _goodbye(tongue: Tongue) -> str:
    return tongue.span(retention.age("goodbye"))
