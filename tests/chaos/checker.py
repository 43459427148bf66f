"""The checker: what each person did, in order, beside what the database holds at the end."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from itertools import pairwise, takewhile
from typing import Any

from sqlmodel import Session, select

from bot.house import House
from storage import proof
from storage.database import transaction
from storage.models import Answer, Audit, Inbound, Outbound, Registration
from storage.proof import Kept
from tests.chaos.bots import Bot
from tests.chaos.people import QUESTIONS, RECEIPT, Villager
from tests.chaos.world import World

ORDER = list(QUESTIONS)
UNANSWERED = "no answer from Telegram to sendMessage"
FINAL = ("sent", "unsure", "failed", "cancelled")


@dataclass
class Findings:
    """What was found wrong, each in words; and how often a reply came twice.

    `given_up` counts replies that never came because Telegram did not answer in time, twice: so it
    goes where the machine has too much to do. The person asks again, no answer is lost.
    """

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    messages: int = 0
    people: int = 0
    twice: int = 0
    given_up: int = 0

    @property
    def wrong(self) -> list[str]:
        """All that may not be."""
        return [*self.lost, *self.doubled, *self.out_of_order, *self.other]

    def add(self, more: "Findings") -> None:
        """Take in what was found elsewhere."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(more, one.name))


def check(world: World) -> Findings:
    """Look at everything, when the world is at rest and the bots have stopped."""
    with transaction(world.house.engine) as db:
        return looked_at(world, db)


def looked_at(world: World, db: Session) -> Findings:
    """What is wrong with a world whose database is seen so."""
    found = Findings()
    sent, unanswered = _sent(world), sum(map(_unanswered, world.bots))
    for one in world.crowd.villagers:
        _signed_up(found, db, world.house, one)
        _heard(found, one, sent.get(one.phone.user_id, []), unanswered)
    _inbox(found, db, world)
    _outbox(found, db, world)
    _once(found, db)
    _logs(found, world)
    return found


def _sent(world: World) -> dict[int, list[Mapping[str, Any]]]:
    """What the bot sent to each chat, in order, as it was sent."""
    sent: dict[int, list[Mapping[str, Any]]] = {}
    for call in world.server.state.calls:
        if call.method == "sendMessage" and call.ok:
            sent.setdefault(int(call.params["chat_id"]), []).append(call.params)
    return sent


def _signed_up(found: Findings, db: Session, house: House, one: Villager) -> None:
    """One sign-up of this person, with each answer once, as given and in the order given."""
    who, found.people = one.person.name, found.people + 1
    if not one.at_the_end:
        found.lost.append(f"{who} never came to the end: {one.phone.transcript()[-1500:]}")
        return
    mine = db.exec(select(Registration).where(Registration.person_id == one.phone.user_id)).all()
    kept = [row for sign_up in mine for row in proof.load(db, house.keys, sign_up.id, True)]
    if not mine:
        found.lost.append(f"{who} has no sign-up: {one.phone.transcript()[-1500:]}")
        return
    if len(mine) > 1:
        found.doubled.append(f"{who} has {len(mine)} sign-ups")
    _answers(found, one, kept)


def _answers(found: Findings, one: Villager, kept: list[Kept]) -> None:
    who, wanted = one.person.name, one.values
    given = {row.question: row.given.value for row in kept}
    for question, value in wanted.items():
        if given.get(question) != value:
            found.lost.append(f"{who} gave {value!r} to {question}, kept {given.get(question)!r}")
    for question, times in Counter(row.question for row in kept).items():
        if times > 1:
            found.doubled.append(f"{who}: {question} is kept {times} times")
        if question not in wanted:
            found.other.append(f"{who} never answered {question}")
    order = [row.question for row in kept if row.question in wanted]
    if order != sorted(order, key=list(wanted).index):
        found.out_of_order.append(f"{who}: {order}")


