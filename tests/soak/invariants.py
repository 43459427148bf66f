"""What must hold whatever people do. Each function yields what does not, in words."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Engine, text
from sqlmodel import Session, col, func, select

from bot.doors import FORMS
from bot.house import House
from conversations.model import Session as Form
from rules import claims
from rules.permissions import Role, lies_in
from rules.registration import MOVES, SEATED_STATES, State
from rules.seats import counters
from storage import sessions, verification
from storage.models import (
    Answer,
    Audit,
    Claim,
    ClaimStep,
    Follower,
    Heir,
    Inbound,
    Outbound,
    Registration,
    Seat,
    SeatCounter,
    Staff,
    StoredSession,
)

# A seat is held while it is used, and while it is kept for an offer or until the village has
# looked again.
MAY_HOLD = SEATED_STATES | {State.OFFERED, State.PENDING, State.RETURNED, State.REJECTED}
A_WHILE = timedelta(hours=1)


@dataclass
class Look:
    """Where it is looked: a database read aside, and how far it was looked at before."""

    house: House
    reading: Engine
    audited: int = 0
    since: datetime | None = None
    states: dict[str, str] = field(default_factory=dict)


Invariant = Callable[[Look, Session], Iterator[str]]


def nothing_is_dead(_look: Look, db: Session) -> Iterator[str]:
    """Every update was served."""
    for id in db.exec(select(Inbound.update_id).where(Inbound.state == "dead")):
        yield f"update {id} is a dead letter"


def only_allowed_moves(look: Look, db: Session) -> Iterator[str]:
    """Sign-ups go from state to state as the table has it, and the record is whole."""
    query = select(Audit).where(col(Audit.id) > look.audited, Audit.object_type == "registration")
    for row in db.exec(query.order_by(col(Audit.id))):
        look.audited = row.id or 0
        if not row.to_state:
            continue
        was = look.states.get(row.object_id, "")
        look.states[row.object_id] = row.to_state
        if was != row.from_state:
            yield f"{row.object_id}: {row.action} from {row.from_state}, but it was {was}"
        if was and was != row.to_state and State(row.to_state) not in MOVES[State(was)]:
            yield f"{row.object_id}: {row.action} took it from {was} to {row.to_state}"
        if not was and row.to_state != State.PENDING:
            yield f"{row.object_id}: it began as {row.to_state}"


def states_are_on_record(look: Look, db: Session) -> Iterator[str]:
    """A sign-up is in the state in which the record left it."""
    changed = select(Registration.id, Registration.state)
    if look.since is not None:
        changed = changed.where(col(Registration.changed_at) >= look.since)
    for id, state in db.exec(changed):
        if look.states.get(id) != state:
            yield f"{id} is {state}; on record it is {look.states.get(id)}"


def claims_move_as_they_may(look: Look, db: Session) -> Iterator[str]:
    """Claims go from state to state as the table of their kind has it."""
    query = select(ClaimStep.claim_id, ClaimStep.from_state, ClaimStep.to_state)
    if look.since is not None:
        query = query.where(col(ClaimStep.at) >= look.since)
    for id, was, to in db.exec(query):
        allowed = set().union(*(moves.get(was, ()) for moves in claims.MOVES.values()))
        if was and was != to and to not in allowed | {claims.State.DEAD, claims.State.VERIFIED}:
            yield f"claim {id} went from {was} to {to}"


def seats_add_up(look: Look, db: Session) -> Iterator[str]:
    """Seats used are seats held, and never more than there are."""
    held = db.exec(select(Registration, Seat).join(Seat)).all()
    used = Counter(
        counter.key
        for row, seat in held
        for counter in counters(
            look.house.programmes[row.programme], row.village, row.group_key, seat.stage
        )
    )
    caps = {
        counter.key: counter.cap
        for row, seat in held
        for counter in counters(
            look.house.programmes[row.programme], row.village, row.group_key, seat.stage
        )
    }
    for kept in db.exec(select(SeatCounter)):
        if kept.used != used[kept.key]:
            yield f"{kept.key}: {kept.used} seats are counted, {used[kept.key]} are held"
    for key, cap in caps.items():
        if cap is not None and used[key] > cap:
            yield f"{key}: {used[key]} seats of {cap} are held"
    for row, _ in held:
        if row.state not in MAY_HOLD:
            yield f"{row.id} is {row.state} and holds a seat"


def who_is_seated_has_a_seat(_look: Look, db: Session) -> Iterator[str]:
    """Nobody is confirmed without a seat of the own."""
    joined = select(Registration.id).join(Seat, isouter=True)
    seated = col(Registration.state).in_(SEATED_STATES)
    for id in db.exec(joined.where(seated, col(Seat.registration_id).is_(None))):
        yield f"{id} is confirmed without a seat"
    query = select(Registration.programme, Registration.nik_hash).where(seated)
    of_one = query.group_by(col(Registration.programme), col(Registration.nik_hash))
    for programme, _ in db.exec(of_one.having(func.count() > 1)):
        yield f"{programme}: a person is confirmed twice"


def one_answer_to_a_question(look: Look, db: Session) -> Iterator[str]:
    """A question of a sign-up has one present answer."""
    query = select(Answer.registration_id, Answer.question).where(col(Answer.replaced_at).is_(None))
    if look.since is not None:
        changed = col(Registration.changed_at) >= look.since
        query = query.join(Registration).where(changed)
    twice = query.group_by(col(Answer.registration_id), col(Answer.question))
    for id, question in db.exec(twice.having(func.count() > 1)):
        yield f"{id}: {question} has two answers"


COMING = ("new", "taken", "sending")  # states of a notice that is not settled


def what_is_due_was_sent(look: Look, db: Session) -> Iterator[str]:
    """What the bot says unasked comes to an end."""
    late = col(Outbound.due_at) < look.house.clock() - A_WHILE
    for id, kind in db.exec(
        select(Outbound.id, Outbound.kind).where(col(Outbound.state).in_(COMING), late)
    ):
        yield f"the notice {id} ({kind}) was never settled"
    known = col(Outbound.state).in_((*COMING, "sent", "unsure", "failed", "cancelled"))
    for state in db.exec(select(Outbound.state).where(~known).distinct()):
        yield f"a notice is {state}"


def evidence_holds(look: Look, db: Session) -> Iterator[str]:
    """What was decided is frozen, and the chain is whole."""
    for problem in verification.verify_all(db, look.house.keys):
        yield f"evidence of {problem.registration_id}: {problem.what} {problem.subject}"


def new_evidence_holds(look: Look, db: Session) -> Iterator[str]:
    """The same of what changed lately."""
    query = select(Registration.id).where(col(Registration.state).in_(verification.KEPT))
    if look.since is not None:
        query = query.where(col(Registration.changed_at) >= look.since)
    for checked in verification.check(db, look.house.keys, list(db.exec(query))[:200]):
        for problem in checked.problems:
            yield f"evidence of {problem.registration_id}: {problem.what} {problem.subject}"


def sessions_open(look: Look, db: Session) -> Iterator[str]:
    """Every form that somebody left can be gone on with."""
    query = select(StoredSession.person_id, StoredSession.slot)
    if look.since is not None:
        query = query.where(col(StoredSession.updated_at) >= look.since)
    for person, slot in db.exec(query.order_by(col(StoredSession.updated_at).desc()).limit(200)):
        if sessions.load(db, look.house.keys, person, slot) is None:
            yield f"the form {slot} of {person} cannot be opened"


Forms = dict[tuple[int, str], Form]


def forms_of(look: Look, people: set[int]) -> Forms:
    """The forms that these people have filled in so far."""
    with Session(look.reading) as db:
        query = select(StoredSession.person_id, StoredSession.slot)
        found = db.exec(query.where(col(StoredSession.person_id).in_(people))).all()
        kept = {key: sessions.load(db, look.house.keys, *key) for key in found}
    return {key: form for key, form in kept.items() if form and form.conversation in FORMS}


def lost(before: Forms, after: Forms) -> Iterator[str]:
    """What was answered and is not kept any more, though its owner only went back once."""
    for key, was in before.items():
        now = after.get(key)
        if now is None or now.about != was.about:
            continue
        kept = {(name, given.value) for name, given in (*now.answers.items(), *now.replaced)}
        gone = [name for name, given in was.answers.items() if (name, given.value) not in kept]
        if gone or len(now.answers) < len(was.answers) - 1:
            yield f"{key}: of {list(was.answers)} {gone} was lost, {list(now.answers)} is left"


OFTEN: tuple[Invariant, ...] = (
    *(nothing_is_dead, only_allowed_moves, states_are_on_record, claims_move_as_they_may),
    *(seats_add_up, who_is_seated_has_a_seat, one_answer_to_a_question, what_is_due_was_sent),
    *(new_evidence_holds, sessions_open),
)
AT_THE_END: tuple[Invariant, ...] = (*OFTEN, evidence_holds)


def broken(look: Look, invariants: tuple[Invariant, ...], now: datetime) -> list[str]:
    """What does not hold, by the name of the invariant."""
    with Session(look.reading) as db:
        found = [
            f"{one.__name__}: {what}" for one in invariants for what in list(one(look, db))[:5]
        ]
    look.since = now
    return found


def may_read(look: Look, reader: int, authors: set[int], ended_after: datetime) -> bool:
    """Whether somebody may read what these accounts told: an office of the place, or the family.

    An office that ended within the present moment counts still.
    """
    with Session(look.reading) as db:
        held = select(Staff).where(Staff.person_id == reader)
        ended = col(Staff.ended_at)
        offices = db.exec(held.where(ended.is_(None) | (ended >= ended_after))).all()
        typed = select(Registration.village).where(col(Registration.person_id).in_(authors))
        told = select(Claim.village).join(Registration, isouter=True)
        noted = select(Heir.claim_id).where(col(Heir.noted_by).in_(authors))
        about = col(Claim.reported_by).in_(authors) | col(Registration.person_id).in_(authors)
        claimed = set(db.exec(told.where(about | col(Claim.id).in_(noted))))
        where = {
            Role.VILLAGE_OFFICER: {*db.exec(typed), *claimed},
            Role.REGENCY_OFFICER: claimed,
        }
        for office in offices:
            if any(lies_in(one, office.area) for one in where.get(Role(office.role), ())):
                return True
        return _follows(db, reader, authors)


def _follows(db: Session, reader: int, authors: set[int]) -> bool:
    """Whether the reader follows a claim about a sign-up, or of news, of these accounts."""
    followed = select(Claim.reported_by, Registration.person_id).join(
        Follower, col(Follower.claim_id) == Claim.id
    )
    followed = followed.join(Registration, isouter=True).where(Follower.person_id == reader)
    return any(authors & {teller, signed} for teller, signed in db.exec(followed))


FINGERPRINT = {
    "turns": "SELECT coalesce(sum(turn), 0) FROM person",
    "sign-ups": "SELECT count(*) || '/' || coalesce(sum(version), 0) FROM registration",
    "claims": "SELECT count(*) || '/' || coalesce(sum(version), 0) FROM claim",
    "answers": "SELECT count(*) FROM answer",
    "record": "SELECT max(id) FROM audit",
    "forms": "SELECT count(*) || '/' || max(updated_at) FROM session",
    "updates": "SELECT count(*) FROM inbox",
    "seats": "SELECT coalesce(sum(used), 0) FROM seat_counter",
    "evidence": "SELECT count(*) FROM evidence",
}


def fingerprint(reading: Engine) -> dict[str, object]:
    """By what it is seen that nothing was changed."""
    with reading.connect() as connection:
        return {
            name: connection.execute(text(query)).scalar() for name, query in FINGERPRINT.items()
        }
