"""Invented people. No NIK, name or number here belongs to anybody."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conversations.model import Given
from storage.registrations import Submission


@dataclass(frozen=True)
class Person:
    """Somebody who signs up the good way; `answers` from the first question to sending."""

    nik: str
    name: str
    whom: str = "[Saya sendiri]"
    work: tuple[str, ...] = (
        "[KTP desa ini]",
        "penjual jamu",
        "[Masih, lebih dari 5 tahun]",
        "[Bisa bekerja seperti biasa]",
        "[Tidak ada]",
    )
    phone: str = "(kontak)"
    end: tuple[str, ...] = field(default=("[Benar, kirim]",))

    @property
    def answers(self) -> tuple[str, ...]:
        """What is typed `so` and pressed `[so]`, in order."""
        return (self.whom, "[Setuju]", self.nik, self.name, *self.work, self.phone, *self.end)


WAYAN = Person("5171031206850001", "I Wayan Contoh")
MADE = Person("5171035708900002", "Ni Made Contoh")


def given(value: str, at: str = "2026-12-01T02:00:00+00:00", by: int = 6_100_000_001) -> Given:
    """One answer with its proof."""
    return Given(value, "", at, by, f"Ditanya: {value}?", "kata1", "aturan1")


def submission(
    person: Person = WAYAN, answers: Mapping[str, Given] | None = None, **other: Any
) -> Submission:
    """A finished part one of this person; `other` replaces any of its fields."""
    kept = {"enrolment.nik": given(person.nik), "enrolment.name": given(person.name)}
    fields: dict[str, Any] = {
        "programme": "denpasar",
        "village": "51.71.03.2008",
        "whom": "self",
        "nik": person.nik,
        "name": person.name,
        "born": "1985-06-12",
        "warnings": (),
        "typed_by": 6_100_000_001,
        "answers": kept if answers is None else answers,
    }
    return Submission(**fields | other)
