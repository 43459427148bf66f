"""PostgreSQL crashes again and again, locks, gives no connection, and runs out of disk."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import httpx
from sqlalchemy import event, text

from bot.attachments import FORGET
from bot.demo.server import Server, serve
from bot.house import House
from storage import outbox
from storage.database import transaction
from storage.models import Inbound, Outbound
from tests.conftest import TOKEN, own_database
from tests.faults.bots import SECRET, Place, bots
from tests.faults.crowds import acquainted, tell
from tests.faults.nemesis import Postgres
from tests.faults.people import Crowd, Verdict, come_to_rest, heard, say, wait_for
from tests.steps import all_of

HEADER = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
RECOVERY = 10.0  # seconds that may pass from the server's start to the next answer
ids = count(1)  # below those that the stand-in gives


def post(server: Server) -> tuple[int, httpx.Response]:
    """Deliver an update of a kind that is passed over, as Telegram would; its id and the answer."""
    hook, id = server.state.hook, next(ids)
    assert hook
    update = {"update_id": id, "poll": {"id": "1", "question": "?", "options": []}}
    return id, httpx.post(hook.url, json=update, headers=HEADER, timeout=60)


def crashes(database: Postgres, home: Path, people: int, times: int) -> Verdict:
    """The server is stopped so many times, `immediate`, while so many people sign up."""
    verdict = Verdict({"people at once": people, "stops": times})
    with serve(port=0, token=TOKEN) as server:
        place = Place(server, home, own_database(database.address), processes=times > 5)
        with bots(place) as house:
            crowd, spans = Crowd(server), []
            crowd.sign_up()  # in calm
            prober = server.phones.add("Made")
            with crowd.at_work(people):
                for _ in range(times):
                    time.sleep(0.5)
                    database.stop()
                    refused, answer = post(server)
                    verdict.must(answer.status_code == 503, f"webhook said {answer.status_code}")
                    verdict.must(answer.headers.get("Retry-After"), "503 without Retry-After")
                    time.sleep(0.3)
                    database.start()
                    spans.append(say(prober, "/manfaat"))
                    known = {row.update_id for row in all_of(house, Inbound)}
                    verdict.must(refused not in known, "what was refused is stored")
            come_to_rest(server, house, verdict)
            crowd.check(house, verdict)
            doubled = len(prober.chat.sent) - times
            verdict.must(not doubled, f"{doubled} messages too many to one who asks")
    verdict.within("slowest recovery", max(spans), RECOVERY)
    verdict.figures["longest wait of a person"] = f"{max(crowd.spans):.2f} s"
    return verdict


def crashes_while_polling(database: Postgres, home: Path, times: int) -> Verdict:
    """The same, for two bots of which one polls and the other stands by."""
    verdict = Verdict({"stops": times})
    with serve(port=0, token=TOKEN) as server:
        own, processes = own_database(database.address), times > 5
        place = Place(server, home, own, hooked=False, processes=processes)
        with bots(place) as house:
            phone, spans = server.phones.add("Made"), []
            say(phone, "/manfaat")
            wait_for(lambda: _introduced(server) >= 2)
            time.sleep(1)  # a bot that is only starting ends without a database
            for _ in range(times):
                database.stop()
                phone.send("/status")
                time.sleep(1.5)
                verdict.must(server.state.updates.pending, "the offset moved, nothing was stored")
                database.start()
                began = time.monotonic()
                phone.wait(timeout=60)
                spans.append(time.monotonic() - began)
            come_to_rest(server, house, verdict)
            verdict.must(len(phone.chat.sent) == times + 1, "messages too many or too few")
    verdict.within("slowest recovery", max(spans), RECOVERY)
    return verdict


def _introduced(server: Server) -> int:
    """How many bots have started."""
    return sum(call.method == "setMyDescription" for call in list(server.state.calls))


def crash_while_sending(database: Postgres, home: Path) -> Verdict:
    """What is to leave the chat later does so, also where nobody could note it at once."""
    verdict = Verdict()
    with serve(port=0, token=TOKEN) as server:
        place = Place(server, home, own_database(database.address), hooked=False)
        with bots(place, 1) as house:
            phone = server.phones.add("Made")
            say(phone, "/status")
            come_to_rest(server, house, verdict)
            server.faults.add("sendMessage", "slow", seconds=2)
            call = {"method": "sendMessage", "chat_id": phone.user_id, "text": "isi", FORGET: 1}
            with transaction(house.engine) as db:
                outbox.queue(db, house.keys, call, "test", house.clock(), outbox.REPLY)
            wait_for(lambda: len(phone.chat.sent) > 1)
            database.stop()
            time.sleep(2.5)
            database.start()
            left = wait_for(lambda: "isi" not in [one.text for one in phone.messages], 15)
            come_to_rest(server, house, verdict)
            states = Counter(row.state for row in all_of(house, Outbound))
    verdict.must(left, "what was to be forgotten stays in the chat")
    verdict.must(heard(phone).count("isi") == 1, "it was sent more than once")
    verdict.must(set(states) == {"sent"}, f"notices {dict(states)}")
    return verdict


def reads_only(
    database: Postgres, home: Path, hooked: bool, seconds: float, people: int = 2
) -> Verdict:
    """The server refuses to write for so long, while a notice is under way and people sign up."""
    verdict = Verdict({"seconds": seconds, "by webhook": hooked})
    with serve(port=0, token=TOKEN) as server:
        own, processes = own_database(database.address), seconds > 5
        place = Place(server, home, own, hooked=hooked, processes=processes)
        with bots(place) as house:
            crowd, phones = Crowd(server), acquainted(server, 20)
            crowd.sign_up()  # in calm
            # Answered while the server only reads, and before the bot gives the answer up.
            server.faults.add("sendMessage", "slow", seconds=min(2.0, seconds / 2))
            tell(house, phones[:1], "isi")
            verdict.must(wait_for(lambda: bool(phones[0].chat.sent)), "no notice is under way")
            with crowd.at_work(people):
                _writes_nothing(database, server, seconds, verdict)
                tell(house, phones, "kabar")
            come_to_rest(server, house, verdict)
            crowd.check(house, verdict)
            states = Counter(row.state for row in all_of(house, Outbound))
    verdict.must(set(states) == {"sent"}, f"notices {dict(states)}")
    heard_of = [heard(phone) for phone in phones]
    verdict.must(heard_of[0] == ["isi", "kabar"], f"the first of them heard {heard_of[0]}")
    verdict.must(heard_of[1:] == [["kabar"]] * 19, "a notice came twice, or not at all")
    verdict.figures["longest wait of a person"] = f"{max(crowd.spans):.2f} s"
    return verdict


def _writes_nothing(database: Postgres, server: Server, seconds: float, verdict: Verdict) -> None:
    database.reads_only(True)
    try:
        time.sleep(seconds)
        if server.state.hook:
            _, answer = post(server)
            verdict.must(answer.status_code == 503, f"webhook said {answer.status_code}")
    finally:
        database.reads_only(False)


def held(database: str, home: Path, seconds: float, people: int = 2) -> Verdict:
    """Tables are locked for longer than is waited for, then no connection is left."""
    verdict = Verdict({"seconds": seconds})
    with serve(port=0, token=TOKEN) as server, bots(Place(server, home, database), 1) as house:
        crowd = Crowd(server)
        crowd.sign_up()
        with impatient(house, seconds), crowd.at_work(people):
            with house.engine.connect() as one, one.begin():
                one.execute(text("LOCK TABLE inbox, person, outbox IN ACCESS EXCLUSIVE MODE"))
                time.sleep(3 * seconds)
            spare = [house.engine.connect() for _ in range(13)]
            time.sleep(3 * seconds)
            for one in spare:
                one.close()
        come_to_rest(server, house, verdict)
        crowd.check(house, verdict)
    verdict.figures["longest wait"] = f"{max(crowd.spans):.2f} s"
    return verdict


@contextmanager
def impatient(house: House, seconds: float) -> Iterator[None]:
    """Locks and connections are waited for a moment only, that the scenario need not last."""

    def on_checkout(connection: object, *_: object) -> None:
        with connection.cursor() as cursor:  # type: ignore[attr-defined]
            cursor.execute(f"SET lock_timeout = {int(seconds * 1000)}")

    event.listen(house.engine, "checkout", on_checkout)
    before, house.engine.pool._timeout = house.engine.pool._timeout, seconds  # type: ignore[attr-defined]
    try:
        yield
    finally:
        house.engine.pool._timeout = before  # type: ignore[attr-defined]
        event.remove(house.engine, "checkout", on_checkout)
