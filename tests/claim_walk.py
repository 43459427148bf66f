"""A claim from the first word to the money, over HTTP, with canaries in all that is typed."""

import re

from bot.demo.phone import Phone
from tests.conftest import Bot
from tests.steps import act, settle, told

CLAIM_HEIR = "Putu Dahlia Kirana"
CLAIM_HEIR_PHONE = "+6285733129981"
RETURNED = "Dahlia belum cap jempol"
RECEIPT = "KRESNA/7781/XI"
SUM = "41357246"
SUM_SHOWN = "Rp41.357.246"
CLAIM_TYPED = (CLAIM_HEIR, RETURNED, RECEIPT, SUM, SUM_SHOWN[2:])
CODE = re.compile(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b")
TRUE = "[✅ Benar, catat]"
CASE = "Klaim kematian"


def walk(bot: Bot, officer: Phone, name: str, number: str) -> tuple[Phone, str]:
    """The officer tells a death and takes it to its end; the heir's phone, and the claim's code."""
    heir = bot.phone("Dahlia", CLAIM_HEIR_PHONE)
    told(officer, "Kabar kecelakaan kerja")
    tell(officer, name, number)
    verify(officer, name)
    code = bind(officer, heir)
    gather(bot, officer, heir)
    pay(officer)
    settle(bot)
    act(heir, "/klaim")
    assert RECEIPT in heir.last.text
    act(heir, "[Berapa santunannya?]")
    assert SUM_SHOWN in heir.last.text
    settle(bot)
    return heir, code


def tell(officer: Phone, name: str, number: str) -> None:
    """The officer tells it, as somebody who came to the counter would."""
    about = ("Tegal Harum", name, number, "[Hari ini]", "[Sakit atau karena usia]")
    for what in ("/meninggal", *about, "[Anak]", "Petugas Desa", "Lewati", "[Benar, kirim]"):
        act(officer, what)
    told(officer, "Kabar meninggal", times=2)  # of somebody else before


def verify(officer: Phone, name: str) -> None:
    """From the list to the page of a claim that is verified, an heir noted."""
    act(officer, "📂 Klaim warga")
    for what in (f"[{name} · JKM]", "[Pastikan]", "[Sakit atau karena usia]"):
        act(officer, what)
    for what in ("[Hari ini]", "[Anak]", "[Tidak, atau tidak tahu]", TRUE):
        act(officer, what)
    for what in ("[Ahli waris]", "[Anak]", CLAIM_HEIR, f"0{CLAIM_HEIR_PHONE[3:]}"):
        act(officer, what)
    assert f"{CLAIM_HEIR} tercatat" in officer.last.text
    officer.press("Lihat nomor")
    officer.wait(lambda officer: len(officer.alerts) > 1)


def bind(officer: Phone, heir: Phone) -> str:
    """The code is made, mistyped once, then it opens the page."""
    act(officer, "[Beri kode]")
    act(officer, "[Ya, buat kode]")
    found = CODE.search(told(officer, "Kode klaim:").text)
    assert found is not None
    for what in ("00000-00000", "(kontak)", found.group(), "(kontak)"):
        act(heir, what)
    told(heir, "Dipastikan petugas desa")
    return found.group()


def gather(bot: Bot, officer: Phone, heir: Phone) -> None:
    """A photo comes, a paper is sent back, and both ask for the file."""
    act(heir, "[Berkas (kurang]")
    heir.send_photo()
    heir.wait()
    settle(bot)
    act(officer, "[Buka klaim]")
    act(officer, "[Berkas 0/]")
    act(officer, "[Kembalikan]")
    act(officer, RETURNED)
    settle(bot)
    for what in ("/klaim", "[Berkas (kurang]"):  # at night the news itself waits for the morning
        act(heir, what)
    assert RETURNED in heir.last.text
    files = ((heir, "/klaim", "Bukti pendaftaran"), (officer, "[Ke klaim]", "Lihat bukti"))
    for phone, way, button in files:
        act(phone, way)
        phone.press(button)
        phone.wait(lambda phone: any("document" in one.raw for one in phone.bot_messages))
    act(officer, "[Buka klaim]")
    assert CASE in officer.last.text


def pay(officer: Phone) -> None:
    """Lodged with a receipt, approved, and paid."""
    steps = {"Berkas lengkap": "", "Sudah diajukan": RECEIPT, "Disetujui": "", "Sudah dibayar": SUM}
    for label, said in steps.items():
        for what in (f"[{label}]", "[Hari ini]", *([said] if said else []), TRUE):
            act(officer, what)
