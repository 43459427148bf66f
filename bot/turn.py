"""One turn: one update, one transaction. Nothing in here touches the network or commits."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session as Database

from bot import (
    asking,
    cases,
    claim_family,
    decisions,
    desk,
    doors,
    farewell,
    lookups,
    openings,
    outcomes,
    replies,
    understanding,
)
from bot.doors import Door
from bot.here import Here
from bot.house import House
from bot.replies import Call
from bot.updates import Blocked, Incoming, InGroup, Started
from bot.walks import Walked
from conversations.contents import CONVERSATIONS
from conversations.engine import step, walk
from conversations.model import (
    Answered,
    Chose,
    Event,
    Looked,
    Resumed,
    SentPhoto,
    Session,
    SharedContact,
    Stamp,
    Turn,
    Words,
)
from rules import nik
from storage import outbox, people, sessions

MOST_DOORS = 4
# Conversations whose open question is asked again after a question in between was answered; the
# others are pages, whose buttons go on standing above.
ASK_AGAIN = frozenset(
    {
        *("enrolment", "details", "calculation", "invitation", "member", "own_card", "minutes"),
        *("death", "accident"),
    }
)


def take(house: House, db: Database, incoming: Incoming, now: datetime) -> list[Call]:
    """Serve one update of one person; the calls to send when all of it is committed."""
    match incoming.what:
        case InGroup(chat_id):
            return _leave_group(house, chat_id)
        case Blocked(is_blocked):
            people.locked(db, incoming.person_id, now)
            people.mark_unreachable(db, incoming.person_id, now if is_blocked else None)
            return []
        case what:
            person = people.locked(db, incoming.person_id, now)
            person.unreachable_since = None  # whoever writes can be reached again
            here = Here(house, db, person, incoming, now)
            forget_typed_nik(house, db, incoming, now)
            return _leaving_the_desk(here, what)


def _leaving_the_desk(here: Here, what: Event | Started) -> list[Call]:
    """Serve an update; an officer who is not at the desk afterwards holds no card any more."""
    was_there = here.person.slot == "desk"
    calls = _serve(here, what)
    if was_there and here.person.slot != "desk":
        desk.let_go(here)
    return calls


def _leave_group(house: House, chat_id: int) -> list[Call]:
    page = replies.Page(house.texts, chat_id, "id")
    return [page.message(Words("group.leave")), {"method": "leaveChat", "chat_id": chat_id}]


def forget_typed_nik(house: House, db: Database, incoming: Incoming, now: datetime) -> None:
    """A message that holds a NIK is taken out of the chat, whatever it was sent for."""
    if incoming.message_id and nik.contains_nik(incoming.text):
        call: Call = {
            "method": "deleteMessage",
            "chat_id": incoming.person_id,
            "message_id": incoming.message_id,
        }
        outbox.queue(db, house.keys, call, "forget_nik", now, outbox.REPLY)


def _serve(here: Here, what: Event | Started) -> list[Call]:
    door = doors.of(here, what)
    if door is not None and door.kind == "topic":
        return _enter(here, door) + _asked_again(here)
    if door is not None:
        return _enter(here, door)
    if isinstance(what, Started):
        what = Looked()
    session = _session(here, what)
    if session is None:
        return [_outside(here, what)]
    return _advance(here, session, what)


def _session(here: Here, what: Event) -> Session | None:
    """The conversation that the person is in, or the desk whose button was pressed."""
    present = doors.present(here)
    if isinstance(what, Chose) and (page := claim_family.reopened(here, present, what)):
        return page
    if not isinstance(what, Chose) or not what.question.startswith("desk.") or not here.offices:
        return present
    if card := cases.reopened(here, present, what):
        return card
    if here.person.slot == "desk":
        return present
    # The desk is as it was left: its buttons are good whatever was looked at since.
    return _back_at_the_desk(here)


def _back_at_the_desk(here: Here) -> Session:
    fresh = doors.desk(here)
    return sessions.load(here.db, here.house.keys, here.person.id, here.person.slot) or fresh


def _outside(here: Here, what: Event | Started) -> Call:
    """What is said to somebody who is in no conversation."""
    if isinstance(what, Chose):
        if farewell.is_of_an_ended_office(here, what):
            here.refused("desk")
        return doors.home(here, Words("turn.stale"))
    guess = asking.question_in(here, None, what) if isinstance(what, Answered) else None
    if guess is None:
        return doors.home(here, Words("home.hello"))
    return asking.reply(here, guess, here.incoming.text)


def _asked_again(here: Here) -> list[Call]:
    """The open question of a form once more, after something was told in between."""
    session = doors.present(here)
    if session is None:
        return []
    now = _Talk(here, replace(session, turn=here.person.turn)).after(Looked())
    return _reminder(here, now)


def _reminder(here: Here, now: Turn) -> list[Call]:
    if now.question is None or now.session.conversation not in ASK_AGAIN:
        return []
    return [{**replies.question(here.page, now), replies.ASKS: False}]


def _enter(here: Here, door: Door) -> list[Call]:
    calls: list[Call] = []
    for _ in range(MOST_DOORS):
        opened = openings.enter(here, door)
        if isinstance(opened, list):
            return calls + opened
        session, event = opened
        more, next_door = _turn(here, session, event, door.note)
        calls += more
        if next_door is None:
            return calls
        door = next_door
    return calls


def _advance(here: Here, session: Session, event: Event) -> list[Call]:
    calls, door = _turn(here, session, event)
    return calls + (_enter(here, door) if door else [])


def _turn(
    here: Here, session: Session, event: Event, said: Words | None = None
) -> tuple[list[Call], Door | None]:
    arrived = isinstance(event, Looked | Resumed)
    # Coming through a door counts as a turn: no button of another person's form may fit this one.
    session = replace(session, turn=here.person.turn + arrived)
    talk = _Talk(here, session)
    before = talk.after(Looked())
    event, note = _as_answer(here, before, event)
    if guess := asking.question_in(here, before, event):
        return [asking.reply(here, guess, here.incoming.text), *_reminder(here, before)], None
    turn = talk.after(event)
    note = said or note or decisions.why_stale(here, event, turn)
    if note:
        turn = replace(turn, note=note)
    turn = replace(turn, session=_with_question_asked(here, before, turn))
    here.person.turn = turn.session.turn
    if turn.outcome is not None:
        done = outcomes.do(here, turn)
        return done.calls, done.door
    talk.keep(turn)
    if _is_in_place(here, before, turn, event):
        asked = replies.question(here.page, turn)
        return [replies.in_place(asked, here.incoming.press_message_id)], None
    asks = arrived or _name(before) != _name(turn)
    return [{**replies.question(here.page, turn), replies.ASKS: asks}], None


def _is_in_place(here: Here, before: Turn, turn: Turn, event: Event) -> bool:
    """Whether the message that was pressed is rewritten, instead of a new one sent."""
    pressed = isinstance(event, Chose) and here.incoming.press_message_id and not turn.note
    stays = turn.question is not None and turn.question.in_place and _name(before) == _name(turn)
    return bool(pressed) and stays


def _name(turn: Turn) -> str:
    return turn.question.name if turn.question else ""


class _Outside:
    """What a conversation learns of the outside: looked up when it asks, once in a turn."""

    def __init__(self, here: Here) -> None:
        self._here = here
        self.facts: dict[tuple[str, str], object] = {}

    def __call__(self, kind: str, key: str = "") -> object:
        """The fact of a kind with a key."""
        if (kind, key) not in self.facts:
            self.facts[kind, key] = lookups.find(self._here, kind, key)
        return self.facts[kind, key]


class _Talk:
    """A conversation as it stands in this turn, which takes events without changing anything."""

    def __init__(self, here: Here, session: Session) -> None:
        words = here.house.texts.version
        self._here = here
        self._stamp = Stamp(here.now, here.today, here.person.id, words, here.house.rules)
        self._conversation = CONVERSATIONS[session.conversation]
        self._session = session
        self._known = _Outside(here)
        kept = here.house.walks.find(here.person.id, session, here.today, self._known)
        self._run = kept or walk(self._conversation, session, self._known, self._stamp)

    def after(self, event: Event) -> Turn:
        """What an event leads to."""
        where = (self._conversation, self._session)
        turn = step(*where, event, self._known, self._stamp, self._run)
        assert isinstance(turn, Turn)  # noqa: S101 (`_Outside` knows everything)
        return turn

    def keep(self, turn: Turn) -> None:
        """Keep how the conversation stands after a turn, for the next."""
        self._here.keep(turn)
        if turn.run:
            walked = Walked(turn.session, self._stamp.today, self._known.facts, turn.run)
            self._here.house.walks.keep(self._here.person.id, walked)


def _as_answer(here: Here, before: Turn, event: Event) -> tuple[Event, Words | None]:
    """Typed words that repeat a button press it; what was sent before the question is no answer."""
    if not isinstance(event, Answered | SharedContact | SentPhoto):
        return event, None
    early = here.incoming.message_id < here.person.asked_message
    if here.incoming.message_id and early:
        return Looked(), Words("turn.too_early")
    if not isinstance(event, Answered):
        return event, None
    if asking.greets(here, before.question, event.text):
        return Looked(), Words("turn.hello")
    return _pressed_by_words(here, before, event), None


def _pressed_by_words(here: Here, before: Turn, event: Answered) -> Answered:
    texts, language = here.house.texts, here.person.language
    typed = understanding.plain(event.text)
    for command in ("back", "help", "repeat", "change", "later", "cancel"):
        if typed == understanding.label(texts, f"control.{command}", language):
            return replace(event, option=f".{command}")
    if before.question is None:
        return event
    return replace(
        event, option=understanding.option_of(texts, before.question, event.text, language)
    )


def _with_question_asked(here: Here, before: Turn, after: Turn) -> Session:
    """Keep with a new answer the question as the person read it."""
    asked = before.question
    if asked is None or asked.name not in after.session.answers:
        return after.session
    given = after.session.answers[asked.name]
    if given.asked or given.at != here.now.isoformat():
        return after.session
    words = here.house.texts.plain(asked.words, here.person.language)
    answers = {**after.session.answers, asked.name: replace(given, asked=words)}
    return replace(after.session, answers=answers)
