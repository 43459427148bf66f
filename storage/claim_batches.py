"""Finds the claims of many people at once, by what the branch names them by. Nothing is changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, or_, select

from rules.claims import OPEN_STATES, Kind, State
from storage.claims import Step
from storage.models import Claim, ClaimStep, Member, Registration

# How a row names somebody: ("nik" or "kpj", its hash), or ("code", as it stands on the receipt).
Name = tuple[str, bytes | str]


@dataclass(frozen=True)
class SignUp:
    """One sign-up: whose, its code, and the card's hash, None of who is no member."""

    id: str
    code: str
    person: bytes
    card: bytes | None

    @property
    def names(self) -> tuple[Name, ...]:
        """All that a row may name it by."""
        card = (("kpj", self.card),) if self.card else ()
        return (("nik", self.person), ("code", self.code), *card)


@dataclass(frozen=True)
class Known:
    """One claim of a sign-up as it stands; its steps without their notes, oldest first."""

    id: str
    sign_up: SignUp
    kind: Kind
    state: State
    village: str
    happened_on: date
    steps: tuple[Step, ...]

    @property
    def is_open(self) -> bool:
        """Whether it still goes on."""
        return self.state in OPEN_STATES


def sign_ups(db: Session, names: Iterable[Name]) -> list[SignUp]:
    """All sign-ups of the people who have one of these names."""
    given: dict[str, list[bytes | str]] = {"nik": [], "kpj": [], "code": []}
    for kind, name in names:
        given[kind].append(name)
    holders = select(Member.registration_id).where(col(Member.kpj_hash).in_(given["kpj"]))
    named = or_(
        col(Registration.nik_hash).in_(given["nik"]),
        col(Registration.code).in_(given["code"]),
        col(Registration.id).in_(db.exec(holders).all()),
    )
    people = db.exec(select(Registration.nik_hash).where(named).distinct()).all()
    columns = (Registration.id, Registration.code, Registration.nik_hash, Member.kpj_hash)
    here = col(Registration.nik_hash).in_(people)
    query = select(*columns).join(Member, isouter=True).where(here).order_by(col(Registration.id))
    return [SignUp(*row) for row in db.exec(query)]


def of_sign_ups(db: Session, of: Iterable[SignUp]) -> list[Known]:
    """Their claims, those that go on first, then the newest."""
    by_id = {one.id: one for one in of}
    here = col(Claim.registration_id).in_(list(by_id))
    rows = db.exec(select(Claim).where(here).order_by(col(Claim.reported_at).desc(), col(Claim.id)))
    found = list(rows)
    steps = _steps(db, [row.id for row in found])
    known = [_known(row, by_id[row.registration_id or ""], steps.get(row.id, [])) for row in found]
    return sorted(known, key=lambda one: not one.is_open)


def _steps(db: Session, ids: list[str]) -> dict[str, list[Step]]:
    query = select(ClaimStep).where(col(ClaimStep.claim_id).in_(ids))
    found: dict[str, list[Step]] = {}
    for row in db.exec(query.order_by(col(ClaimStep.seq))):
        step = Step(row.from_state, State(row.to_state), row.happened_on, row.at, row.role)
        found.setdefault(row.claim_id, []).append(step)
    return found


def _known(row: Claim, sign_up: SignUp, steps: list[Step]) -> Known:
    kind, state = Kind(row.kind), State(row.state)
    return Known(row.id, sign_up, kind, state, row.village, row.happened_on, tuple(steps))
