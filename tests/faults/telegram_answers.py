"""Every kind of bad answer from Telegram, before and after the effect, for each method."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from sqlmodel import select

from bot.demo.faults import Kind
from bot.demo.phone import Phone
from bot.demo.server import Server, serve
from bot.house import House
from storage import outbox
from storage.database import transaction
from storage.models import ClaimPhoto, Outbound, Person
from tests.bot.test_photo_loop import want
from tests.conftest import TOKEN, opened, run_bot, settings_for
from tests.faults.people import Verdict, come_to_rest, say, wait_for
from tests.steps import all_of

QUICK: tuple[Kind, ...] = (
    *("429", "500", "502", "broken_json", "empty_json", "closed_before", "slow", "403", "401"),
)
REFUSALS = ("429", "403", "401")  # which never come after the effect
METHODS = (
    *("getUpdates", "sendMessage", "editMessageText", "answerCallbackQuery", "deleteMessage"),
    "getFile",
)
WAIT = 2.0  # seconds that a 429 asks for
HANG = 60.0
SEVERAL = ("500", "502")  # after which a message may come four times; else twice


@dataclass(frozen=True)
class Fault:
    """One row of the matrix."""

    method: str
    kind: Kind
    after: bool

    def __str__(self) -> str:
        return f"{self.kind} {'after' if self.after else 'before'} {self.method}"


# One of each method, and of each kind that asks for something else of the bot.
FEW = [
    Fault("getUpdates", "broken_json", True),
    Fault("getUpdates", "empty_json", False),
    Fault("sendMessage", "429", False),
    Fault("sendMessage", "502", True),
    Fault("sendMessage", "closed_before", False),
    Fault("sendMessage", "403", False),
    Fault("sendMessage", "401", False),
    Fault("sendMessage", "empty_json", True),
    Fault("editMessageText", "closed_before", True),
    Fault("answerCallbackQuery", "500", False),
    Fault("deleteMessage", "broken_json", True),
]


def matrix(kinds: tuple[Kind, ...]) -> Iterator[Fault]:
    """Every fault that can be: nobody refuses, or asks to wait, after the effect."""
    for method, kind, after in product(METHODS, kinds, (False, True)):
        if after and kind in REFUSALS:
            continue
        if kind == "403" and method in ("getUpdates", "answerCallbackQuery", "getFile"):
            continue
        yield Fault(method, kind, after)


def hangs() -> Iterator[Fault]:
    """Telegram says nothing for a minute."""
    for method, after in product(METHODS, (False, True)):
        yield Fault(method, "hang", after)


@dataclass
class Scene:
    """A bot, one who meets the fault, and another who must not notice it."""

    server: Server
    house: House
    phone: Phone
    other: Phone
    verdict: Verdict


def play(home: Path, faults: list[Fault]) -> Verdict:
    """These faults, one after the other."""
    verdict = Verdict()
    with serve(port=0, token=TOKEN) as server:
        settings = settings_for(home, "", server)
        with opened(settings) as house, run_bot(settings, house):
            for number, fault in enumerate(faults):
                phone, other = (server.phones.add(name) for name in ("Wayan", "Made"))
                say(phone, "/status")
                say(other, "/status")
                come_to_rest(server, house, verdict)
                meet(Scene(server, house, phone, other, verdict), fault, number)
                server.faults.clear()
            come_to_rest(server, house, verdict)
            now = house.clock()
            states = {row.state for row in all_of(house, Outbound) if row.due_at <= now}
    verdict.must(states <= {"sent", "failed"}, f"notices {states}")
    verdict.figures |= {"faults": len(faults), "different ones": len(set(faults))}
    return verdict


def meet(scene: Scene, fault: Fault, number: int) -> None:
    """One fault; what has to hold after it."""
    began = time.monotonic()
    before = len(scene.other.chat.sent)
    seconds = {"429": WAIT, "hang": HANG, "slow": 0.5}.get(fault.kind, 0.0)
    add = scene.server.faults.add
    add(fault.method, fault.kind, seconds=seconds, after=fault.after)
    done = ACTS[fault.method](scene, number)
    if fault.method == "getUpdates":
        scene.phone.send("/bantuan")
    else:
        wait_for(lambda: not scene.server.faults.any_left(fault.method))
        scene.other.send("/bantuan")
    if fault.kind != "403":
        scene.verdict.must(wait_for(done), f"{fault}: it never came about")
    took = time.monotonic() - began
    if fault.method != "getUpdates":
        heard = wait_for(lambda: len(scene.other.chat.sent) > before)
        scene.verdict.must(heard, f"{fault}: another person was held up")
    if fault.kind == "429" and fault.method == "sendMessage":
        early = took < WAIT - 1
        scene.verdict.must(not early, f"{fault}: tried again after {took:.1f} s")
        late = took > WAIT + 1
        if late:
            scene.verdict.slow.append(f"{fault}: tried again after {took:.1f} s only")
    come_to_rest(scene.server, scene.house, scene.verdict)
    _counted(scene, fault, number)


def _counted(scene: Scene, fault: Fault, number: int) -> None:
    """No message more often than promised, all in order."""
    texts = [str(one.raw.get("text", "")) for one in scene.phone.chat.sent]
    most = 4 if fault.kind in SEVERAL else 2
    for text in set(texts):
        times = texts.count(text)
        scene.verdict.must(times <= most, f"{fault}: a message came {times} times")
    mine = [text for text in texts if text.startswith(f"kabar {number}.")]
    scene.verdict.must(mine == sorted(mine), f"{fault}: out of order: {mine}")
    if fault.kind == "403" and fault.method == "sendMessage":
        with transaction(scene.house.engine) as db:
            gone = db.get_one(Person, scene.phone.user_id).unreachable_since
        scene.verdict.must(gone, f"{fault}: nobody noted that the person is out of reach")


def _fetched(scene: Scene, number: int) -> Callable[[], bool]:
    had = len(scene.phone.chat.sent)
    scene.phone.send("/manfaat")
    return lambda: len(scene.phone.chat.sent) >= had + 2


def _replied(scene: Scene, number: int) -> Callable[[], bool]:
    """A reply, and two notices behind it."""
    had = len(scene.phone.chat.sent)
    scene.phone.send("/manfaat")
    wait_for(lambda: not scene.server.faults.any_left("sendMessage"))
    for part in range(2):
        _queue(scene, "sendMessage", text=f"kabar {number}.{part}")
    return lambda: len(scene.phone.chat.sent) >= had + 3


def _queue(scene: Scene, method: str, **fields: object) -> None:
    call = {"method": method, "chat_id": scene.phone.user_id, **fields}
    with transaction(scene.house.engine) as db:
        outbox.queue(db, scene.house.keys, call, "test", scene.house.clock(), outbox.REPLY)


def _edited(scene: Scene, number: int) -> Callable[[], bool]:
    had, text = len(scene.phone.chat.sent), f"baru {number}"
    _queue(scene, "sendMessage", text=f"lama {number}")
    wait_for(lambda: len(scene.phone.chat.sent) > had)
    message = scene.phone.last.id
    _queue(scene, "editMessageText", message_id=message, text=text)
    return lambda: scene.phone.chat.messages[message].raw["text"] == text


def _pressed(scene: Scene, number: int) -> Callable[[], bool]:
    had = len(scene.phone.chat.sent)
    scene.phone.press_data(scene.phone.last.id, "open:status:")
    return lambda: len(scene.phone.chat.sent) > had


def _deleted(scene: Scene, number: int) -> Callable[[], bool]:
    message = scene.phone.send("5171031206850001")
    return lambda: message not in scene.phone.chat.messages


def _photographed(scene: Scene, number: int) -> Callable[[], bool]:
    message = scene.phone.send_photo(b"")
    file_id = str(scene.phone.chat.messages[message].raw["photo"][-1]["file_id"])
    want(scene.house, scene.phone.user_id, file_id)
    rows = (ClaimPhoto.sent_by == scene.phone.user_id, ClaimPhoto.state == "kept")

    def kept() -> bool:
        with transaction(scene.house.engine) as db:
            return db.exec(select(ClaimPhoto).where(*rows)).first() is not None

    return kept


ACTS: dict[str, Callable[[Scene, int], Callable[[], bool]]] = {
    "getUpdates": _fetched,
    "sendMessage": _replied,
    "editMessageText": _edited,
    "answerCallbackQuery": _pressed,
    "deleteMessage": _deleted,
    "getFile": _photographed,
}
