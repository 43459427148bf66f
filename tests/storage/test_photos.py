"""Photos of papers as they are kept: wanted, taken up once, kept or refused, and who sees them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session

from bot.house import House
from rules.permissions import Role
from storage import followers, photos
from storage.database import transaction
from storage.followers import Bound
from storage.models import Claim, ClaimPhoto
from storage.photos import TooMany
from storage.sealing import SealError
from tests.claims import hold_office, pen, reported
from tests.steps import all_of, audited

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)
FAMILY, OTHER_FAMILY, OFFICER = 6_300_000_001, 6_300_000_002, 6_300_000_003
SECOND_HEIR = 6_300_000_004
SECOND = timedelta(seconds=1)
JPEG = b"\xff\xd8\xff a picture"


@pytest.fixture
def claim(house: House) -> Claim:
    with transaction(house.engine) as db:
        return reported(house, db, FAMILY)


def want(
    house: House, db: Session, claim: Claim, paper: str = "ktp", at: datetime = NOW
) -> ClaimPhoto:
    """One more photo of a paper."""
    row = photos.want(db, pen(house, FAMILY, at), claim, paper, f"AgAC-{paper}-{at}")
    assert isinstance(row, ClaimPhoto)
    return row


def kept(house: House, claim: Claim, at: datetime = NOW, paper: str = "ktp") -> ClaimPhoto:
    """A photo that was fetched and kept."""
    with transaction(house.engine) as db:
        row = want(house, db, claim, paper, at)
        assert photos.keep(db, house.keys, row.id, JPEG + str(at).encode(), at)
        return db.get_one(ClaimPhoto, row.id, populate_existing=True)


def test_a_wanted_photo_is_taken_up_kept_and_opened(house: House, claim: Claim) -> None:
    with transaction(house.engine) as db:
        asked = want(house, db, claim)
    with transaction(house.engine) as db:
        row = photos.take(db, NOW)
        assert row is not None
        assert (row.id, row.attempts, row.state) == (asked.id, 1, "wanted")
        assert photos.file_id(house.keys, row) == f"AgAC-ktp-{NOW}"
        assert photos.newest(db, claim.id, "ktp") is None
        assert photos.keep(db, house.keys, row.id, JPEG, NOW)
    with transaction(house.engine) as db:
        assert photos.take(db, NOW + timedelta(days=1)) is None
        newest = photos.newest(db, claim.id, "ktp")
        assert newest is not None
        assert photos.content(house.keys, newest) == JPEG
    assert [row.reason for row in audited(house, "photo_sent")] == ["ktp"]
    assert [(row.reason, row.role) for row in audited(house, "photo_kept")] == [("ktp", "bot")]


def test_neither_the_picture_nor_its_file_id_lies_open_in_the_database(
    house: House, claim: Claim
) -> None:
    row = kept(house, claim)
    with house.engine.connect() as connection:
        lying = connection.execute(text("SELECT * FROM claim_photo")).one()
    for value in map(bytes, filter(lambda value: isinstance(value, bytes), lying)):
        assert JPEG not in value
        assert b"AgAC" not in value
    moved = ClaimPhoto(**{**row.model_dump(), "id": "another"})
    with pytest.raises(SealError):
        photos.content(house.keys, moved)
    with pytest.raises(SealError):
        photos.file_id(house.keys, moved)


def test_of_several_photos_of_a_paper_the_newest_counts(house: House, claim: Claim) -> None:
    first, second = kept(house, claim), kept(house, claim, NOW + SECOND)
    with transaction(house.engine) as db:
        want(house, db, claim, at=NOW + 2 * SECOND)
        refused = want(house, db, claim, at=NOW + 3 * SECOND)
        assert photos.refuse(db, refused.id, "unreadable", NOW)
        newest = photos.newest(db, claim.id, "ktp")
        assert newest is not None
        assert newest.id == second.id
        assert photos.per_paper(db, claim.id) == {"ktp": 3}
        assert db.get_one(ClaimPhoto, first.id).state == "kept"


def test_a_paper_has_at_most_four_photos_and_those_refused_do_not_count(
    house: House, claim: Claim
) -> None:
    with transaction(house.engine) as db:
        rows = [want(house, db, claim) for _ in range(photos.MOST_OF_PAPER)]
        full = photos.want(db, pen(house, FAMILY), claim, "ktp", "AgAC")
        assert isinstance(full, TooMany)
        assert "4 foto untuk surat ini" in house.texts.plain(full.words)
        want(house, db, claim, "kk")
        photos.refuse(db, rows[0].id, "animated", NOW)
        want(house, db, claim)
    assert len(all_of(house, ClaimPhoto)) == 6


def test_a_claim_has_at_most_forty_photos_and_another_claim_its_own(
    house: House, claim: Claim
) -> None:
    with transaction(house.engine) as db:
        for number in range(photos.MOST_OF_CLAIM):
            want(house, db, claim, f"paper{number // 4}")
        full = photos.want(db, pen(house, FAMILY), claim, "more", "AgAC")
        assert isinstance(full, TooMany)
        assert "40 foto untuk pengajuan ini" in house.texts.plain(full.words)
        want(house, db, reported(house, db, OTHER_FAMILY))


def test_of_many_that_are_sent_at_once_none_passes_the_last_place(
    house: House, claim: Claim
) -> None:
    def one(_: int) -> bool:
        with transaction(house.engine) as db:
            return isinstance(photos.want(db, pen(house, FAMILY), claim, "ktp", "x"), ClaimPhoto)

    with ThreadPoolExecutor(8) as many:
        assert sum(many.map(one, range(16))) == photos.MOST_OF_PAPER


def test_of_many_processes_one_takes_up_a_photo(house: House, claim: Claim) -> None:
    def one(_: int) -> ClaimPhoto | None:
        with transaction(house.engine) as db:
            return photos.take(db, NOW)

    with transaction(house.engine) as db:
        asked = want(house, db, claim)
    with ThreadPoolExecutor(4) as many:
        taken = [row.id for row in many.map(one, range(8)) if row]
    assert taken == [asked.id]


def test_a_photo_is_taken_up_again_when_the_lease_or_the_pause_is_over(
    house: House, claim: Claim
) -> None:
    with transaction(house.engine) as db:
        asked = want(house, db, claim)
        assert photos.take(db, NOW)
        assert photos.take(db, NOW + photos.LEASE - SECOND) is None
        later = NOW + photos.LEASE
        row = photos.take(db, later)
        assert row is not None
        assert row.attempts == 2
        photos.again(db, asked.id, later + timedelta(hours=1))
        assert photos.take(db, later + timedelta(minutes=59)) is None
        assert photos.take(db, later + timedelta(hours=1))


def test_photos_are_taken_up_in_the_order_in_which_they_came(house: House, claim: Claim) -> None:
    with transaction(house.engine) as db:
        later = want(house, db, claim, at=NOW)
        first = want(house, db, claim, at=NOW - SECOND)
        taken = [photos.take(db, NOW), photos.take(db, NOW), photos.take(db, NOW)]
    assert [row and row.id for row in taken] == [first.id, later.id, None]


Settled = Callable[[Session, House, str], bool]


@pytest.mark.parametrize(
    "again",
    [
        lambda db, house, id: photos.keep(db, house.keys, id, b"another", NOW),
        lambda db, house, id: photos.refuse(db, id, "unreadable", NOW),
    ],
    ids=["kept", "refused"],
)
def test_what_is_kept_is_settled_once(house: House, claim: Claim, again: Settled) -> None:
    row = kept(house, claim)
    with transaction(house.engine) as db:
        assert not again(db, house, row.id)
        assert (
            photos.content(house.keys, db.get_one(ClaimPhoto, row.id)) == JPEG + str(NOW).encode()
        )
    assert len(audited(house, "photo_kept")) == 1
    assert not audited(house, "photo_refused")


def test_a_refused_photo_has_no_content_and_says_why(house: House, claim: Claim) -> None:
    with transaction(house.engine) as db:
        id = want(house, db, claim).id
        assert photos.refuse(db, id, "too_large", NOW)
        assert not photos.keep(db, house.keys, id, JPEG, NOW)
        row = db.get_one(ClaimPhoto, id, populate_existing=True)
        assert (row.state, row.why) == ("refused", "too_large")
        with pytest.raises(ValueError, match="refused"):
            photos.content(house.keys, row)
    assert [row.reason for row in audited(house, "photo_refused")] == ["ktp too_large"]


VILLAGE, REGENCY = "51.71.03.2008", "51.71"


@pytest.mark.parametrize(
    ("area", "role", "sees"),
    [
        (VILLAGE, Role.VILLAGE_OFFICER, True),
        (REGENCY, Role.REGENCY_OFFICER, True),
        ("51.71.03.2009", Role.VILLAGE_OFFICER, False),
        ("51.03", Role.REGENCY_OFFICER, False),
        (VILLAGE, Role.HELPER, False),
        (REGENCY, Role.AUDITOR, False),
    ],
)
def test_a_photo_is_seen_by_who_handles_claims_of_its_village(
    house: House, claim: Claim, area: str, role: Role, sees: bool
) -> None:
    row = kept(house, claim)
    with transaction(house.engine) as db:
        office = hold_office(house, db, OFFICER, area, role)
        assert photos.may_see(db, OFFICER, row) is sees
        office.ended_at = NOW
        db.flush()
        assert not photos.may_see(db, OFFICER, row)


def test_a_photo_is_seen_by_all_who_follow_the_claim_and_by_no_other_family(
    house: House, claim: Claim
) -> None:
    row = kept(house, claim)
    with transaction(house.engine) as db:
        reported(house, db, OTHER_FAMILY)
        assert not photos.may_see(db, FAMILY, row)  # not bound, or no longer
        mine = pen(house, FAMILY, NOW)
        for person in (FAMILY, SECOND_HEIR):
            followers.follow(db, mine, claim, Bound(person, "code"))
            assert photos.may_see(db, person, row)
        assert not photos.may_see(db, OTHER_FAMILY, row)
        assert not photos.may_see(db, 0, row)
