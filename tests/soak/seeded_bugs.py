"""Bugs that the suite must find: each breaks our own code in one place.

This is the one place where our code is patched: a suite of random walks says nothing by being
green, unless it is known to turn red. Each bug is what somebody could really write.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlmodel import col, select, update

from bot import decisions, turn, updates
from bot.texts import Texts
from conversations import responses
from conversations.model import SentPhoto, Turn
from rules.nik import Nik
from rules.registration import State
from storage import inbox, outbox, proof, registrations, seats, sessions
from storage.models import Inbound, Registration
from storage.seats import CounterRow

Patch = pytest.MonkeyPatch


@dataclass(frozen=True)
class Bug:
    """What is broken, and by what the suite must say so."""

    name: str
    plant: Callable[[Patch], None]
    found: str
    seed: int = 1


def _seats_without_end(patch: Patch) -> None:
    """The condition of the UPDATE that counts a seat is forgotten."""

    def count_up(db: Any, counter: Any) -> bool:
        seats._ensure(db, counter.key)
        here = update(CounterRow).where(col(CounterRow.key) == counter.key)
        db.exec(here.values(used=col(CounterRow.used) + 1))
        return True

    patch.setattr(seats, "_count_up", count_up)


def _seat_not_counted(patch: Patch) -> None:
    patch.setattr(seats, "_count_up", lambda db, counter: True)


def _repeat_served_again(patch: Patch) -> None:
    """A known update is put back into the queue."""
    store = inbox.store

    def again(db: Any, keys: Any, batch: Any, now: Any) -> set[int]:
        received = list(batch)
        fresh = store(db, keys, received, now)
        known = {one.update_id for one in received if one.update_id not in fresh}
        here = update(Inbound).where(col(Inbound.update_id).in_(known))
        db.exec(here.values(state="new", sent_at=None))
        return fresh | known

    patch.setattr(inbox, "store", again)


def _late_press_counts(patch: Patch) -> None:
    """The turn of a button is not compared."""
    pressed = responses._pressed

    def without_nonce(run: Any, session: Any, asked: Any, press: Any, stamp: Any) -> Turn:
        name = asked.name if asked else "outcome"
        if press.question == name and responses._offers(asked, press.option):
            return responses._chosen(run, session, asked, press.option, stamp)
        return pressed(run, session, asked, press, stamp)

    patch.setattr(responses, "_pressed", without_nonce)


def _nik_in_full(patch: Patch) -> None:
    patch.setattr(Nik, "masked", property(lambda nik: nik.number))


def _around_a_turn(patch: Patch, around: Callable[[Any, Any, list[Any]], list[Any]]) -> None:
    take = turn.take

    def taken(house: Any, db: Any, incoming: Any, now: Any) -> list[Any]:
        return around(db, incoming, take(house, db, incoming, now))

    patch.setattr(turn, "take", taken)


def _no_reply_to_photos(patch: Patch) -> None:
    def swallow(_db: Any, incoming: Any, calls: list[Any]) -> list[Any]:
        return [] if isinstance(incoming.what, SentPhoto) else calls

    _around_a_turn(patch, swallow)


def _name_in_a_group(patch: Patch) -> None:
    leave = turn._leave_group

    def tell(house: Any, chat_id: int) -> list[Any]:
        calls = leave(house, chat_id)
        calls[0]["text"] += " (Ni Made Contoh)"
        return calls

    patch.setattr(turn, "_leave_group", tell)


def _name_in_the_log(patch: Patch) -> None:
    def log(_db: Any, incoming: Any, calls: list[Any]) -> list[Any]:
        logging.getLogger("bot.turn").warning("served %s", incoming.text)
        return calls

    _around_a_turn(patch, log)


def _back_forgets_all(patch: Patch) -> None:
    """Back drops every answer instead of the last, and keeps none of them on record."""
    back = responses._back

    def forget(run: Any, session: Any) -> Turn:
        done = back(run, session)
        if done.session.answers == session.answers:
            return done
        kept = {name: given for name, given in session.answers.items() if "village" in name}
        return Turn(responses.replace(session, answers=kept))

    patch.setattr(responses, "_back", forget)


def _back_keeps_nothing(patch: Patch) -> None:
    """What is taken back is not kept on record."""

    def without(session: Any, name: str) -> Any:
        answers = {key: given for key, given in session.answers.items() if key != name}
        return responses.replace(session, answers=answers)

    patch.setattr(responses, "_without", without)


def _move_outside_the_table(patch: Patch) -> None:
    """What is taken back is noted as refused by BPJS."""
    change_state = registrations.change_state

    def other(db: Any, row: Any, to: State, by: Any, now: Any, **values: Any) -> bool:
        to = State.REFUSED if to is State.WITHDRAWN else to
        return change_state(db, row, to, by, now, **values)

    patch.setattr(registrations, "move", lambda state, to: to)
    patch.setattr(registrations, "change_state", other)


def _status_of_anybody(patch: Patch) -> None:
    """Whose sign-ups they are, is not asked before they are shown."""

    def newest(db: Any, person_id: int, most: int = 30) -> list[Registration]:
        query = select(Registration).order_by(col(Registration.created_at).desc())
        return list(db.exec(query.limit(most)))

    patch.setattr(registrations, "of_person", newest)


def _rare_letter(patch: Patch) -> None:
    """A letter with a value that is no digit is taken for one."""
    clean = updates.clean

    def counted(text: str) -> str:
        for letter in text:
            if letter.isdigit():
                int(letter)  # fails for a superscript two
        return clean(text)

    patch.setattr(updates, "clean", counted)


def _notice_never_settled(patch: Patch) -> None:
    """What leaves the chat is done again and again."""
    finish = outbox.finish

    def forget(row: Any, state: str, now: Any) -> None:
        if row.kind == "forget_nik":
            outbox.give_back(row, now)
        else:
            finish(row, state, now)

    patch.setattr(outbox, "finish", forget)


def _nothing_is_frozen(patch: Patch) -> None:
    patch.setattr(decisions, "freeze", lambda here, row: None)


def _old_answer_stays(patch: Patch) -> None:
    patch.setattr(proof, "update", lambda table: update(table).where(col(table.id) == ""))


def _sealed_for_another(patch: Patch) -> None:
    """A form is stored as nobody can open it."""
    write = sessions.write

    def wrong(db: Any) -> None:
        for (_, slot), row in db.info.get(sessions.UNWRITTEN, {}).items():
            if slot.startswith("enrolment"):
                row["state_sealed"] = b"\x01" + row["state_sealed"][1:13] + b"x" * 40
        write(db)

    patch.setattr(sessions, "write", wrong)


def _html_not_escaped(patch: Patch) -> None:
    value = Texts._value

    def raw(self: Texts, one: object, language: str, escape: bool) -> str:
        return one if isinstance(one, str) else value(self, one, language, escape)

    patch.setattr(Texts, "_value", raw)


def _state_off_the_record(patch: Patch) -> None:
    """That a sign-up was sent back or declined is not put on record."""
    record = registrations.audit.record

    def silent(db: Any, actor: Any, change: Any, now: Any) -> None:
        if change.to_state not in (State.RETURNED, State.REJECTED):
            record(db, actor, change, now)

    patch.setattr(registrations.audit, "record", silent)


BUGS = (
    Bug("a seat too many", _seats_without_end, "seats_add_up", seed=2),
    Bug("a seat that is not counted", _seat_not_counted, "seats_add_up"),
    Bug("a repeated update is served again", _repeat_served_again, "delivered twice"),
    Bug("a press that counts no more is taken", _late_press_counts, "counts no more"),
    Bug("a NIK in a reply", _nik_in_full, "a number in full"),
    Bug("a photo is not answered", _no_reply_to_photos, "and was told"),
    Bug("a name in a group", _name_in_a_group, "a group was told"),
    Bug("a name in the log", _name_in_the_log, "the log holds"),
    Bug("back forgets all", _back_forgets_all, "was lost"),
    Bug("what is taken back is not kept", _back_keeps_nothing, "was lost"),
    Bug("a move outside of the table", _move_outside_the_table, "only_allowed_moves"),
    Bug("the status of anybody", _status_of_anybody, "was told of"),
    Bug("a letter that is no digit", _rare_letter, "the log has an error"),
    Bug("a notice that is never settled", _notice_never_settled, "are not served"),
    Bug("nothing is frozen", _nothing_is_frozen, "evidence"),
    Bug("an old answer stays", _old_answer_stays, "one_answer_to_a_question"),
    Bug("a form sealed for another", _sealed_for_another, "cannot be opened"),
    Bug("a value that is not escaped", _html_not_escaped, "is refused", seed=2),
    Bug("a decision off the record", _state_off_the_record, "on record"),
)
