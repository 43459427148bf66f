"""By HTTP, the whole way of a worker: from the village's link to the village's confirmation."""

import pytest

from tests.conftest import TEGAL_HARUM, Bot
from tests.steps import confirm, sign_up

OPEN_PROGRAMMES = {
    "denpasar": TEGAL_HARUM,
    "bengkayang": "61.07.01.2001",
    "gianyar": "51.04.01.2001",
    "badung": "51.03.01.1001",
}


@pytest.mark.parametrize("programme", OPEN_PROGRAMMES)
def test_a_worker_signs_up_and_the_village_confirms(bot: Bot, programme: str) -> None:
    village = OPEN_PROGRAMMES[programme]
    officer = bot.officer(village)
    worker = bot.phone("Wayan")
    sign_up(worker, village)
    assert "Sudah terkirim" in worker.last.text
    confirm(officer)
    worker.wait()
    assert "Desa sudah mengesahkan I Wayan Contoh" in worker.last.text
    assert bot.server.state.refusals == []
