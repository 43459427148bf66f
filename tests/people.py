"""Invented people. No NIK, name or number here belongs to anybody."""

from dataclasses import dataclass, field


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
