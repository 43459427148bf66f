"""Many notices under Telegram's limits, people who flood, and people who block the bot."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from sqlmodel import col, func, select

from bot.demo.phone import Phone
from bot.demo.server import Server, serve
from bot.house import House
from bot.worker import MOST_OPEN
from conversations.model import Words
from storage import outbox
from storage.database import transaction
from storage.models import Inbound, Person
from tests.conftest import TEGAL_HARUM, TOKEN
from tests.faults.bots import Place, bots
from tests.faults.nemesis import redis_server
from tests.faults.people import Crowd, Verdict, come_to_rest, heard, p95, say, wait_for
from tests.people import WAYAN
from tests.steps import link

LIVE = 1.0  # seconds for a reply while many notices go out
ORDINARY = 2.0  # seconds for a reply while others flood
A_MINUTE = 59.0  # seconds between two words to one who floods


def acquainted(server: Server, many: int) -> list[Phone]:
    """So many phones to which the bot may write."""
    phones = [server.phones.add("Made") for _ in range(many)]
    for phone in phones:
        phone.chat.started = True
    return phones


def tell(house: House, phones: list[Phone], text: str) -> None:
    """Queue a notice to each."""
    calls = [{"method": "sendMessage", "chat_id": one.user_id, "text": text} for one in phones]
    with transaction(house.engine) as db:
        now, rank = house.clock(), outbox.STAFF
        outbox.queue_many(db, house.keys, calls, "test", now, rank)


def notices(database: str, home: Path, many: int, talking: int) -> Verdict:
    """So many notices by two bots under enforced limits, while some people sign up."""
    verdict = Verdict({"notices": many, "people who sign up meanwhile": talking})
    with serve(port=0, token=TOKEN) as server, redis_server(home / "redis") as redis:
        processes = many > 100
        place = Place(server, home, database, redis.url, limited=True, processes=processes)
        phones = acquainted(server, many)
        with bots(place) as house:
            server.state.limits.enforced = True
            crowd = Crowd(server, pause=2.0)
            with crowd.at_work(talking):
                began = time.monotonic()
                tell(house, phones, "kabar")
                done = wait_for(lambda: _sent(server) >= many, 30 + many / 15, 0.2 + many / 5000)
                spent = time.monotonic() - began
            verdict.must(done, "not every notice was sent in time")
            come_to_rest(server, house, verdict)
            if talking:
                crowd.check(house, verdict)
    times = Counter(len(phone.chat.sent) for phone in phones)
    verdict.must(times == {1: many}, f"how often a notice came: {dict(times)}")
    verdict.must(
        not server.state.limits.broken, f"limits broken {server.state.limits.broken} times"
    )
    verdict.figures["notices a second"] = f"{many / spent:.1f}"
    verdict.figures["most messages in any second"] = server.state.limits.most
    verdict.within("95 % of live replies", p95(crowd.spans), LIVE)
    return verdict


def _sent(server: Server) -> int:
    with server.state.condition:
        calls = server.state.calls
        return sum(call.ok and call.params.get("text") == "kabar" for call in calls)


def flood(
    database: str, home: Path, flooders: int, messages: int, others: int, pause: float
) -> Verdict:
    """Some send thousands of messages at once, while ordinary people sign up."""
    verdict = Verdict({"flooders": f"{flooders} x {messages}", "ordinary people": others})
    with serve(port=0, token=TOKEN) as server, redis_server(home / "redis") as redis:
        many = others > 10
        place = Place(server, home, database, redis.url, limited=many, processes=many)
        with bots(place) as house:
            server.state.limits.enforced = many
            floods = [server.phones.add("Putu") for _ in range(flooders)]
            crowd = Crowd(server, pause)
            if not many:  # else the limits are what is slow
                _hold_up(server, floods[0])
            with crowd.at_work(others), watched(house, floods) as most:
                for _ in range(messages):
                    for phone in floods:
                        phone.send("halo")
                wait_for(lambda: not _pending(server), 600)
            come_to_rest(server, house, verdict, 200)
            words = house.texts.plain(Words("turn.flood"))
            _told(server, floods, words, verdict)
            states = _states(house)
    # Two bots may each store one more before either looks.
    verdict.must(most[0] <= MOST_OPEN + 2, f"{most[0]} updates of one person were open")
    verdict.broken += crowd.errors
    verdict.must(states.keys() <= {"done", "flood"}, f"updates {states}")
    verdict.figures |= {"most open of one person": most[0], "updates": dict(states)}
    verdict.within("95 % of ordinary replies", p95(crowd.spans), ORDINARY)
    return verdict


def _hold_up(server: Server, phone: Phone) -> None:
    """The reply to this one takes long, and what comes meanwhile waits."""
    server.faults.add("sendMessage", "slow", seconds=2)
    phone.send("halo")
    wait_for(lambda: not server.faults.any_left("sendMessage"))


def _pending(server: Server) -> bool:
    with server.state.condition:
        return bool(server.state.updates.pending)


@contextmanager
def watched(house: House, floods: list[Phone]) -> Iterator[list[int]]:
    """The most updates of one of these that were open at any look."""
    most, over = [0], threading.Event()
    here = (Inbound.state == "new", col(Inbound.lane).in_([one.user_id for one in floods]))
    query = select(func.count()).where(*here).group_by(col(Inbound.lane))

    def look() -> None:
        while not over.wait(0.2):
            with transaction(house.engine) as db:
                most[0] = max([most[0], *db.exec(query)])

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield most
    finally:
        over.set()
        thread.join()


def _told(server: Server, floods: list[Phone], words: str, verdict: Verdict) -> None:
    """Each who floods was told, and not more than once a minute."""
    verdict.figures["words to who floods"] = 0
    for phone in floods:
        at = [
            call.at
            for call in server.state.calls
            if call.ok
            and call.params.get("chat_id") == phone.user_id
            and words in str(call.params.get("text"))
        ]
        verdict.figures["words to who floods"] += len(at)  # type: ignore[operator]
        apart = min((b - a for a, b in pairwise(at)), default=A_MINUTE)
        verdict.must(at, "one who floods was told nothing")
        verdict.must(apart >= A_MINUTE, f"told again after {apart:.0f} s")


def _states(house: House) -> Counter[str]:
    with transaction(house.engine) as db:
        query = select(Inbound.state, func.count()).group_by(col(Inbound.state))
        return Counter(dict(db.exec(query).all()))


def blocked(home: Path, people: int) -> Verdict:
    """People block the bot while they sign up, half of them without Telegram saying so."""
    verdict = Verdict({"people": people})
    with serve(port=0, token=TOKEN) as server, bots(Place(server, home, hooked=False), 1) as house:
        phones = [server.phones.add("Wayan") for _ in range(people)]
        for phone in phones:
            for what in (link(TEGAL_HARUM), "[Saya sendiri]", "[Setuju]"):
                say(phone, what)
        come_to_rest(server, house, verdict)
        asked = [phone.last.text for phone in phones]
        for number, phone in enumerate(phones):
            if number % 2:
                phone.block()
            else:
                phone.chat.blocked = True
        for number in range(3):
            tell(house, phones, f"kabar {number}")
        come_to_rest(server, house, verdict)
        refused = Counter(call.params["chat_id"] for call in server.state.refusals if call.params)
        verdict.figures["most sends to one who blocked"] = max(refused.values(), default=0)
        # One finds out, and one more may be on its way.
        verdict.must(max(refused.values(), default=0) <= 2, "sent again and again after 403")
        verdict.must(len(_out_of_reach(house)) == people, "not all are noted as out of reach")
        for phone, question in zip(phones, asked, strict=True):
            had = len(phone.chat.sent)
            phone.start()
            wait_for(lambda phone=phone, had=had: len(phone.chat.sent) > had)  # type: ignore[misc]
            verdict.must(phone.last.text.endswith(question[-40:]), "/start does not resume")
        come_to_rest(server, house, verdict)
        say(phones[0], WAYAN.nik)
        verdict.must("nama" in phones[0].last.text.lower(), "the form does not go on")
        verdict.must(not _out_of_reach(house), "who is back is out of reach still")
        tell(house, phones, "kabar baru")
        come_to_rest(server, house, verdict)
        heard_it = [phone for phone in phones if "kabar baru" in heard(phone)]
        verdict.must(len(heard_it) == people, "who is back gets no notices")
    return verdict


def _out_of_reach(house: House) -> list[int]:
    with transaction(house.engine) as db:
        query = select(Person.id).where(col(Person.unreachable_since).is_not(None))
        return list(db.exec(query))
