"""By HTTP, the whole way of a worker: from the village's link to the village's confirmation."""

import pytest

from bot.demo.phone import Phone
from tests.conftest import TEGAL_HARUM, Bot
from tests.people import WAYAN, Person

OPEN_PROGRAMMES = {
    "denpasar": TEGAL_HARUM,
    "bengkayang": "61.07.01.2001",
    "gianyar": "51.04.01.2001",
    "badung": "51.03.01.1001",
}


def sign_up(phone: Phone, village: str, person: Person = WAYAN) -> None:
    """Play part one the good way; the receipt is the last message."""
    phone.start(f"v_{village.replace('.', '')}")
    phone.wait()
    for what in person.answers:
        if what == "(kontak)":
            phone.tap(phone.reply_keyboard[0])
        elif what.startswith("["):
            phone.press(what.strip("[]"))
        else:
            phone.send(what)
        phone.wait()


@pytest.mark.parametrize("programme", OPEN_PROGRAMMES)
def test_a_worker_signs_up_and_the_village_confirms(bot: Bot, programme: str) -> None:
    village = OPEN_PROGRAMMES[programme]
    officer = bot.officer(village)
    worker = bot.phone("Wayan")
    sign_up(worker, village)
    assert "Sudah terkirim" in worker.last.text
    officer.send("/petugas")
    officer.wait()
    officer.press("Sahkan")
    officer.wait()
    officer.press("Ya, saya tahu")
    officer.wait(2)
    worker.wait()
    assert "Desa sudah mengesahkan I Wayan Contoh" in worker.last.text
    assert bot.server.state.refusals == []
