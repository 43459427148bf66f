"""`lindung demo`: the stand-in, workers and offices on one page, and the real bot."""

import asyncio
import tempfile
import threading
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from bot import running
from bot.demo import bereaved, villagers
from bot.demo.bereaved import Scene
from bot.demo.phone import Phone
from bot.demo.server import Server, serve
from bot.house import House, open_house
from bot.settings import GivenSettings, Settings
from rules import areas
from rules.permissions import Role
from rules.programmes import said_to_run
from storage import programmes, staff
from storage.database import transaction
from storage.staff import Invited

TOKEN = "123456:demo"  # noqa: S105 (the stand-in's own, known to everybody)
VILLAGE = "51.71.03.2008"
LINK = "v_5171032008"
OFFICES = (
    ("Ketut", "Petugas Desa Tegal Harum", Role.VILLAGE_OFFICER, VILLAGE),
    ("Komang", "Kader Desa Tegal Harum", Role.HELPER, VILLAGE),
    ("Dayu", "Petugas Kota Denpasar", Role.REGENCY_OFFICER, "51.71"),
)


def demo(port: int) -> None:
    """Run the demo on 127.0.0.1 until it is stopped."""
    with (
        tempfile.TemporaryDirectory(prefix="lindung-demo-") as folder,
        serve(port=port, token=TOKEN, bot_name="Lindung", username="lindung_demo_bot") as server,
    ):
        settings = demo_settings(server, Path(folder))
        house = open_house(settings)
        offices = set_up(house, server)
        appointing = threading.Thread(target=appoint, args=(house, offices), daemon=True)
        appointing.start()
        print(f"\nLindung: buka / open  {server.page_url}\nCtrl+C untuk berhenti / to stop.\n")  # noqa: T201 (the command line's own words)
        asyncio.run(running.until_stopped(house, settings))
        house.engine.dispose()


def demo_settings(server: Server, folder: Path) -> Settings:
    """Settings that lead to the stand-in; nothing of the machine's own `.env` is read."""
    return GivenSettings(
        bot_token=SecretStr(TOKEN),
        telegram_base_url=server.base_url,
        telegram_file_base_url=server.base_file_url,
        lindung_home=folder,
        database_url="",
        operator_name="Pemerintah Kota (contoh)",
        operator_contact="kantor perbekel",
        quiet_hours="off",  # whoever tries it in the evening is to see everything
    )


def set_up(house: House, server: Server) -> list[tuple[Phone, Role, str]]:
    """Open the running programmes and lay the phones side by side; those who get an office."""
    areas.village(VILLAGE)
    now = datetime.now(UTC)
    server.phones.add("Wayan", title="Pekerja 1 · Petani", start_payload=LINK)
    server.phones.add("Made", title="Pekerja 2 · Juru parkir", start_payload=LINK)
    offices = [
        (server.phones.add(name, title=title), role, area) for name, title, role, area in OFFICES
    ]
    heir = server.phones.add("Sari", title="Keluarga · Ahli waris")
    by = next(phone.user_id for phone, role, _ in offices if role is Role.HELPER)
    with transaction(house.engine) as db:
        for key in said_to_run(house.programmes):
            programmes.set_open(db, key, True, now)
        villagers.arrive(house, db, VILLAGE, by, now)
        heir.note = bereaved.mourn(Scene(house, db, VILLAGE, now), heir.phone_number, by)
    return offices


def appoint(house: House, offices: list[tuple[Phone, Role, str]]) -> None:
    """Invite each the way everybody is invited, and let the phone accept."""
    for phone, role, area in offices:
        with transaction(house.engine) as db:
            invited = Invited(area, phone.phone_number, role=role)
            token = staff.invite(db, house.keys, invited, datetime.now(UTC))
        phone.start(f"s_{token}")
        phone.wait(lambda one: bool(one.reply_keyboard), timeout=60)
        phone.tap(phone.reply_keyboard[0])
