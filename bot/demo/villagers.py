"""Invented villagers whose sign-ups lie at the demo officer's desk when the page opens.

No name, NIK or number here belongs to anybody.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

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
    for place, villager in enumerate(VILLAGERS):
        sent = now - timedelta(minutes=len(VILLAGERS) - place)
        new = submission(house, village, villager, typed_by, sent)
        registrations.submit(db, house.keys, new, sent)


def submission(
    house: House, village: str, villager: Sequence[str], typed_by: int, sent: datetime
) -> Submission:
    """The sign-up of one of them as a helper has typed it at a moment."""
    name, number, _, residence, work, tie = villager
    born = nik.read(number, house.day(sent, village)).birth_date
    applicant = Applicant(village, born, born, residence=residence, work=work, tie=tie)
    programme = house.programmes["denpasar"]
    return Submission(
        programme=programme.key,
        village=village,
        whom="cadre",
        nik=number,
        name=name,
        born=born.isoformat() if born else "",
        warnings=eligibility.warnings(applicant, programme, house.day(sent, village)),
        typed_by=typed_by,
        answers=_answers(house, village, villager, typed_by, sent),
    )


def _answers(
    house: House, village: str, villager: Sequence[str], by: int, sent: datetime
) -> dict[str, Given]:
    """Each answer with what it hangs on, as the form would have kept it."""
    name, number, occupation, residence, work, tie = villager
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
    return {
        f"enrolment.{key}": given(house, f"enrolment.{key}", (value, about), by, sent)
        for key, (about, value) in kept.items()
    }


def given(house: House, name: str, answer: tuple[str, str], by: int, sent: datetime) -> Given:
    """An answer, and what it hung on, as it would have been kept."""
    value, about = answer
    asked = house.texts.plain(Words(f"{name}.label"), "id")
    return Given(value, about, sent.isoformat(), by, asked, house.texts.version, house.rules)
