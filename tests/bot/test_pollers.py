"""Several processes of one bot that poll by turns."""

from pathlib import Path

import httpx

from bot.demo.server import serve
from storage.database import open_engine
from storage.presence import POLLING, open_presence
from tests.conftest import TOKEN, opened, own_database, run_bot, run_in, settings_for
from tests.steps import act

CUT = "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE objid::bigint = 1"


def test_a_process_whose_polling_another_took_over_stands_by_and_does_not_end(
    postgresql: str, tmp_path: Path
) -> None:
    address = own_database(postgresql)
    engine = open_engine(address)
    with serve(port=0, token=TOKEN) as server:
        settings = settings_for(tmp_path / "home", address, server)
        with opened(settings) as house, run_bot(settings, house):
            phone = server.phones.add("Wayan")
            act(phone, "halo")
            other = open_presence(engine)
            while not other.hold(POLLING):
                run_in(address, CUT)
            # Telegram lets the newest poll in, and ends the one before with a conflict.
            httpx.post(f"{server.base_url}{TOKEN}/getUpdates", json={"timeout": 2})
            other.close()
            act(phone, "halo")
    engine.dispose()
