"""A claim on a stage: a member who has died, the offices of the place, and the family."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

from sqlmodel import select

from bot import claim_news
from bot.house import House
from bot.replies import Call
from bot.stage import FIRST_ID, Stage, StageClock, appoint, enlist
from rules import quiet_hours
from rules.claims import Kind, State
from rules.permissions import Role
from storage import claims, followers, proof, registrations
from storage.audit import Actor
from storage.claims import Pen, Report
from storage.database import transaction
from storage.followers import Bound
from storage.models import Claim, Registration
from tests.conftest import TEGAL_HARUM
from tests.conversations.sayable import plain_text
from tests.on_stage import act, labels, last
from tests.people import WAYAN, Person, given, submission
from tests.played import played

TODAY = date(2026, 11, 20)  # a Friday
HEIR, HEIR_PHONE = "Ni Pandan Wangi", "+6281355571234"
CASE = ("📂 Klaim warga", "[I Wayan Contoh · JKM]")
JKK_CASE = (CASE[0], "[I Wayan Contoh · JKK]")
VERIFY, ANEW, TRUE = "[✅ Pastikan]", "[✏️ Ubah sebab]", "[✅ Benar, catat]"
ILLNESS, AT_WORK = "[Sakit atau karena usia]", "[Kecelakaan di tempat kerja]"
OFFICER = Actor(6_200_000_001, "village_officer")
Told = list[tuple[str, Call]]


def village(house: House) -> Stage:
    """The village with its offices, in which a member lives."""
    return played(house, _village)


def village_of_a_death(house: House) -> Stage:
    """The same, and the death of the member was told."""
    return played(house, _village_of_a_death)


def _village_of_a_death(house: House) -> Stage:
    stage = village(house)
    told(stage)
    return stage


def _village(house: House) -> Stage:
    """Ten in the morning in Bali: two officers, a helper, the regency, an auditor, the operator;
    and a member of whom nothing is known yet."""
    clock = StageClock(datetime(TODAY.year, TODAY.month, TODAY.day, 2, tzinfo=UTC))
    quiet = quiet_hours.read("21-7")
    stage = Stage(replace(house, clock=clock, operator=FIRST_ID + 1, quiet_hours=quiet), clock)
    act(stage, "operator", "halo")
    appoint(stage, "officer", TEGAL_HARUM)
    appoint(stage, "colleague", TEGAL_HARUM)
    appoint(stage, "helper", TEGAL_HARUM, Role.HELPER)
    appoint(stage, "kabupaten", "51.71", Role.REGENCY_OFFICER)
    appoint(stage, "auditor", "51.71", Role.AUDITOR)
    member(stage)
    return stage


def member(stage: Stage, who: str = "worker", person: Person = WAYAN) -> None:
    """Somebody with a year paid."""
    act(stage, who, "halo")
    answers = {"enrolment.nik": given(person.nik), "enrolment.occupation": given("petani")}
    new = submission(person, answers, typed_by=stage.chat(who).id)
    with transaction(stage.house.engine) as db:
        registrations.submit(db, stage.house.keys, new, stage.clock())
    enlist(stage, who, "12345678901", "2026-09-15", "12")


def signed_up(stage: Stage, who: str = "worker") -> Registration:
    """The newest sign-up of somebody."""
    with transaction(stage.house.engine) as db:
        return registrations.of_person(db, stage.chat(who).id, most=1)[0]


def named_an_heir(stage: Stage, **details: str) -> None:
    """The worker said at sign-up who is to be asked; `details` replace what was said."""
    said = {"heir_relation": "spouse", "heir_name": HEIR, "heir_phone": HEIR_PHONE, **details}
    with transaction(stage.house.engine) as db:
        answers = {f"details.{name}": given(value) for name, value in said.items()}
        proof.store(db, stage.house.keys, signed_up(stage).id, answers, stage.clock())


def told(stage: Stage, kind: Kind = Kind.JKM) -> None:
    """A death, or an accident, of today was told, and has arrived."""
    facts = {"name": WAYAN.name, "cause": "illness", "relation": "wife"}
    id, now = signed_up(stage).id, stage.clock()
    new = Report(kind, TEGAL_HARUM, TODAY, now, 7, facts, id)
    with transaction(stage.house.engine) as db:
        row = claims.report(db, Pen(stage.house.keys, Actor(7, "reporter"), now), new)
        claim_news.set_clock(stage.house, db, row, now)


def verify(stage: Stage, who: str = "officer", cause: str = ILLNESS, case: str = "") -> Told:
    """Somebody verifies the death, the wife claims; who is told what by the last press."""
    page = (CASE[0], case) if case else CASE
    act(stage, who, *page)
    button = VERIFY if VERIFY[1:-1] in labels(last(stage, who)) else ANEW
    act(stage, who, button, cause, "[Hari ini]", "[Istri]", "[Tidak, atau tidak tahu]")
    return stage.do(who, TRUE)


def step(stage: Stage, who: str, button: str, *said: str) -> Told:
    """Somebody takes the claim on from its page, today."""
    act(stage, who, *CASE, button, "[Hari ini]", *said)
    return stage.do(who, TRUE)


def follow(stage: Stage, *names: str, by: str = "code") -> None:
    """These accounts are bound to the claim."""
    for name in names:
        act(stage, name, "halo")
        with transaction(stage.house.engine) as db:
            row, id = the_claim(stage), stage.chat(name).id
            pen = Pen(stage.house.keys, Actor(id, "heir"), stage.clock())
            followers.follow(db, pen, row, Bound(id, by))


def the_claim(stage: Stage) -> Claim:
    """The one claim that there is."""
    with transaction(stage.house.engine) as db:
        return db.exec(select(Claim)).one()


def now_at(stage: Stage) -> tuple[str, State]:
    """Of which kind the claim is, and how it stands."""
    row = the_claim(stage)
    return row.kind, State(row.state)


def hear(heard: Told, whom: str) -> list[str]:
    """What somebody is told."""
    return [plain_text(call) for to, call in heard if to == whom and "text" in call]


def news(heard: Told) -> set[str]:
    """Who is told something of a claim unasked."""
    return {to for to, call in heard if "Kabar klaim" in call.get("text", "")}


def facts(stage: Stage) -> dict[str, str]:
    """What is kept of the claim as it was told and verified."""
    return claims.facts(stage.house.keys, the_claim(stage))


def altered(stage: Stage, how: Callable[[Claim], None]) -> None:
    """Change the claim behind the back of everybody."""
    with transaction(stage.house.engine) as db:
        how(db.get_one(Claim, the_claim(stage).id))
