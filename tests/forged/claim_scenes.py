"""Scenes of a claim: what an office does with one, and its family, up to the last press."""

from datetime import date

from bot.play import direct
from bot.stage import Stage
from rules.claims import Kind, State
from rules.permissions import Action
from storage import claims, followers, photos, registrations
from storage.audit import Actor
from storage.claims import Moved, Pen, Report
from storage.database import transaction
from storage.followers import Bound, NewHeir
from storage.models import Claim, ClaimPhoto
from tests.forged.scenes import VILLAGE, Scene

DIED = date(2026, 11, 18)
NAME, HEIR, TELLER = "I Ragu Contoh", "Ni Pandan Wangi", "I Gede Cendana"
HEIR_PHONE, TELLER_PHONE = "+6281355571234", "+6281355575678"
# What nobody may be told who is neither of the family nor of an office of the place.
SECRETS = (
    "Ragu",
    HEIR,
    TELLER,
    HEIR_PHONE,
    TELLER_PHONE,
    "•234",
    "Rp",
    "claim_file",
    "claim_photo",
)
OFFICER, REGENCY = "officer", "regency"
CASE = ("📂 Klaim warga", f"[{NAME} · JKM]")
PAPER = (*CASE, "[📄 Berkas 0/9]")
PAGE = ("/klaim",)


def reported(stage: Stage) -> None:
    """A death that nobody has looked at yet; the sign-up is that of a member."""
    _told(stage, "Ragu")


def unknown(stage: Stage) -> None:
    """A death of somebody of whom it is not known who that is."""
    _told(stage, "")


def _told(stage: Stage, of: str) -> Claim:
    direct("#! member worker 12345678901 2026-11-15 3", stage)
    house = stage.house
    with transaction(house.engine) as db:
        signed_up = registrations.of_person(db, stage.chat("worker").id, most=1)[0]
        facts = {"name": NAME, "cause": "illness", "relation": "wife", "number": ""}
        told_by = {"reporter": TELLER, "phone": TELLER_PHONE}
        id = signed_up.id if of else None
        new = Report(Kind.JKM, VILLAGE, DIED, stage.clock(), 7, {**facts, **told_by}, id)
        row = claims.report(db, pen(stage), new)
        claims.change(db, row, stage.clock(), due_at=stage.clock())
        return row


def pen(stage: Stage) -> Pen:
    """The officer writes."""
    by = Actor(stage.chat(OFFICER).id, "village_officer")
    return Pen(stage.house.keys, by, stage.clock())


def verified(stage: Stage) -> None:
    """The officer has verified it and noted an heir; the family follows, and sent a photo."""
    id, house = _told(stage, "Ragu").id, stage.house
    with transaction(house.engine) as db:
        row = db.get_one(Claim, id)
        told = {"cause": "illness", "heir": "wife", "memberships": "1"}
        claims.verify(db, pen(stage), row, told, Moved(State.VERIFIED, DIED))
        heir = followers.note(db, pen(stage), row, NewHeir("wife", HEIR, HEIR_PHONE))
        followers.follow(db, pen(stage), row, Bound(stage.chat("family").id, "code", heir.id))
        photo = photos.want(db, pen(stage), row, "member_card", "AgAC")
        assert isinstance(photo, ClaimPhoto)
        photos.keep(db, house.keys, photo.id, b"jpeg", stage.clock())


def lodged(stage: Stage) -> None:
    """The branch has the papers."""
    verified(stage)
    with transaction(stage.house.engine) as db:
        row = db.get_one(Claim, the_claim(stage).id)
        for to in (State.COMPLETE, State.LODGED):
            claims.move(db, pen(stage), row, Moved(to, DIED))


def the_claim(stage: Stage) -> Claim:
    """The one claim that there is."""
    with transaction(stage.house.engine) as db:
        return claims.of_areas(db, [VILLAGE], 1)[0]


def _scene(
    name: str,
    before: tuple[str, ...],
    last: str,
    prepare: object = verified,
    who: str = OFFICER,
    also: tuple[str, ...] = (),
) -> Scene:
    return Scene(name, who, Action.HANDLE_CLAIM, before, last, prepare, also)  # type: ignore[arg-type]


VERIFY = (*CASE, "[✅ Pastikan]", "[Sakit atau karena usia]", "[Hari ini]", "[Istri]")
SCENES = (
    _scene("open a claim", CASE[:1], CASE[1]),
    _scene("open a claim as the regency", CASE[:1], CASE[1], who=REGENCY),
    _scene(
        "verify a death",
        (*VERIFY, "[Tidak, atau tidak tahu]"),
        "[✅ Benar, catat]",
        reported,
    ),
    _scene(
        "say that a death is false",
        (*CASE, "[❌ Tidak benar]", "[Hari ini]", "orangnya masih sehat"),
        "[✅ Benar, catat]",
        reported,
    ),
    _scene("move a claim on", (*CASE, "[✅ Berkas lengkap]", "[Hari ini]"), "[✅ Benar, catat]"),
    _scene(
        "note what was paid",
        (*CASE, "[👍 Disetujui]", "[Hari ini]"),
        "[✅ Benar, catat]",
        lodged,
        who=REGENCY,
    ),
    _scene(
        "set the person",
        (*CASE, "[🔎 Siapa orangnya?]", "Ragu"),
        f"[{NAME}…]",
        unknown,
    ),
    _scene(
        "note an heir",
        (*CASE, "[👪 Ahli waris]", "[Anak]", "I Putu Contoh"),
        "0812 3456 789",
    ),
    _scene("make a code", (*CASE, "[🔑 Beri kode]"), "[🔑 Ya, buat kode]"),
    _scene("make a counter link", CASE, "[📱 Sambung HP]"),
    _scene("see the numbers of a claim", CASE, "[☎️ Lihat nomor]"),
    _scene("accept a paper", PAPER, "[✅ Diterima]"),
    _scene("return a paper", (*PAPER, "[↩️ Kembalikan]"), "[Suratnya sudah terlalu lama]"),
)

# What is only shown, and by what it is known that it was.
SHOWN = (
    (_scene("open a claim", CASE[:1], CASE[1]), "Dipastikan petugas desa"),
    (_scene("see the numbers", CASE, "[☎️ Lihat nomor]"), HEIR_PHONE),
    (_scene("see the sum", CASE, "[💰 Santunan]"), "Rp10.000.000"),
    (_scene("get the file", CASE, "[📎 Lihat bukti]"), "claim_file"),
    (_scene("see a photo", PAPER, "[🖼 Lihat foto]"), "claim_photo"),
    (_scene("look for the person", (*CASE, "[🔎 Siapa orangnya?]"), "Ragu", unknown), NAME),
    (_scene("the family's page", (), PAGE[0], who="family"), "Dipastikan petugas desa"),
    (_scene("the family's sum", PAGE, "[💰 Berapa santunannya?]", who="family"), "Rp10.000.000"),
    (_scene("the family's file", PAGE, "[📎 Bukti pendaftaran]", who="family"), "claim_file"),
    (_scene("the family's papers", PAGE, "[📄 Berkas (kurang 9)]", who="family"), "Kartu atau"),
    (
        _scene(
            "the family's photo",
            (*PAGE, "[📄 Berkas (kurang 9)]"),
            "[🖼 Lihat foto]",
            who="family",
        ),
        "claim_photo",
    ),
)
# What the family notes: nobody else but an office may.
OF_FAMILY = tuple(
    _scene(f"the family's {label}", (*PAGE, "[📄 Berkas (kurang 9)]"), label, who="family")
    for label in ("[✅ Sudah ada]", "[⏳ Belum]")
)
