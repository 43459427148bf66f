"""Sign-ups that BPJS refused: the seat goes to the next, who signed up and the village are told."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from bot import notices, places
from bot.house import House
from conversations.model import Words
from rules import areas
from rules.permissions import Action
from storage import members, outbox, registrations, staff
from storage.acceptances import Refusal
from storage.audit import Actor
from storage.models import Registration

MOST_NAMED = 10  # people in one message to an officer


def refuse(
    house: House, db: Session, answers: Mapping[str, Refusal], by: Actor, now: datetime
) -> dict[str, str]:
    """Take in the refusals of one village, by sign-up; each as `members.refuse` says.

    All in one transaction, so that the village's officers are told once, of all.
    """
    refused: list[Registration] = []
    done: dict[str, str] = {}
    for id, answer in sorted(answers.items()):
        row = registrations.by_id(db, id)
        assert row is not None  # noqa: S101 (sign-ups are never deleted)
        done[id] = members.refuse(db, house.keys, row, answer, by, now)
        if done[id] == "refused":
            refused.append(row)
            places.free(house, db, row, now, "refused")
            _tell(house, db, row, answer, now)
    if refused:
        _tell_village(house, db, refused, now)
    return done


def weigh(db: Session, answers: Mapping[str, Refusal]) -> dict[str, str]:
    """What `refuse` would come to; nothing is changed."""
    rows = {id: registrations.by_id(db, id) for id in sorted(answers)}
    return {id: members.weigh_refusal(db, row, answers[id]) for id, row in rows.items() if row}


def _tell(house: House, db: Session, row: Registration, answer: Refusal, now: datetime) -> None:
    names = {"name": registrations.name(house.keys, row), "code": row.code, "why": answer.reason}
    notices.decided(house, db, row, Words("notice.refused.to_worker", names), now)


def _tell_village(house: House, db: Session, rows: list[Registration], now: datetime) -> None:
    code = rows[0].village
    village = areas.village(code)
    named = [
        Words("notice.refused.one", {"name": registrations.name(house.keys, row), "code": row.code})
        for row in rows[:MOST_NAMED]
    ]
    values = {"refused": len(rows), "village": village.title if village else code}
    words = [Words("notice.refused.to_officer", {**values, "names": tuple(named)})]
    if len(rows) > MOST_NAMED:
        words.append(Words("notice.refused.more", {"more": len(rows) - MOST_NAMED}))
    holders = staff.holders(db, Action.DECIDE, code)
    for person_id in dict.fromkeys(office.person_id for office in holders):
        rank = outbox.STAFF
        notices.tell(house, db, person_id, words, now, kind="staff", rank=rank)
