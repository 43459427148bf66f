"""Scenes: an office does something, up to the press that would carry it out.

Each begins with the same village: people in every state, and somebody for every office. What the
right person would press last is then pressed by everybody else (`test_forged.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import select

from bot import places
from bot.play import direct
from bot.stage import Stage
from rules.permissions import Action
from rules.registration import State
from storage import exports, registrations
from storage.audit import Actor, Change
from storage.database import transaction
from storage.exports import Wanted
from storage.models import Registration
from tests.people import given, submission

VILLAGE, NEIGHBOUR, ELSEWHERE = "51.71.03.2008", "51.71.03.2009", "51.04.01.2001"
DAY = date(2026, 11, 20)
# Everybody who holds an office, where; "gone" held one until now.
OFFICES = {
    "officer": ("village_officer", VILLAGE),
    "colleague": ("village_officer", VILLAGE),
    "helper": ("helper", VILLAGE),
    "regency": ("regency_officer", "51.71"),
    "auditor": ("auditor", "51.71"),
    "other_officer": ("village_officer", NEIGHBOUR),
    "other_helper": ("helper", NEIGHBOUR),
    "other_regency": ("regency_officer", "51.04"),
    "other_auditor": ("auditor", "51.04"),
}
NOBODY = ("worker", "stranger", "family")


@dataclass(frozen=True)
class Scene:
    """Who does it, by which right, the presses before, the last press; and what it changes."""

    name: str
    who: str
    action: Action
    before: tuple[str, ...]
    last: str
    prepare: Callable[[Stage], None] = lambda stage: None
    also: tuple[str, ...] = ()  # who may, without any office


def open_village(stage: Stage) -> None:
    """A village with somebody in each office, and sign-ups of every kind."""
    for name, (role, area) in OFFICES.items():
        direct(f"#! office {name} {role} {area}", stage)
    for name in NOBODY:
        stage.do(name, "halo")
    signed_up(stage, "I Jelas Contoh", 1)
    signed_up(stage, "I Ragu Contoh", 2, warnings=("age_old",))


def signed_up(
    stage: Stage, name: str, number: int, warnings: tuple[str, ...] = (), by: str = "worker"
) -> None:
    """Somebody signs up with the worker's account."""
    stage.clock.moment += timedelta(seconds=1)
    village = VILLAGE
    values = {
        "village": village,
        "whom": "self",
        "nik": f"517103120685{number:04}",
        "name": name,
        "residence": "here",
        "occupation": "petani",
        "work": "over_5_years",
        "able": "able",
        "tie": "none",
        "phone": "+6281200000099",
    }
    new = submission(
        nik=values["nik"],
        name=name,
        warnings=warnings,
        typed_by=stage.chat(by).id,
        answers={f"enrolment.{key}": given(value) for key, value in values.items()},
    )
    with transaction(stage.house.engine) as db:
        registrations.submit(db, stage.house.keys, new, stage.clock())


def member(stage: Stage) -> None:
    """The one who signed up last is a member."""
    direct("#! member worker 12345678901 2026-11-20 3", stage)


def confirmed(stage: Stage) -> None:
    """The officer has confirmed the clean one, and the undo of it stands in the chat."""
    for what in ("/petugas", "[Yang jelas (1)]", "[☐ 1. I Jelas Contoh]"):
        stage.do("officer", what)
    stage.do("officer", "[Sahkan yang dicentang (1)]")
    stage.do("officer", "[Ya, saya tahu]")


def rejected(stage: Stage) -> None:
    """The officer has rejected the doubtful one, and the undo of it stands in the chat."""
    for what in (*CASE, "[Tolak]", "[Bukan warga desa ini]"):
        stage.do("officer", what)


def noted(stage: Stage) -> None:
    """The doubtful one is noted as having moved, and the undo of it stands in the chat."""
    left = ("[🔁 Ada perubahan]", "[Pindah dari desa ini]", "[Hari ini]", "[✅ Benar, catat]")
    for what in (*PERSON, *left):
        stage.do("officer", what)


def offered(stage: Stage) -> None:
    """The doubtful one waits in line and is offered a seat."""
    with transaction(stage.house.engine) as db:
        doubtful = select(Registration).where(Registration.warnings != "")
        row = registrations.by_id(db, db.exec(doubtful).one().id)
        assert row is not None
        by = (Actor(0, "waiting_list"), Change("brought", "registration", row.id))
        now = stage.clock()
        assert registrations.change_state(db, row, State.WAITING, by, now, line="1")
        assert places.fill(stage.house, db, row, now, "room") == 1


def sheet_made(stage: Stage) -> None:
    """A sheet was made and sent to the regency's officer."""
    confirmed(stage)
    stage.clock.moment += timedelta(minutes=11)
    with transaction(stage.house.engine) as db:
        wanted = Wanted("denpasar", "51.71", stage.clock())
        row = exports.ask(db, wanted, stage.chat("regency").id, stage.clock())
        row.id, row.state = SHEET, "sent"


SHEET = "0123456789abcdef"
CLEAN = ("/petugas", "[Yang jelas (1)]", "[☐ 1. I Jelas Contoh]", "[Sahkan yang dicentang (1)]")
CASE = ("/petugas", "[Satu per satu (1)]")
PERSON = ("/cari", "Ragu")
UNDO = "[↶ Urungkan (10 menit)]"