def _unanswered(bot: Bot) -> int:
    """How many messages a process sent, by its log, of which it does not know the end."""
    return bot.log.read_text().count(UNANSWERED) if bot.log.exists() else 0


def _heard(found: Findings, one: Villager, sent: list[Mapping[str, Any]], unanswered: int) -> None:
    """Each update was replied to, and no question came again that had been answered."""
    who = one.person.name
    found.messages += len(sent)
    extra = len(sent) - len({act.update_id for act in one.acts})
    found.twice += max(0, extra)
    if extra < 0 and unanswered >= 2 * -extra:
        found.given_up += -extra
    elif extra < 0:
        told = one.phone.transcript()[-6000:]
        found.lost.append(f"{who}: {-extra} replies never came ({unanswered} unsure): {told}")
    # After the receipt a link that was on its way may begin another form.
    form = takewhile(lambda call: RECEIPT not in call["text"], sent)
    asked = [ORDER.index(name) for name in map(_question, form) if name in ORDER]
    for before, after in pairwise(asked):
        if after < before:
            again = f"{who} was asked {ORDER[after]} again, after {ORDER[before]}"
            found.lost.append(f"{again}: {one.phone.transcript()[-4000:]}")


def _question(sent: Mapping[str, Any]) -> str:
    markup = sent.get("reply_markup") or {}
    if rows := markup.get("inline_keyboard"):
        return str(rows[0][0].get("callback_data", "")).partition(":")[0]
    contact = [button for row in markup.get("keyboard", []) for button in row]
    asks = any(isinstance(one, dict) and one.get("request_contact") for one in contact)
    return "enrolment.phone" if asks else ""


def _inbox(found: Findings, db: Session, world: World) -> None:
    """Every update is stored, done, and replied to."""
    rows = {row.update_id: row for row in db.exec(select(Inbound))}
    for act in world.crowd.acts():
        row = rows.get(act.update_id)
        if row is None:
            found.lost.append(f"update {act.update_id} ({act.question or act.what}) is not stored")
        elif row.state != "done" or row.sent_at is None:
            found.lost.append(f"update {act.update_id} is {row.state}, replied {row.sent_at}")
    found.other += [f"{row.update_id} is a dead letter" for row in rows.values() if _dead(row)]


def _dead(row: Inbound) -> bool:
    return row.state in ("dead", "flood")


def _outbox(found: Findings, db: Session, world: World) -> None:
    """Everything that was due has come to a final state."""
    for row in db.exec(select(Outbound)):
        if row.state not in FINAL and row.due_at <= world.house.clock():
            found.other.append(f"a notice ({row.kind}) is {row.state}")
    for refused in world.server.state.refusals:
        if refused.method.startswith("send"):
            found.other.append(f"Telegram refused {refused.method}: {refused.description}")


def _once(found: Findings, db: Session) -> None:
    """What was done is on record once, and kept once."""
    found.doubled += _repeated("audit", ((row.action, row.object_id) for row in _all(db, Audit)))
    answers = ((row.registration_id, row.question) for row in _all(db, Answer))
    found.doubled += _repeated("answer", answers)
    people = (str(row.person_id) for row in _all(db, Registration))
    found.doubled += _repeated("sign-up", people)


def _all(db: Session, table: type[Any]) -> Iterator[Any]:
    return iter(db.exec(select(table)).all())


def _repeated(what: str, keys: Iterator[Any]) -> list[str]:
    return [
        f"{what} {key} is there {times} times" for key, times in Counter(keys).items() if times > 1
    ]


def _logs(found: Findings, world: World) -> None:
    """No process complained of what nobody ordered."""
    for bot in world.bots:
        lines = bot.log.read_text().splitlines() if bot.log.exists() else []
        for number, line in enumerate(lines):
            if line.startswith("Traceback") or " critical " in line:
                found.other.append(f"{bot.log.name}: {' / '.join(lines[number - 1 : number + 40])}")
                break
