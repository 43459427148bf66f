"""What each event does to a session: answers, presses, and the words that repair.

Part of the engine, whose theory stands in `engine.py`; pure like it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from conversations.model import (
    PROVEN,
    Answered,
    Chose,
    Event,
    Given,
    Invalid,
    Looked,
    Option,
    Outcome,
    Question,
    Resumed,
    Run,
    SentOther,
    SentPhoto,
    Session,
    SharedContact,
    Stamp,
    Turn,
    Words,
)

COMMANDS = {
    "kembali": "back",
    "back": "back",
    "ulangi": "repeat",
    "repeat": "repeat",
    "ubah": "change",
    "change": "change",
    "batal": "cancel",
    "cancel": "cancel",
    "bantuan": "help",
    "help": "help",
    "nanti": "later",
    "later": "later",
}


@dataclass(frozen=True)
class Parked(Outcome):
    """The person stops here for now; the answers are kept. `cancelled` if it was `batal`."""

    cancelled: bool


def respond(run: Run, session: Session, event: Event, stamp: Stamp) -> Turn:
    """Apply `event` to `session` as it stands at `run`."""
    asked = overlay(session.overlay, run.path) if session.overlay else run.question
    match event:
        case Looked():
            return Turn(session)
        case Resumed():
            return Turn(replace(session, overlay="", parked=False, cancelled=False))
        case SentOther(kind):
            return Turn(session, note=Words(f"sent.{kind}"))
        case SentPhoto(file_id):
            return _photographed(session, asked, file_id, stamp)
        case Chose() as press:
            return _pressed(run, session, asked, press, stamp)
        case SharedContact() as contact:
            return _shared(session, asked, contact, stamp)
        case Answered() as answer:
            return _typed(run, session, asked, answer, stamp)


def _pressed(
    run: Run, session: Session, asked: Question | None, press: Chose, stamp: Stamp
) -> Turn:
    name = asked.name if asked else "outcome"
    nonce = (asked.nonce if asked else "") or str(session.turn)
    if (press.question, press.nonce) != (name, nonce):
        return Turn(session, note=Words("turn.stale"))
    if not _offers(asked, press.option):
        return Turn(session, note=Words("turn.stale"))
    return _chosen(run, session, asked, press.option, stamp)


def _offers(asked: Question | None, option: str) -> bool:
    """Whether the open question has this button; the ways out stand under every question."""
    if option.startswith("."):
        return True
    return asked is not None and any(option == offered.key for offered in asked.options)


def _chosen(run: Run, session: Session, asked: Question | None, option: str, stamp: Stamp) -> Turn:
    if option.startswith("."):
        return _command(run, session, option[1:], asked)
    if asked is None:
        return Turn(session, note=Words("turn.stale"))
    if session.overlay:
        return _overlay_chosen(session, option)
    if option.startswith("~"):
        return Turn(replace(session, editing=option[1:], offered=()))
    if option.startswith("+"):
        return Turn(_ticked(session, asked, option[1:], stamp))
    return Turn(_answered(session, asked, option, stamp))


def _ticked(session: Session, asked: Question, name: str, stamp: Stamp) -> Session:
    """Tick a question, or take the tick away: that was no answer yet, so nothing of it is kept."""
    others = {key: given for key, given in session.answers.items() if key != name}
    if name in session.answers:
        return replace(session, answers=others)
    return replace(session, answers={**others, name: _given("yes", asked, stamp)})


def _typed(
    run: Run, session: Session, asked: Question | None, answer: Answered, stamp: Stamp
) -> Turn:
    command = COMMANDS.get(answer.text.strip().casefold().lstrip("/"))
    if command:
        return _command(run, session, command, asked)
    if answer.text.startswith("/"):
        return Turn(session, note=Words("turn.unknown_command"))
    if answer.option and _offers(asked, answer.option):
        return _chosen(run, session, asked, answer.option, stamp)
    if asked is None:
        return Turn(session)
    if asked.read is None:
        key = "turn.contact_only" if asked.contact else "turn.not_an_option"
        key = "turn.photo_only" if asked.photo else key
        return Turn(session, note=Words(key))
    try:
        value = asked.read(answer.text)
    except Invalid as invalid:
        offered = tuple((o.key, str(o.words.params.get("text", ""))) for o in invalid.offered)
        return Turn(replace(session, offered=offered), note=invalid.words)
    return Turn(_answered(session, asked, value, stamp))


def _shared(session: Session, asked: Question | None, contact: SharedContact, stamp: Stamp) -> Turn:
    if asked is None or not asked.contact:
        return Turn(session, note=Words("sent.contact"))
    if not contact.own:
        return Turn(session, note=Words("turn.contact_not_own"))
    try:
        phone = asked.read(contact.phone) if asked.read else contact.phone
    except Invalid as invalid:
        return Turn(session, note=invalid.words)
    return Turn(_answered(session, asked, proven(phone), stamp))


def _photographed(session: Session, asked: Question | None, file_id: str, stamp: Stamp) -> Turn:
    if asked is None or not asked.photo or session.overlay:
        return Turn(session, note=Words("sent.photo"))
    return Turn(_answered(session, asked, file_id, stamp))


def proven(phone: str) -> str:
    """The value kept for a number that Telegram itself vouched for: `+62... telegram`."""
    digits = "".join(character for character in phone if character.isdigit())
    return f"+{digits}{PROVEN}"


def _answered(session: Session, asked: Question, value: str, stamp: Stamp) -> Session:
    before = _without(session, asked.name)
    return replace(
        before,
        answers={**before.answers, asked.name: _given(value, asked, stamp)},  # the newest is last
        editing="",
        offered=(),
        parked=False,
        cancelled=False,
    )


def _given(value: str, asked: Question, stamp: Stamp) -> Given:
    return Given(value, asked.about, stamp.now.isoformat(), stamp.by, "", stamp.words, stamp.rules)


def _without(session: Session, name: str) -> Session:
    """The session less one answer, which moves to `replaced`: what was said is never lost."""
    old = session.answers.get(name)
    if old is None:
        return session
    answers = {key: given for key, given in session.answers.items() if key != name}
    return replace(session, answers=answers, replaced=(*session.replaced, (name, old)))


def _command(run: Run, session: Session, command: str, asked: Question | None) -> Turn:
    actions: dict[str, Callable[[], Turn]] = {
        "back": lambda: _back(run, session),
        "repeat": lambda: Turn(session),
        "change": lambda: _change(run, session),
        "cancel": lambda: Turn(replace(session, overlay="cancel")),
        "help": lambda: Turn(session, note=_help(asked), all_controls=True),
        "later": lambda: _park(session, cancelled=False),
    }
    action = actions.get(command)
    return action() if action else Turn(session, note=Words("turn.stale"))


def _help(asked: Question | None) -> Words:
    return Words(f"{stem(asked.name)}.help" if asked else "outcome.help")


def stem(name: str) -> str:
    """The name of a question without the number that a loop gave it: the key of its words."""
    return ".".join(part for part in name.split(".") if not part.isdigit())


def _park(session: Session, cancelled: bool) -> Turn:
    left = replace(session, overlay="", parked=True, cancelled=cancelled)
    return Turn(left, outcome=Parked(cancelled))


def _back(run: Run, session: Session) -> Turn:
    if session.overlay:
        return Turn(replace(session, overlay=""))
    if session.editing:
        return Turn(replace(session, editing="", offered=()))
    asked = [question.name for question in run.path if not question.optional]
    if not asked:
        return Turn(session, note=Words("turn.nothing_before"))
    return Turn(replace(_without(session, asked[-1]), offered=()))


def _change(run: Run, session: Session) -> Turn:
    if not run.path:
        return Turn(session, note=Words("turn.nothing_before"))
    return Turn(replace(session, overlay="change"))


def overlay(kind: str, path: tuple[Question, ...]) -> Question:
    """The engine's own question that lies over the open one."""
    if kind == "cancel":
        options = tuple(Option(key, Words(f"turn.cancel.{key}")) for key in ("yes", "no"))
        return Question("turn.cancel", Words("turn.cancel"), options, controls=False)
    options = tuple(Option(q.name, Words(f"{stem(q.name)}.label")) for q in path)
    return Question("turn.change", Words("turn.change"), options, columns=2)


def _overlay_chosen(session: Session, option: str) -> Turn:
    if session.overlay == "change":
        return Turn(replace(session, overlay="", editing=option, offered=()))
    if option == "yes":
        return _park(session, cancelled=True)
    return Turn(replace(session, overlay=""))
