"""Which sign-up each row of BPJS' answer is about, many rows at a time."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import Session

from bot import memberships
from bot.house import House
from bot.member_rows import Wanted
from conversations.cards import checked
from conversations.model import Invalid, Words
from rules import membership
from rules.registration import State
from storage import member_batches, registrations
from storage.acceptances import ACCEPTABLE, Recorded
from storage.member_batches import Found


def match(
    house: House, db: Session, rows: Sequence[Wanted], now: datetime
) -> list[tuple[Wanted, Found | Invalid]]:
    """The sign-up of each row, or in words why there is none."""
    niks = {one.nik: house.keys.index("nik", one.nik) for one in rows if one.nik}
    codes = {one.code: registrations.printed(one.code) for one in rows if one.code}
    found = member_batches.find(db, niks.values(), codes.values())
    by_nik: dict[bytes, list[Found]] = {}
    for sign_up in found:
        by_nik.setdefault(sign_up.nik_hash, []).append(sign_up)
    by_code = {sign_up.code: sign_up for sign_up in found}
    matched: list[tuple[Wanted, Found | Invalid]] = []
    for one in rows:
        nik = niks.get(one.nik, b"")
        try:
            if one.code:
                sign_up = _with_code(by_code.get(codes[one.code]), nik)
            else:
                sign_up = _with_nik(by_nik.get(nik, ()), one)
            _check_days(house, sign_up, one, now)
            matched.append((one, sign_up))
        except Invalid as invalid:
            matched.append((one, invalid))
    return matched


def _with_code(found: Found | None, nik: bytes) -> Found:
    if found is None:
        raise Invalid(Words("sheet.code_unknown"))
    if nik and found.nik_hash != nik:
        raise Invalid(Words("sheet.nik_of_another"))
    return found


def _with_nik(found: Iterable[Found], one: Wanted) -> Found:
    """The one that stands; where BPJS refused, it may be on record already that it did."""
    every = list(found)
    states = {*ACCEPTABLE, State.REFUSED} if one.refused else {*ACCEPTABLE}
    standing = [sign_up for sign_up in every if sign_up.state in states]
    if len(standing) > 1:
        raise Invalid(Words("sheet.several"))
    if not every:
        raise Invalid(Words("sheet.nik_unknown"))
    if not standing:
        raise Invalid(memberships.refusal(Recorded("not_confirmed")))
    return standing[0]


def _check_days(house: House, found: Found, one: Wanted, now: datetime) -> None:
    """Refuse days that cannot be right; those of who is a member already were looked at before."""
    signed_up, today = house.day(found.created_at), house.day(now)
    new = one.acceptance
    if new.active_from and not found.is_member:
        checked(lambda day: membership.check_active_from(day, signed_up, today), new.active_from)
    received = [one.received for one in new.months[:1]]
    received += [new.until.received] if new.until else []
    for day in received:
        checked(lambda day: membership.check_received(day, signed_up, today), day)
