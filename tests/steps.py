"""What people do again and again in tests, and what is looked at afterwards."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session, SQLModel, col, func, select

from bot.demo.bubbles import Bubble
from bot.demo.phone import Phone
from bot.demo.server import serve
from bot.house import House
from conversations.enrolment import CONSENT_VERSION
from storage import registrations, sessions, staff
from storage.database import transaction
from storage.models import Audit, Inbound, Outbound, Registration, StoredSession
from storage.staff import Invited
from tests.conftest import (
    TEGAL_HARUM,
    TOKEN,
    Bot,
    declare_own_card,
    opened,
    run_bot,
    settings_for,
)
from tests.people import WAYAN, Person, given, submission

CODE = re.compile(r"\b[A-Z0-9]{3}-[A-Z0-9]{4}\b")


@dataclass
class Clock:
    """A clock that goes on a millisecond whenever it is read, and else only when pushed."""

    moment: datetime = datetime(2026, 12, 2, 2, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.moment += timedelta(milliseconds=1)
        return self.moment

    def push(self, **span: float) -> None:
        self.moment += timedelta(**span)


@contextmanager
def clocked_bot(home: Path, clock: Callable[[], datetime], url: str = "") -> Iterator[Bot]:
    """The whole bot over HTTP, whose house reads the time from `clock`."""
    with serve(port=0, token=TOKEN) as server:
        settings = settings_for(home, url, server)
        with opened(settings) as real:
            house = replace(real, clock=clock)
            with run_bot(settings, house):
                yield Bot(house, server, settings)


def told(phone: Phone, words: str, times: int = 1) -> Bubble:
    """Wait until the bot has said `words` so many times in all; the newest that holds them."""

    def saying() -> list[Bubble]:
        return [bubble for bubble in phone.bot_messages if words in bubble.text]

    phone.wait(lambda _: len(saying()) >= times)
    return saying()[-1]


def act(phone: Phone, what: str) -> None:
    """Type `so`, press `[so]`, or share the own number with `(kontak)`; wait for one reply."""
    phone.wait(0)  # what came unasked is read first
    if what == "(kontak)":
        phone.tap(phone.reply_keyboard[0])
    elif what.startswith("["):
        phone.press(what.strip("[]"))
    else:
        phone.send(what)
    phone.wait()


def link(village: str) -> str:
    """What the village's link types."""
    return f"/start v_{village.replace('.', '')}"


def sign_up(phone: Phone, village: str, person: Person = WAYAN) -> None:
    """Play part one the good way; the receipt is the last message."""
    act(phone, link(village))
    for what in person.answers:
        act(phone, what)


def filed(bot: Bot, phone: Phone, person: Person = WAYAN, village: str = TEGAL_HARUM) -> None:
    """Store what `sign_up` leaves in storage, where the conversation is not what is looked at."""
    act(phone, "halo")
    kept = {
        "village": ("", village),
        "whom": ("", "self"),
        "consent": (f"{CONSENT_VERSION} self", "yes"),
        "nik": ("", person.nik),
        "name": ("", person.name),
        "residence": (village, "here"),
        "occupation": ("denpasar", "penjual jamu"),
        "work": ("penjual jamu", "over_5_years"),
        "able": ("", "able"),
        "tie": ("", "none"),
        "phone": ("self", f"{phone.phone_number} telegram"),
    }
    answers = {
        f"enrolment.{name}": replace(given(value, by=phone.user_id), about=about)
        for name, (about, value) in kept.items()
    }
    new = submission(person, answers, village=village, typed_by=phone.user_id)
    with transaction(bot.house.engine) as db:
        registrations.submit(db, bot.house.keys, new, bot.house.clock())


def appoint(bot: Bot, village: str = TEGAL_HARUM, name: str = "Ketut") -> Phone:
    """A phone whose owner was invited, by the house's own clock, and has accepted."""
    phone = bot.phone(name)
    with transaction(bot.house.engine) as db:
        invited = Invited(village, phone.phone_number)
        token = staff.invite(db, bot.house.keys, invited, bot.house.clock())
    phone.start(f"s_{token}")
    phone.wait()
    phone.tap(phone.reply_keyboard[0])
    phone.wait(2)
    declare_own_card(bot.house, phone)
    return phone


