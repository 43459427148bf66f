"""Any text at any question: an answer every time, shown as text, and nobody is stuck."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from bot import worker
from bot.demo.methods import METHODS
from bot.demo.parameters import read_parameters
from bot.demo.phones import Phones
from bot.demo.state import State
from bot.house import House
from bot.replies import Call
from bot.sending import NOT_TELEGRAMS
from bot.stage import Stage
from bot.updates import UNSEEN
from storage.database import transaction
from storage.models import Person, StoredSession
from tests.conftest import TOKEN
from tests.long_run import sizes
from tests.on_stage import LINK, TO_NAME, TO_OCCUPATION, act, over
from tests.people import WAYAN
from tests.storage.conftest import house as house
from tests.storage.conftest import one_house as one_house

# No sentence of ours is struck through: one that is was typed by somebody.
TYPED_MARKUP = "<s>dicoret</s>"
PIECES = (
    *(TYPED_MARKUP, "<s", "</b>", "&lt;", "&", "'", '"', "\\", "%s", "%(x)s", "{name}", "{0}", "{"),
    *("\u202e", "\u200b", "\u200d", "\u2066", "\ufeff", "\x00", "\r\n", "\t", "\x1b[2J", "\x85"),
    *("\ud83d", "\udc00", "😀", "👩\u200d👩\u200d👧", "e\u0301" * 9, "ﷺ", "ı", "ß", "K", "\u0e33"),
    *("١٢", "５１", "x" * 99, "\u0301", "\U000e0041", "\ufffe", "\U0010ffff"),
    *(WAYAN.nik, "I Wayan", "penjual", "Tegal Harum", "ya", "1", "/start", "/", " ", "[", "]"),
    *("'; DROP TABLE inbox; --", "../../etc/passwd", "=1+1", "https://contoh.example/?a=1"),
)
ODD = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=80),
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=12).map("".join),
    st.sampled_from(PIECES).map(lambda piece: (piece * 4096)[:4096]),
)
QUESTIONS = {
    "the chat's home": ("halo",),
    "village": ("/daftar",),
    "consent": (LINK, "[Saya sendiri]"),
    "nik": (LINK, "[Saya sendiri]", "[Setuju]"),
    "name": TO_NAME,
    "occupation": TO_OCCUPATION,
    "phone": (LINK, *WAYAN.answers[:9]),
    "where somebody died": ("/meninggal",),
    "who died": ("/meninggal", "Tegal Harum"),
    "a claim's code": ("/klaim",),
}
SEARCHED = ("village", "where somebody died")  # in the names of all villages, which takes time


class Typist:
    """Somebody at a question, put back to it after each text."""

    def __init__(self, stage: Stage, does: tuple[str, ...]) -> None:
        act(stage, "worker", *does)
        self._stage = stage
        self._id = stage.chat("worker").id
        self._update = 1_000_000
        self._state = State(TOKEN, "Bot", "bot")
        self._phone = Phones(self._state).add("Wayan", user_id=self._id)
        self._phone.chat.started = True
        with transaction(stage.house.engine) as db:
            self._person = db.get_one(Person, self._id).model_dump(exclude={"id"})
            self._sessions = [row.model_dump() for row in db.exec(self._mine()).all()]

    def _mine(self) -> Any:
        return select(StoredSession).where(StoredSession.person_id == self._id)

    def goes_back(self) -> None:
        """Be at the question again."""
        with transaction(self._stage.house.engine) as db:
            db.get_one(Person, self._id).sqlmodel_update(self._person)
            for row in db.exec(self._mine()).all():
                db.delete(row)
            db.flush()
            db.add_all(StoredSession(**row) for row in self._sessions)

    def types(self, text: str) -> list[Call]:
        """The calls that answer a text."""
        self._update += 1
        sender = {"id": self._id, "is_bot": False, "first_name": text[:64], "last_name": text[-64:]}
        chat = {"id": self._id, "type": "private"}
        message = {"message_id": self._update, "date": 0, "from": sender, "chat": chat}
        raw = {"update_id": self._update, "message": message | {"text": text}}
        served = worker.take(self._stage.house, self._stage.here, raw)
        worker.mark(self._stage.house, served)
        return served.calls

    def show(self, call: Call) -> dict[str, Any]:
        """A call as Telegram takes it; raises where it would be refused."""
        method = call["method"].lower()
        sent = {key: value for key, value in call.items() if key not in NOT_TELEGRAMS}
        params = read_parameters(method, json.loads(json.dumps(sent)))
        shown: dict[str, Any] = METHODS[method](self._state, params)
        return shown


@pytest.mark.both_databases
@pytest.mark.parametrize("examples", sizes(10, 500))
@pytest.mark.parametrize("question", QUESTIONS)
def test_any_text_is_answered_and_shown_as_text(house: House, question: str, examples: int) -> None:
    typist = Typist(over(house), QUESTIONS[question])
    many = max(3, examples // 12) if question in SEARCHED else examples

    @settings(max_examples=many, deadline=None, suppress_health_check=list(HealthCheck))
    @given(ODD)
    def any_text(typed: str) -> None:
        typist.goes_back()
        calls = typist.types(typed)
        assert calls, "no answer"
        for call in calls:
            shown = typist.show(call)
            assert not UNSEEN.search(shown["text"]), "a mark that nobody sees is shown"
            kinds = {entity["type"] for entity in shown.get("entities", ())}
            assert "strikethrough" not in kinds, "typed markup is shown as markup"

    any_text()
