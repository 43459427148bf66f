"""Records: what BPJS is told of a person, gathered from the proof and sealed as one value.

One value opens quickly where a whole programme is written into a sheet. What a village, a
programme or the law says is not in it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

from sqlmodel import Session, col, select, update

from conversations.model import PROVEN
from rules import nik
from rules.registration import SEATED_STATES, State
from storage.models import Answer, Registration
from storage.proof import VALUE
from storage.sealing import Keyring

PLACE = "registration.record"
Record = Mapping[str, str]
# Each answer by the field of the sheet that it fills.
ANSWERS = {
    "birth_date": "enrolment.birth_date",
    "sex": "enrolment.sex",
    "phone": "enrolment.phone",
    "occupation": "enrolment.occupation",
    "workplace": "details.workplace",
    "address": "details.hamlet",
    "mother": "details.mother",
    "family_card": "details.family_card",
}
OF_THE_NIK = ("birth_date", "sex")  # given for one NIK; another one was not asked about
NOTHING = ("skip", "none")


def keep(db: Session, keys: Keyring, row: Registration) -> None:
    """Gather the record anew and keep it; the sign-up's version stays.

    Nothing is kept of a sign-up that the village has not confirmed.
    """
    if State(row.state) not in SEATED_STATES:
        return
    sealed = keys.seal_json(PLACE, row.id, gathered(db, keys, [row.id])[row.id])
    db.exec(update(Registration).where(col(Registration.id) == row.id).values(record_sealed=sealed))


def opened(keys: Keyring, id: str, sealed: bytes) -> Record:
    """A record that was kept. Dates are ISO, the sex is "male" or "female"; "" is not known."""
    return cast(Record, keys.open_json(PLACE, id, sealed))


def gathered(db: Session, keys: Keyring, ids: Sequence[str]) -> dict[str, Record]:
    """The records of some sign-ups by their ids, out of the answers as they are now."""
    if not ids:
        return {}
    given = _answers(db, keys, ids)
    columns = (Registration.id, Registration.nik_sealed, Registration.name_sealed)
    query = select(*columns, Registration.created_at).where(col(Registration.id).in_(ids))
    return {row[0]: _record(keys, row, given.get(row[0], {})) for row in db.exec(query)}


def _answers(
    db: Session, keys: Keyring, ids: Sequence[str]
) -> dict[str, dict[str, dict[str, str]]]:
    """For each sign-up the fields answered, each with its `value` and what it was `about`."""
    fields = {question: field for field, question in ANSWERS.items()}
    query = select(Answer.registration_id, Answer.question, Answer.id, Answer.value_sealed).where(
        col(Answer.registration_id).in_(ids),
        col(Answer.question).in_(fields),
        col(Answer.replaced_at).is_(None),
    )
    found: dict[str, dict[str, dict[str, str]]] = {}
    for registration, question, id, sealed in db.exec(query):
        value = cast(dict[str, str], keys.open_json(VALUE, id, sealed))
        found.setdefault(registration, {})[fields[question]] = value
    return found


def _record(
    keys: Keyring,
    row: tuple[str, bytes, bytes, datetime],
    given: Mapping[str, Mapping[str, str]],
) -> Record:
    id, nik_sealed, name_sealed, signed_up = row
    number = keys.open("registration.nik", id, nik_sealed)
    identity = nik.read(number, signed_up.date())
    born = identity.birth_date.isoformat() if identity.birth_date else ""
    of_nik = {"birth_date": born, "sex": identity.sex or ""}
    said = {
        field: "" if one["value"] in NOTHING else one["value"].removesuffix(PROVEN)
        for field, one in given.items()
        if field not in OF_THE_NIK or one["about"] == number
    }
    name = keys.open("registration.name", id, name_sealed)
    return {**dict.fromkeys(ANSWERS, ""), **of_nik, **said, "nik": number, "name": name}
