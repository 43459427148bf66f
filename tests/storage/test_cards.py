"""Cards on both databases: which lie at the village, and to whom each was handed over."""

from datetime import UTC, date, datetime

from sqlmodel import SQLModel

from bot.house import House
from rules.registration import State
from storage import cards, registrations
from storage.audit import Actor
from storage.cards import Handed
from storage.database import transaction
from storage.models import Member, Registration
from tests.people import MADE, WAYAN, Person, submission

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)
DAY = date(2026, 12, 1)
OFFICER = Actor(6_200_000_001, "village_officer")
VILLAGE, OTHER_VILLAGE = "51.71.03.2008", "51.71.03.2009"
FOR_FAMILY = Handed(DAY, "Ni Ketut Contoh")


def member(
    house: House, person: Person = WAYAN, village: str = VILLAGE, state: State = State.ACTIVE
) -> Registration:
    with transaction(house.engine) as db:
        row = registrations.submit(db, house.keys, submission(person, village=village), NOW)
        row.state = state
        sealed = house.keys.seal("member.kpj", row.id, person.nik[:11])
        values = {"kpj_hash": row.id.encode(), "kpj_sealed": sealed, "active_from": DAY}
        db.add(Member(registration_id=row.id, created_at=NOW, changed_at=NOW, **values))
        return row


def hand_over(house: House, row: Registration, handed: Handed = FOR_FAMILY) -> bool:
    with transaction(house.engine) as db:
        found = registrations.by_id(db, row.id)
        assert found is not None
        return cards.hand_over(db, house.keys, found, handed, OFFICER, NOW)


def given(house: House, row: Registration) -> Handed | None:
    with transaction(house.engine) as db:
        return cards.given(house.keys, db.get_one(Member, row.id))


def left(house: House, *villages: str, most: int = 9) -> list[str]:
    with transaction(house.engine) as db:
        return [one.name for one in cards.still_at_village(db, house.keys, villages, most)]


def counted(house: House, area: str) -> tuple[int, int]:
    with transaction(house.engine) as db:
        return cards.counts(db, area)


def test_a_card_handed_over_is_on_record_with_day_and_receiver(house: House) -> None:
    row = member(house)
    assert given(house, row) is None
    assert hand_over(house, row)
    assert given(house, row) == FOR_FAMILY
    with transaction(house.engine) as db:
        assert db.get_one(Registration, row.id).version == row.version + 1


def test_who_received_a_card_lies_open_in_no_table(house: House) -> None:
    hand_over(house, member(house))
    with transaction(house.engine) as db:
        for table in SQLModel.metadata.sorted_tables:
            assert FOR_FAMILY.to not in str(db.execute(table.select()).all()), table.name


def test_what_was_wrong_about_a_card_can_be_written_down_anew(house: House) -> None:
    row = member(house)
    hand_over(house, row)
    assert hand_over(house, row, Handed(DAY, "self"))
    assert given(house, row) == Handed(DAY, "self")


def test_who_is_no_member_has_no_card_to_hand_over(house: House) -> None:
    with transaction(house.engine) as db:
        row = registrations.submit(db, house.keys, submission(), NOW)
    assert not hand_over(house, row)


def test_the_cards_at_a_village_are_those_of_its_members_who_have_none(house: House) -> None:
    row = member(house)
    member(house, MADE)
    member(house, Person("5171031206850003", "Komang"), OTHER_VILLAGE)
    member(house, Person("5171031206850004", "Putu"), state=State.ENDED)
    assert sorted(left(house, VILLAGE)) == [WAYAN.name, MADE.name]
    assert len(left(house, VILLAGE, OTHER_VILLAGE)) == 3
    assert len(left(house, VILLAGE, most=1)) == 1
    hand_over(house, row)
    assert left(house, VILLAGE) == [MADE.name]


def test_cards_are_counted_by_village_and_by_regency(house: House) -> None:
    row = member(house)
    member(house, MADE)
    member(house, Person("5171031206850003", "Komang"), OTHER_VILLAGE)
    hand_over(house, row)
    assert counted(house, VILLAGE) == (1, 1)
    assert counted(house, "51.71") == (1, 2)
    assert counted(house, "51.7") == (0, 0)
    assert counted(house, "61.07") == (0, 0)
