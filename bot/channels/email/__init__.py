"""E-mail: letters out over SMTP, answers in over IMAP or a port of our own, and buttons as signed links.

It is a channel like the others and knows nothing of what letters are about. For whoever writes letters and handlers:

**1. Writing to an address.** Every address has a row in `addresses`, channel "email", `chat` the address in small
letters, with a resident behind it, as in every channel. An officer's own address, once they have confirmed it, is
theirs and can be their preferred one: `outbox.put_personal` finds it. A team's address, which is nobody's preferred
one, is got by name, and a letter put there like any other:

    address = await mailboxes.at(session, "bins@council.example", language="cy", now=now)
    draft = outbox.Draft(address, message, once_key="notice:12:new", lane=Lane.PERSONAL)
    await outbox.put(session, [draft], now=now)

`at` refuses what is no address. The resident behind a team's address stands for whoever reads there: make them what
entitles them to act (`address.resident_id`). Put nothing to an address with `closed_at`: nobody reads there.
`mailboxes.failing` lists those where things do not arrive, with the cause in numbers; a job that looks there can tell
the organisers. `mailboxes.reopen` lets one be tried again; a mail from there does so too.

**2. Subject and thread.** `Message(text, rows, media=…, subject="Overflowing bin, Elm Road", thread="EP-1042")`.
`thread` is the reference: 1 to 20 letters, digits and hyphens. All letters with one thread to one address are one
conversation in a mail program, and the reference is added to the subject if it is not in it. Without a subject the
first line of the text is one. Other channels ignore both. A picture goes inside the mail if it is small, else as a
link that ends. A button with a `url` is a link as it is. An `edit` is sent as a new letter, for a mail cannot be
changed: put one only where the change is worth a mail. Short notes (toasts) are not sent.

**3. Presses as links.** A button becomes a link if its press says what it does, and is left out otherwise:

    class Take(Press, code="dt", says=N_("Your team looks after it from now on.")): …
    class Answer(Press, code="da", says=N_("Whoever reported it reads your answer."), asks=N_("Your answer")): …

The link is good for 30 days. It opens a page that says this sentence and has one button, for mail scanners open
links; with `asks` also a field for words under that name. What is pressed there arrives as a `Tap` by the address
that the letter was sent to, with `Incoming.about` set to the thread and `Turn.written` to the words, if the press
asks for some. So one handler serves all channels:

    @router.press(Answer)
    async def answer(turn: Turn, press: Answer) -> Outcome:
        known = {"text": {"words": turn.written}} if turn.written else {}
        return turn.begin("answer", answers=known, notice=press.notice)

A toast, or a short refusal, is shown on the page at once; what is said or edited comes as a mail in the same thread.
Pressing the same again does nothing. Where neither a link nor a page may tell what was chosen, a press has a `cover`,
and its handler's module says with `@router.press(Cover, offers=…)` what the page behind the link offers; each look at
it is a press of its own. A tap there has `Incoming.by_link`: say what came of it in a toast that holds no choice, and
edit nothing; for the same reason the receipt that finds an answer in the list is given in chats only. Where only a
chat can do it, `Message(…, opens=(code, community))` becomes a link to it. A flow can begin this way, but its questions
come by mail and their buttons are left out: have all answers known, as above, or refuse.

**4. Answers.** Every letter with a thread asks to be answered at an address that is signed for the thread and for
whom it was sent to. An answer arrives as `Reply(text, to, media, left_out)`: register `@router.unprompted(Reply)`. It
goes there whatever flow is under way. `turn.incoming.about` is the thread (some mail servers change its case, so
compare without), `turn.resident` whoever wrote it, by their own address, and `reply.to` the address that our letter
went to, which they have shown they read: for a team, this is what makes somebody new one of it. `text` is what they
wrote themselves, without quoted text and signature, and can be empty where a picture came; each of `media` is kept
for a day and found by `files.found(session, media.key, now=now)`. What the handler says goes to the writer in the
same thread.

Nobody is believed for their sender's name. An answer is passed on only if its signed address, or the name of our
letter that it answers, is genuine, and if whoever wrote it has shown once that they read mail at their own address:
by answering a letter that we sent to that very address, or by a link that we send there when they write for the first
time. Until then the answer is held, two days at most. Mails of machines are never answered; mails without a signature
once a day.
"""

from __future__ import annotations
