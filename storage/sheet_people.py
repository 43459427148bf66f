"""Who stands in a sheet for BPJS: noted page by page while it is made, kept until it is marked.

So only who was really in the file is marked by it, and who left meanwhile can be named.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Session, col, delete, func, or_, select

from rules.registration import State
from storage.exports import Wanted
from storage.models import Export, ExportRow, Registration

UNMARKED = ("sent", "made")
# Who is in one of these does not go to BPJS by the sheet any more.
GONE = frozenset(State) - {
    *(State.CONFIRMED, State.SUBMITTED, State.ACTIVE, State.LAPSED),
    *(State.REFUSED, State.ENDED),
}


def begin(db: Session, sheet: str) -> None:
    """Begin a sheet, or begin it anew: nobody stands in it yet."""
    db.exec(delete(ExportRow).where(col(ExportRow.export_id) == sheet))


def note(db: Session, sheet: str, ids: Iterable[str]) -> None:
    """Note who stands on a page; who is noted already stays so."""
    insert = postgresql_insert if db.get_bind().dialect.name == "postgresql" else sqlite_insert
    rows = [{"export_id": sheet, "registration_id": id} for id in ids]
    if rows:
        db.connection().execute(insert(ExportRow).on_conflict_do_nothing(), rows)


def only(db: Session, wanted: Wanted, sheet: str) -> Wanted:
    """Those of the wanted who were in the file; all where that was not noted, as once it was."""
    noted = db.exec(select(ExportRow.export_id).where(ExportRow.export_id == sheet).limit(1))
    return replace(wanted, sheet=sheet) if noted.first() else wanted


def shared(db: Session, sheet: str) -> int:
    """How many people of a sheet stand in an earlier one, too, that is not marked as sent."""
    unmarked = select(Export.id).where(col(Export.state).in_(UNMARKED), Export.id != sheet)
    here = select(ExportRow.registration_id).where(ExportRow.export_id == sheet)
    twice = select(func.count(func.distinct(ExportRow.registration_id))).where(
        col(ExportRow.export_id).in_(unmarked), col(ExportRow.registration_id).in_(here)
    )
    return db.exec(twice).one()


def gone(db: Session, sheet: str) -> list[str]:
    """The codes of who stands in a sheet, and has left or was undone since."""
    here = select(ExportRow.registration_id).where(ExportRow.export_id == sheet)
    left = or_(col(Registration.left_why) != "", col(Registration.state).in_(GONE))
    query = select(Registration.code).where(col(Registration.id).in_(here), left)
    return list(db.exec(query.order_by(Registration.code)))


def prune(db: Session, before: datetime) -> None:
    """Forget who stood in sheets that were made long ago."""
    young = select(Export.id).where(Export.asked_at >= before)
    db.exec(delete(ExportRow).where(col(ExportRow.export_id).not_in(young)))
