"""What people type: answers that fit a question, and all that never fits one."""

import random
from collections.abc import Callable
from datetime import date, timedelta

from tests.soak.cast import Identity

VILLAGES = {
    "51.71.03.2008": "Tegal Harum, Denpasar Barat",
    "51.71.03.2009": "Tegal Kertha, Denpasar Barat",
    "51.04.01.2001": "51.04.01.2001",
}
LONG_AGO = timedelta(days=300)
Answer = Callable[["Asked"], str]


class Asked:
    """A question as the one who answers it sees it."""

    def __init__(self, chance: random.Random, of: Identity, village: str, today: date) -> None:
        self.chance, self.of, self.village, self.today = chance, of, village, today

    def day(self, most: int = 5) -> str:
        """A day that has come."""
        day = self.today - timedelta(days=self.chance.randrange(most))
        return day.strftime("%d-%m-%Y")

    def month(self) -> str:
        """This month."""
        return f"{self.today.month}-{self.today.year}"

    def digits(self, length: int) -> str:
        """A number that is nobody's."""
        return str(self.chance.randrange(10 ** (length - 1), 10**length))


def _place(asked: Asked) -> str:
    return VILLAGES[asked.village]


def _name(asked: Asked) -> str:
    return asked.of.name


def _nik(asked: Asked) -> str:
    number = asked.of.nik
    spaced = " ".join(number[at : at + 4] for at in range(0, 16, 4))
    return asked.chance.choice([number, number, spaced])


def _phone(asked: Asked) -> str:
    return "0" + asked.of.phone[3:]


def _day(asked: Asked) -> str:
    return asked.day()


def _one_of(*texts: str) -> Answer:
    return lambda asked: asked.chance.choice(texts)


# By the last part of a question's name.
ANSWERS: dict[str, Answer] = {
    **dict.fromkeys(("village", "which_village", "where", "area"), _place),
    **dict.fromkeys(("name", "reporter", "mother", "heir_name", "to", "person", "who"), _name),
    **dict.fromkeys(("nik", "number"), _nik),
    **dict.fromkeys(("kk", "family_card"), lambda asked: asked.of.kk),
    **dict.fromkeys(("phone", "heir_phone", "successor"), _phone),
    **dict.fromkeys(("day", "died", "on", "held_on", "received", "active_from", "when"), _day),
    "birth_date": lambda asked: f"17-5-19{asked.chance.randrange(60, 99)}",
    "kpj": lambda asked: asked.digits(11),
    "first": lambda asked: asked.month(),
    "count": _one_of("4", "12", "24", "3"),
    "weeks": _one_of("6", "3 minggu", "14 bulan"),
    "age": _one_of("9", "10 tahun"),
    "occupation": _one_of("penjual jamu", "petani", "tukang <las> & bubut", "ojek", "kurir"),
    "why": _one_of("Nama ibu belum jelas", "pindah ke jawa", "cap desa belum ada", "sudah tua"),
    "workplace": _one_of("Pasar Contoh", "sawah Subak Contoh"),
    "hamlet": _one_of("Banjar Contoh", "Dusun <b>Contoh"),
    "place": _one_of("kebun contoh", "jalan desa"),
    "how": _one_of("memanjat kelapa lalu jatuh", "tergelincir di <sawah> & jatuh"),
    "time": _one_of("14.30", "jam 2 siang", "jam 2"),
    "treated": _one_of(
        "RSUD Contoh",
    ),
    "receipt": lambda asked: f"JKM/{asked.digits(4)}/XI",
    "amount": _one_of("42.000.000", "Rp42.000.000", "42 juta"),
    "history": lambda asked: "ABC-DEFG",
    "code": lambda asked: "7QK2M-X9T4B",
    "which": _name,
}
MINUTES = "12/BA/XI/2026"

ASKED_IN_BETWEEN = (
    "klo meninggal dapat berapa?",
    "apakah bayar?",
    "kapan kartunya jadi",
    "bedanya dengan bpjs kesehatan apa",
    "makasih",
    "halo",
)
CONTROLS = ("kembali", "ulangi", "ubah", "batal", "bantuan", "nanti", "tarik", "status")
GARBAGE = (
    "xyzzy",
    "1",
    "99",
    "-",
    "?",
    "....",
    "ya",
    "tidak",
    "aku tidak tahu",
    "' OR 1=1 --",
    "<b>tebal</b> & <i>miring",
    "{name} %s %(x)s ${jndi:x}",
    "https://contoh.id/?a=1&b=2",
    "/tidakada",
    "/start x_y_z",
    "/start v_9999999999",
    "/start s_" + "A" * 43,
    "/start c_" + "B" * 43,
    "12345678901234567890",
    "0812",
    "31-02-2026",
    "00000-00000",
    "7QK2M-X9T4B",
    "baris\nbaris\r\nbaris",
)
WEIRD = (
    "\u202eretrarb\u202c",
    "\u200b\u200d\ufeff",
    "halo \ud83d",
    "\udc00",
    "\x00123\x00",
    "I Wayan\x00 Contoh\u202c",
    "😀" * 4096,
    "a" * 4096,
    "ي" * 40,
    "٥١٧١٠٣١٢٠٦٨٥٠٠٠١",
    "５１７１０３１２０６８５０００１",
    "٠٨١٢٣٤٥٦٧٨٩",
    "e\u0301" * 60,
    "Z\u0351\u036b\u0343a\u0363\u0348l\u0322g\u033co\u0489",
    "\u2028\u2029",
    "\U000e0041\U000e0042",
    "ﷺ" * 200,
    "ß" * 80,
    "İstanbul ŞIĞ",
    "👩‍👩‍👧‍👦 I Wayan",
    "&lt;&#0;&#x110000;",
    "\ufffe\uffff",
    "1\u20e3 \u0664",
    "Ⅳ ④ ½ ²",
    " " * 4096,
    "\u3164",
)


def fitting(question: str, asked: Asked) -> str:
    """What somebody types who understood the question."""
    last = [part for part in question.split(".") if not part.isdigit()][-1]
    if question == "minutes.number":
        return MINUTES
    answer = ANSWERS.get(last)
    return answer(asked) if answer else asked.chance.choice(ASKED_IN_BETWEEN)


def odd(chance: random.Random) -> str:
    """What fits nothing."""
    kind = chance.randrange(10)
    if kind < 4:
        return chance.choice(GARBAGE)
    if kind < 8:
        return chance.choice(WEIRD)
    if kind == 8:
        return "".join(chr(chance.randrange(1, 0x3100)) for _ in range(chance.randrange(1, 60)))
    return chance.choice(ASKED_IN_BETWEEN)