def open_card(officer: Phone, name: str) -> Bubble:
    """The officer opens the desk, where the card of this person lies on top of what is doubtful."""
    act(officer, "/petugas")
    act(officer, "[Satu per satu]")
    assert name in officer.last.text
    return officer.last


def confirm(officer: Phone, name: str = WAYAN.name) -> None:
    """Confirm the topmost card; the officer has read what became of it."""
    open_card(officer, name)
    act(officer, "[Sahkan]")
    officer.press("Ya, saya tahu")
    officer.wait(2)


def only_registration(house: House) -> Registration:
    """The one sign-up that there is."""
    with transaction(house.engine) as db:
        return db.exec(select(Registration)).one()


def all_of(house: House, table: type[SQLModel]) -> list[Any]:
    """All rows of a table, in no order."""
    with transaction(house.engine) as db:
        return list(db.exec(select(table)).all())


def audited(house: House, action: str) -> list[Audit]:
    """The rows of the audit that record an action, the oldest first."""
    with transaction(house.engine) as db:
        found = select(Audit).where(Audit.action == action).order_by(col(Audit.id))
        return list(db.exec(found))


def settle(bot: Bot, timeout: float = 20) -> None:
    """Wait until every update is stored and served and every notice is sent."""
    ends = time.monotonic() + timeout
    while _busy(bot):
        assert time.monotonic() < ends, "the bot does not come to rest"
        time.sleep(0.02)


def _busy(bot: Bot) -> bool:
    with bot.server.state.condition:
        if bot.server.state.updates.pending:
            return True
    with transaction(bot.house.engine) as db:
        return bool(unfinished(db, bot.house.clock()))


def unfinished(db: Session, now: datetime) -> int:
    """How many updates wait to be served or replied to, and how many notices are due."""
    new, unsent = Inbound.state == "new", col(Inbound.sent_at).is_(None)
    replying = (Inbound.state == "done") & unsent & col(Inbound.reply_sealed).is_not(None)
    served = select(func.count()).select_from(Inbound).where(new | (replying & (Inbound.lane != 0)))
    coming = col(Outbound.state).in_(["new", "taken", "sending"])
    due = (coming, col(Outbound.due_at) <= now)
    queued = select(func.count()).select_from(Outbound).where(*due)
    return db.exec(served).one() + db.exec(queued).one()


# Of a person, by every turn; of a sign-up, by whoever looks at its card.
MOVING = {"turn", "asked_message", "slot", "held_by", "held_until"}


def picture(house: House) -> dict[str, list[str]]:
    """All that is stored, but for what every turn moves and for the record of refused presses."""
    with transaction(house.engine) as db:
        shown = {
            table.name: sorted(
                str({key: value for key, value in row.items() if key not in MOVING})
                for row in db.execute(table.select()).mappings()
                if row.get("action") != "refused_press"
            )
            for table in SQLModel.metadata.sorted_tables
            if table.name not in ("inbox", "session")
        }
        forms = db.exec(select(StoredSession).where(col(StoredSession.slot).startswith("enrol")))
        shown["forms"] = sorted(
            str((row.person_id, row.slot, form.answers, form.editing, form.overlay))
            for row in forms.all()
            if (form := sessions.load(db, house.keys, row.person_id, row.slot))
        )
    return shown


def spoil_session(house: House, person_id: int, conversation: str) -> None:
    """Keep a form of a conversation that there is not: every turn of this person fails."""
    sealed = house.keys.seal_json(
        sessions.PLACE, f"{person_id} enrolment", {"conversation": conversation, "answers": {}}
    )
    with transaction(house.engine) as db:
        db.get_one(StoredSession, (person_id, "enrolment")).state_sealed = sealed


def heard(phone: Phone) -> list[str]:
    """What the bot said, with codes and digits blotted out."""
    texts = (CODE.sub("KODE", bubble.text) for bubble in phone.bot_messages)
    return [re.sub(r"\d", "#", text) for text in texts]
