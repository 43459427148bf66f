"""Many people send several messages at once, which come to either of two bots at random."""

import random
import time
from pathlib import Path

from bot.demo.phone import Phone
from bot.demo.server import serve
from storage import staff
from storage.database import transaction
from storage.models import Inbound, Staff
from storage.staff import Invited
from tests.conftest import TEGAL_HARUM, TOKEN
from tests.faults.bots import Place, bots
from tests.faults.people import Verdict, come_to_rest, heard
from tests.steps import all_of, link

# Each has an answer of its own, so that their order is seen; the last is sent before the question.
AT_ONCE = (link(TEGAL_HARUM), "/manfaat", "/status", "Saya sendiri")


def play(database: str, home: Path, people: int) -> Verdict:
    """So many people, all at the same moment; two processes where they are many."""
    verdict = Verdict({"people": people, "messages at once": len(AT_ONCE)})
    with serve(port=0, token=TOKEN) as server:
        place = Place(server, home, database, processes=people > 100)
        phones = [server.phones.add("Wayan") for _ in range(people)]
        with bots(place) as house:
            calm = server.phones.add("Made")
            for what in AT_ONCE[:3]:
                calm.send(what)
                calm.wait()
            calm.send(AT_ONCE[3])
            calm.chat.messages.clear()
            come_to_rest(server, house, verdict)
            expected = heard(calm)
            began = time.monotonic()
            with server.state.changing():
                for what in AT_ONCE:
                    for phone in random.sample(phones, people):
                        phone.send(what)
            come_to_rest(server, house, verdict, 600)
            spent = time.monotonic() - began
            right = sum(_is_right(phone, expected) for phone in phones)
            updates = all_of(house, Inbound)
    sent = len(AT_ONCE) * (people + 1)
    verdict.must(len(updates) == sent, f"{len(updates)} updates stored, {sent} sent")
    verdict.must({row.state for row in updates} == {"done"}, "not every update is done")
    verdict.figures["people right"] = f"{right} of {people}"
    verdict.figures["messages answered a second"] = round(sent / spent)
    verdict.must(right == people, f"{right} of {people} people were answered right")
    return verdict


def _is_right(phone: Phone, expected: list[str]) -> bool:
    """The same replies as one who waits gets, in order; the last is that it came too early."""
    found = heard(phone)
    return found[:-1] == expected[:-1] and len(found) == len(expected)


def one_code(database: str, home: Path, people: int, processes: int) -> Verdict:
    """So many accounts use one invitation at the same moment; one of them holds the office."""
    verdict = Verdict({"accounts": people, "bots": processes})
    with serve(port=0, token=TOKEN) as server:
        hooked = processes > 1
        with bots(Place(server, home, database, hooked=hooked), processes) as house:
            phones = [
                server.phones.add("Ketut", phone_number="+6281234567890") for _ in range(people)
            ]
            with transaction(house.engine) as db:
                invited = Invited(TEGAL_HARUM, phones[0].phone_number)
                token = staff.invite(db, house.keys, invited, house.clock())
            for phone in phones:
                phone.start(f"s_{token}")
            for phone in phones:
                phone.wait()
            with server.state.changing():
                for phone in phones:
                    phone.tap(phone.reply_keyboard[0])
            come_to_rest(server, house, verdict)
            offices = all_of(house, Staff)
    verdict.figures["offices"] = len(offices)
    verdict.must(len(offices) == 1, f"{len(offices)} offices by one invitation")
    answered = [phone for phone in phones if len(phone.chat.sent) >= 2]
    verdict.must(len(answered) == people, f"{people - len(answered)} were not answered")
    return verdict
