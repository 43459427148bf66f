"""Invented villagers whose sign-ups lie at the demo officer's desk when the page opens.

No name, NIK or number here belongs to anybody.
"""

from datetime import datetime

from sqlmodel import Session

from bot.house import House
from conversations.enrolment import CONSENT_VERSION
from conversations.model import Given, Words
from rules import eligibility, nik
from rules.eligibility import Applicant
from storage import registrations
from storage.registrations import Submission

# Name, NIK, occupation, where the person lives, since when at work, what binds elsewhere.
VILLAGERS = (
    ("I Nyoman Contoh", "5171030107800003", "petani", "here", "over_5_years", "none"),
    ("Ni Luh Contoh", "5171034202830004", "pedagang", "here", "years_1_to_5", "none"),
    ("I Gede Contoh", "5171031503900005", "juru_parkir", "here", "years_1_to_5", "none"),
    ("Ni Putu Contoh", "5171035604880006", "penjual canang", "here", "over_5_years", "none"),
    ("I Kadek Contoh", "5171032305910007", "tukang", "here", "over_5_years", "none"),
    ("Ni Komang Contoh", "5171034906860008", "penjual jamu", "here", "over_5_years", "none"),
    ("I Ketut Contoh", "5171031707790009", "buruh_bangunan", "here", "years_1_to_5", "none"),
    ("I Made Tua Contoh", "5171030808540010", "petani", "here", "over_5_years", "none"),
    ("Ni Wayan Contoh", "5171034309920011", "pedagang", "ktp_elsewhere", "over_5_years", "none"),
    ("I Putu Contoh", "5171031210870012", "ojek", "here", "over_5_years", "insured"),
)


def arrive(house: House, db: Session, village: str, typed_by: int, now: datetime) -> None:
    """Store the sign-ups of all of them as a helper has typed them."""
    for name, number, occupation, residence, work, tie in VILLAGERS:
        person = nik.read(number, house.day(now, village))
        kept = {
            "village": ("", village),
            "whom": ("", "cadre"),
            "consent": (f"{CONSENT_VERSION} other", "yes"),
            "nik": ("", number),
            "name": ("", name),
            "residence": (village, residence),
            "occupation": ("denpasar", occupation),
            "work": (occupation, work),
            "able": ("", "able"),
            "tie": ("", tie),
            "phone": ("cadre", "none"),
        }
        applicant = Applicant(
            village, person.birth_date, person.birth_date, residence=residence, work=work, tie=tie
        )
        programme = house.programmes["denpasar"]
        new = Submission(
            programme=programme.key,
            village=village,
            whom="cadre",
            nik=number,
            name=name,
            born=person.birth_date.isoformat() if person.birth_date else "",
            warnings=eligibility.warnings(applicant, programme, house.day(now, village)),
            typed_by=typed_by,
            answers={
                f"enrolment.{key}": _given(house, key, about, value, typed_by, now)
                for key, (about, value) in kept.items()
            },
        )
        registrations.submit(db, house.keys, new, now)


def _given(house: House, key: str, about: str, value: str, by: int, now: datetime) -> Given:
    asked = house.texts.plain(Words(f"enrolment.{key}.label"), "id")
    return Given(value, about, now.isoformat(), by, asked, house.texts.version, house.rules)
