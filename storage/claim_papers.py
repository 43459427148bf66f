"""The papers of a claim, as the family and the officers say they stand. Nothing here commits."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, select

from storage import audit, evidence
from storage.audit import Change
from storage.claims import Pen
from storage.evidence import Fact
from storage.models import Claim, ClaimPaper
from storage.sealing import Keyring

REASON = "claim_paper.reason"


@dataclass(frozen=True)
class Kept:
    """How one paper stands: `have`, `missing`, `accepted` or `returned` (and then why)."""

    state: str
    at: datetime
    reason: str = field(default="", repr=False)


def note(db: Session, pen: Pen, row: Claim, paper: str, said: tuple[str, str]) -> bool:
    """Note how a paper stands (`said` is the state and a reason or ""); False if it stood so."""
    state, reason = said
    kept = db.get(ClaimPaper, (row.id, paper))
    if kept is not None and kept.state == state and not reason:
        return False
    kept = kept or ClaimPaper(
        claim_id=row.id, paper=paper, state=state, changed_by=0, changed_at=pen.now
    )
    place = f"{row.id} {paper}"
    kept.state, kept.changed_by, kept.changed_at = state, pen.by.id, pen.now
    kept.reason_sealed = pen.keys.seal(REASON, place, reason) if reason else None
    db.add(kept)
    db.flush()
    change = Change("claim_paper", "claim", row.id, to_state=state, reason=paper)
    audit.record(db, pen.by, change, pen.now)
    if row.registration_id:
        fact = Fact("paper", paper, values={"claim": row.id, "state": state})
        evidence.append_if_begun(db, pen.keys, row.registration_id, fact, pen.by, pen.now)
    return True


def of_claim(db: Session, keys: Keyring, claim_id: str) -> dict[str, Kept]:
    """How the papers stand of which anything was said, by key."""
    rows = db.exec(select(ClaimPaper).where(ClaimPaper.claim_id == claim_id))
    return {row.paper: _opened(keys, row) for row in rows}


def _opened(keys: Keyring, row: ClaimPaper) -> Kept:
    place = f"{row.claim_id} {row.paper}"
    reason = keys.open(REASON, place, row.reason_sealed) if row.reason_sealed else ""
    return Kept(row.state, row.changed_at, reason)