SCENES = (
    Scene("confirm together", "officer", Action.DECIDE, CLEAN, "[✅ Ya, saya tahu]"),
    Scene("confirm", "officer", Action.DECIDE, (*CASE, "[Sahkan]"), "[✅ Ya, saya tahu]"),
    Scene("reject", "officer", Action.DECIDE, (*CASE, "[Tolak]"), "[Bukan warga desa ini]"),
    Scene(
        "return",
        "officer",
        Action.DECIDE,
        (*CASE, "[Kembalikan]", "[Nama]"),
        "[Kurang jelas]",
    ),
    Scene(
        "complete part two",
        "officer",
        Action.ENTER,
        (*CASE, "[📝 Lengkapi data]"),
        "nanti",
        also=("worker",),
    ),
    Scene("pass over", "officer", Action.DECIDE, CASE, "[Nanti]"),
    Scene("see the number", "officer", Action.SEE_PHONE, CASE, "[📞 Lihat nomor HP]"),
    Scene(
        "undo together",
        "officer",
        Action.DECIDE,
        (),
        "[↶ Urungkan semua (10 menit)]",
        confirmed,
    ),
    Scene(
        "minutes",
        "officer",
        Action.RECORD_MINUTES,
        ("/berita", "12/BA/XI/2026", "[Hari ini]", "[Lewati]"),
        "[✅ Benar, simpan]",
        confirmed,
    ),
    Scene(
        "departure",
        "officer",
        Action.RECORD_DEPARTURE,
        (*PERSON, "[🔁 Ada perubahan]", "[Pindah dari desa ini]", "[Hari ini]"),
        "[✅ Benar, catat]",
    ),
    Scene(
        "hand a card over",
        "officer",
        Action.HAND_CARD,
        (*PERSON, "[🪪 Kartu sudah diserahkan]", "[Hari ini]"),
        "[orangnya sendiri]",
        member,
    ),
    Scene(
        "write months down",
        "officer",
        Action.RECORD_MEMBER,
        (
            *("/peserta", "Ragu", "[➕ Tambah bulan]", "[Pemerintah (program)]"),
            *("[Februari 2027]", "[1 bulan]", "[Hari ini]"),
        ),
        "[✅ Benar, simpan]",
        member,
    ),
    Scene(
        "take a month back",
        "officer",
        Action.RECORD_MEMBER,
        ("/peserta", "Ragu", "[↩️ Hapus bulan terakhir]"),
        "[↩️ Ya, hapus]",
        member,
    ),
    Scene(
        "invite a helper",
        "officer",
        Action.APPOINT_HELPER,
        ("/kader", "[➕ Undang kader]"),
        "0812 3456 789",
    ),
    Scene(
        "end a helper",
        "officer",
        Action.END_HELPER,
        ("/kader", "[⛔ Akhiri: Helper]"),
        "[Ya, akhiri]",
    ),
    Scene(
        "hand over",
        "officer",
        Action.HAND_OVER,
        ("/kader", "[🔁 Serahkan: petugas]"),
        "0812 3456 789",
    ),
    Scene(
        "invite an officer",
        "regency",
        Action.APPOINT_OFFICER,
        ("/kader", "Tegal Harum", "[➕ Undang petugas]"),
        "0812 3456 789",
    ),
    Scene(
        "end an officer",
        "regency",
        Action.END_OFFICER,
        ("/kader", "Tegal Harum", "[⛔ Akhiri: Colleague]"),
        "[Ya, akhiri]",
    ),
    Scene("undo a decision", "officer", Action.DECIDE, (), UNDO, rejected),
    Scene("undo a departure", "officer", Action.RECORD_DEPARTURE, (), UNDO, noted),
    Scene(
        "answer an offer",
        "officer",
        Action.ANSWER_OFFER,
        (*PERSON, "[💺 Terima tawaran kursi]"),
        "[✅ Sudah, masih mau]",
        offered,
    ),
    Scene(
        "say that a sheet was sent",
        "regency",
        Action.EXPORT,
        ("/kursi",),
        f"open:sheet_sent:{SHEET}",
        sheet_made,
    ),
    Scene("ask for the sheet", "regency", Action.EXPORT, ("/kursi",), "open:sheet:denpasar"),
    Scene(
        "read a history",
        "auditor",
        Action.READ_AUDIT,
        ("/kursi", "[📜 Riwayat satu pendaftaran]"),
        "(kode)",
    ),
)

# What only shows something: nobody else is shown any of it.
READING = (
    Scene("search", "officer", Action.SEARCH, ("/cari",), "Ragu"),
    Scene("the page of a person", "officer", Action.SEARCH, PERSON, "[🔁 Ada perubahan]"),
    Scene("the queue", "officer", Action.SEE_QUEUE, ("/petugas",), "[Satu per satu (1)]"),
    Scene("the clear ones", "officer", Action.SEE_QUEUE, ("/petugas",), "[Yang jelas (1)]"),
    Scene("seats", "regency", Action.SEE_SEATS, ("/kursi",), "Tegal Harum"),
    Scene("offices", "regency", Action.SEE_OFFICES, ("/kader",), "Tegal Harum"),
)
