"""What may speak against a sign-up: warnings by kind, in the order in which an officer reads."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

KINDS = ("age", "domicile", "duplicate", "membership", "illness", "typist", "rest")

KIND: Mapping[str, str] = MappingProxyType(
    {
        "age_unknown": "age",
        "age_young": "age",
        "age_old": "age",
        "nik_birth_date": "age",
        "residence_elsewhere": "domicile",
        "residence_ktp_elsewhere": "domicile",
        "nik_region": "domicile",
        "duplicate_nik": "duplicate",
        "duplicate_near": "duplicate",
        "duplicate_name": "duplicate",
        "tie_insured": "membership",
        "tie_employer": "membership",
        "tie_apparatus": "membership",
        "able_ill_short": "illness",
        "able_ill_working": "illness",
        "typed_by_unknown_cadre": "typist",
        "typed_by_other": "typist",
        "work_seasonal": "rest",
        "work_new": "rest",
        "nik_sex": "rest",
        "nik_odd": "rest",
        "answer_changed": "rest",
        "phone_none": "rest",
        "phone_unproven": "rest",
    }
)


def in_order(warnings: Iterable[str]) -> tuple[str, ...]:
    """The warnings, the weightiest kind first; within a kind as they came, unknown ones last."""
    return tuple(sorted(warnings, key=lambda key: KINDS.index(KIND.get(key, "rest"))))
