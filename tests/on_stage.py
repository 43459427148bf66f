"""What people do on a stage again and again in tests, and what they are told then."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.house import House
from bot.replies import Call
from bot.stage import Stage, StageClock
from conversations.model import Given
from storage import programmes, sessions
from storage.database import transaction
from storage.models import Person as PersonRow
from tests.conftest import TEGAL_HARUM
from tests.conversations.sayable import CATALOGUES, plain_text
from tests.people import WAYAN

LINK = f"/start v_{TEGAL_HARUM.replace('.', '')}"
TO_NAME = (LINK, *WAYAN.answers[:3])
TO_OCCUPATION = (LINK, *WAYAN.answers[:5])
TO_ABLE = (LINK, *WAYAN.answers[:7])
QUESTION = "klo meninggal dapat berapa?"
ANSWER = "Rp42.000.000, kalau sudah 3 bulan ikut"


def over(house: House) -> Stage:
    """A stage over a house of either database, on the day of the scenes."""
    clock = StageClock(datetime(2026, 11, 20, 2, tzinfo=UTC))
    with transaction(house.engine) as db:
        programmes.set_open(db, "denpasar", True, clock())
    return Stage(replace(house, clock=clock), clock)


def act(stage: Stage, who: str, *does: str) -> list[Call]:
    """Do one thing after the other; the messages to this person after the last."""
    for what in does:
        told = [call for whom, call in stage.do(who, what) if whom == who]
    return [call for call in told if call["method"] == "sendMessage"]


def said(stage: Stage, who: str, *does: str) -> list[str]:
    """As `act`, and the messages as the phone shows them."""
    return [plain_text(call) for call in act(stage, who, *does)]


def opening(key: str) -> str:
    """The first line of a sentence without placeholders, by which it is known again."""
    return plain_text({"text": CATALOGUES["id"][key].split("\n")[0]})


def last(stage: Stage, who: str) -> Call:
    """The newest message of a chat."""
    return stage.chat(who).said[-1]


def labels(call: Call) -> list[str]:
    """The buttons under a message."""
    rows = call["reply_markup"]["inline_keyboard"]
    return [button["text"] for row in rows for button in row]


def forge(stage: Stage, who: str, data: str) -> list[str]:
    """Press a button that the bot never made."""
    button = {"text": "palsu", "callback_data": data}
    stage.chat(who).said.append({"reply_markup": {"inline_keyboard": [[button]]}})
    return said(stage, who, "[palsu]")


def standing(stage: Stage, who: str) -> tuple[int, int, str, dict[str, Given]]:
    """What a person's next answer hangs on: turn, question asked, slot, and the answers so far."""
    with transaction(stage.house.engine) as db:
        person = db.get_one(PersonRow, stage.chat(who).id)
        session = sessions.load(db, stage.house.keys, person.id, person.slot)
        answers = dict(session.answers) if session else {}
        return person.turn, person.asked_message, person.slot, answers


def kept(stage: Stage, who: str, name: str) -> str:
    """The answer kept to a question of the open form, or ""."""
    answers = standing(stage, who)[3]
    return answers[name].value if name in answers else ""


def asked_in_between(stage: Stage, who: str, text: str) -> list[Call]:
    """Ask something in the middle of a form; the reply, below which the same question stands.

    Nothing of the form may have changed: neither its answers, nor which buttons are good.
    """
    before, open_question = standing(stage, who), last(stage, who)
    *reply, again = act(stage, who, text)
    assert standing(stage, who) == before
    assert again["text"] == open_question["text"]
    assert again["reply_markup"] == open_question["reply_markup"]
    return reply
