"""Who may be registered: reasons that refuse, and warnings for the officer.

A reason refuses only where a source settles it (the sources are named in `locales/` under
`source.<key>`); what no source settles is a warning. Age, domicile, another membership and
illness are warnings: the five programmes set no limits, and two memberships are lawful.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from rules.programmes import Programme

WORKING = ("under_3_months", "months_3_to_12", "years_1_to_5", "over_5_years", "seasonal")
NOT_WORKING = ("stopped", "never")
ABLE = ("able", "limited_but_working", "ill_but_working", "ill_short")
NOT_ABLE = ("unable_long",)
TIES = ("none", "employer", "insured", "civil_servant", "apparatus")

Way = Literal["self_pay", "when_working", "spouse", "office", "own_scheme"]


@dataclass(frozen=True)
class Reason:
    """Why someone cannot be registered: the key of its words, its source, the ways forward."""

    key: str
    source: str
    ways: tuple[Way, ...]


@dataclass(frozen=True)
class Applicant:
    """What is known so far; None is not known yet. Dates are birth dates.

    `born` is what the person says (or the NIK where nothing else was said).
    """

    village_code: str
    born: date | None = None
    nik_born: date | None = None
    sex: str | None = None
    nik_sex: str | None = None
    nik_region: str = ""
    nik_oddities: tuple[str, ...] = ()
    residence: str | None = None
    work: str | None = None
    able: str | None = None
    tie: str | None = None


def age(born: date, on: date) -> int:
    """Full years of age on a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def refusals(who: Applicant, programme: Programme, today: date) -> tuple[Reason, ...]:
    """Every reason that is certain from what is known so far."""
    found = [_work(who), _able(who), _tie(who, programme), *_age_limits(who, programme, today)]
    return tuple(reason for reason in found if reason)


def _work(who: Applicant) -> Reason | None:
    if who.work in NOT_WORKING:
        return Reason("not_working", "bpjs_pohuwato_2026", ("when_working", "spouse", "office"))
    return None


def _able(who: Applicant) -> Reason | None:
    if who.able in NOT_ABLE:
        return Reason("not_able", "bpjs_pohuwato_2026", ("when_working", "spouse", "office"))
    return None


def _tie(who: Applicant, programme: Programme) -> Reason | None:
    if who.tie == "civil_servant":
        return Reason("civil_servant", "permenaker_1_2025", ("own_scheme", "spouse", "office"))
    if who.tie == "apparatus" and has_group(programme, "village_apparatus"):
        return Reason("apparatus", "programme", ("own_scheme", "office"))
    return None


def has_group(programme: Programme, key: str) -> bool:
    """Whether the programme's source names a group of its own with this key."""
    return any(group.key == key for group in programme.groups)


def _age_limits(who: Applicant, programme: Programme, today: date) -> list[Reason]:
    if who.born is None:
        return []
    years = age(who.born, today)
    ways: tuple[Way, ...] = ("office", "spouse")
    too_young = programme.age_min.value is not None and years < programme.age_min.value
    too_old = programme.age_max.value is not None and years > programme.age_max.value
    young = [Reason("too_young", "programme", ways)] if too_young else []
    return young + ([Reason("too_old", "programme", ways)] if too_old else [])


def warnings(who: Applicant, programme: Programme, today: date) -> tuple[str, ...]:
    """Keys of what the officer should look at before vouching, the weightiest first."""
    return tuple(
        key
        for key, holds in (
            ("able_ill_short", who.able == "ill_short"),
            ("able_ill_working", who.able == "ill_but_working"),
            ("work_seasonal", who.work == "seasonal"),
            ("work_new", who.work == "under_3_months"),
            ("tie_insured", who.tie == "insured"),
            ("tie_employer", who.tie == "employer"),
            ("tie_apparatus", who.tie == "apparatus"),
            *_age_warnings(who, programme, today),
            *_identity_warnings(who),
        )
        if holds
    )


def _age_warnings(who: Applicant, programme: Programme, today: date) -> list[tuple[str, bool]]:
    if who.born is None:
        return [("age_unknown", True)]
    years = age(who.born, today)
    return [
        ("age_young", programme.age_min.value is None and years < 18),
        ("age_old", programme.age_max.value is None and years > 64),
    ]


def _identity_warnings(who: Applicant) -> list[tuple[str, bool]]:
    nik_regency = who.nik_region[:5]
    return [
        ("residence_elsewhere", who.residence == "elsewhere"),
        ("residence_ktp_elsewhere", who.residence == "ktp_elsewhere"),
        ("nik_birth_date", bool(who.nik_born and who.born and who.nik_born != who.born)),
        ("nik_sex", bool(who.nik_sex and who.sex and who.nik_sex != who.sex)),
        ("nik_odd", bool(who.nik_oddities)),
        ("nik_region", bool(nik_regency) and not who.village_code.startswith(nik_regency)),
    ]
