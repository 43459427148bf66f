"""Which claim each row of the branch is about, many rows at a time."""

from collections.abc import Iterable, Mapping, Sequence

from sqlmodel import Session

from bot.claim_rows import Wanted
from bot.claim_weighing import place
from bot.house import House
from conversations.model import Invalid, Words
from storage import claim_batches, registrations
from storage.claim_batches import Known, Name, SignUp
from storage.sealing import Keyring

UNKNOWN = {
    "nik": "sheet.nik_unknown",
    "kpj": "claim_sheet.card_unknown",
    "code": "sheet.code_unknown",
}


def match(
    house: House, db: Session, rows: Sequence[Wanted]
) -> list[tuple[Wanted, Known | Invalid]]:
    """The claim of each row, or in words why there is none."""
    names = [_names(house.keys, one) for one in rows]
    given = {name for one in names for name in one}
    sign_ups = claim_batches.sign_ups(db, given)
    named = _by_name(sign_ups)
    claims: dict[bytes, list[Known]] = {}
    for known in claim_batches.of_sign_ups(db, sign_ups):
        claims.setdefault(known.sign_up.person, []).append(known)
    matched: list[tuple[Wanted, Known | Invalid]] = []
    for one, of in zip(rows, names, strict=True):
        try:
            meant = _meant(named, of)
            matched.append((one, _chosen(_candidates(claims, meant), one)))
        except Invalid as invalid:
            matched.append((one, invalid))
    return matched


def _names(keys: Keyring, one: Wanted) -> list[Name]:
    """The names of a person in a row, as they are kept."""
    names: list[Name] = [("nik", keys.index("nik", one.nik))] if one.nik else []
    names += [("kpj", keys.index("kpj", one.kpj))] if one.kpj else []
    return [*names, ("code", registrations.printed(one.code))] if one.code else names


def _by_name(sign_ups: Iterable[SignUp]) -> dict[Name, list[SignUp]]:
    found: dict[Name, list[SignUp]] = {}
    for one in sign_ups:
        for name in one.names:
            found.setdefault(name, []).append(one)
    return found


def _meant(named: Mapping[Name, Sequence[SignUp]], names: Iterable[Name]) -> set[SignUp]:
    """The sign-ups that all names of a row mean together."""
    every = []
    for name in names:
        found = named.get(name)
        if not found:
            raise Invalid(Words(UNKNOWN[name[0]]))
        every.append(set(found))
    if len(set.intersection(*({one.person for one in found} for found in every))) != 1:
        raise Invalid(Words("claim_sheet.two_people"))
    # A card and a code of two sign-ups of one person: whichever has the claim.
    return set.intersection(*every) or set.union(*every)


def _candidates(claims: Mapping[bytes, Sequence[Known]], meant: set[SignUp]) -> Sequence[Known]:
    """The claims of the sign-ups meant, else those of any other sign-up of this person."""
    every = claims.get(next(iter(meant)).person, ())
    if not every:
        raise Invalid(Words("claim_sheet.no_claim"))
    return [one for one in every if one.sign_up in meant] or every


def _chosen(every: Sequence[Known], one: Wanted) -> Known:
    """The one claim that a row can be about."""
    of_kind = [known for known in every if one.kind in (None, known.kind)]
    if not of_kind:
        values = {"kind": str(one.kind).upper()}
        raise Invalid(Words("claim_sheet.no_claim_of_kind", values))
    found = [known for known in of_kind if one.happened in (None, known.happened_on)]
    if not found:
        raise Invalid(Words("claim_sheet.no_claim_on_day", {"day": of_kind[0].happened_on}))
    going_on = [known for known in found if known.is_open]
    if len(going_on) > 1:
        alike = len({known.kind for known in going_on}) == 1
        raise Invalid(Words(f"claim_sheet.several.{'day' if alike else 'kind'}"))
    recorded = [known for known in found if place(known.kind, known.steps, one) is not None]
    return (recorded or found)[0]
