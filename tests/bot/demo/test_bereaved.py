"""The family of the demo: its claim stands, and the code on paper opens it for its heir alone."""

from datetime import datetime

from sqlmodel import Session

from bot import file_pdf
from bot.demo import bereaved
from bot.demo.bereaved import Scene
from bot.house import House
from rules.claims import State
from storage import claim_codes, claims, followers, registrations
from storage.audit import Actor
from storage.claims import Pen
from storage.database import transaction
from tests.conftest import TEGAL_HARUM

PHONE, HELPER, HEIR = "+6281200000005", 6_100_000_004, 6_100_000_006


def mourned(house: House, db: Session, now: datetime) -> str:
    return bereaved.mourn(Scene(house, db, TEGAL_HARUM, now), PHONE, HELPER)


def test_the_code_opens_the_claim_for_the_heirs_number_alone(house: House) -> None:
    now = house.clock()
    with transaction(house.engine) as db:
        code = claim_codes.read(mourned(house, db, now))
        pen = Pen(house.keys, Actor(HEIR, "heir"), now)
        assert claim_codes.enter(db, pen, code, "+6281200000001").claim is None
        claim = claim_codes.enter(db, pen, code, PHONE).claim
        assert claim is not None
        assert claim.state == State.VERIFIED
        assert claim.due_at is not None
        assert claim.due_at > now
        assert followers.follows(db, HEIR, claim.id)


def test_the_proof_of_the_member_can_be_made(house: House) -> None:
    with transaction(house.engine) as db:
        mourned(house, db, house.clock())
        (claim,) = claims.of_areas(db, [TEGAL_HARUM], 9)
        row = registrations.by_id(db, claim.registration_id or "")
        assert row is not None
        assert file_pdf.made(house, db, row)[1].startswith(b"%PDF-")
