"""This bot as `lindung serve` runs it; without `LIMITED` its send budget never waits."""

import os

from bot import logs, running
from bot.house import open_house
from bot.settings import Settings
from bot.shared_traffic import open_traffic
from bot.traffic import NONE, TELEGRAMS

if __name__ == "__main__":
    logs.set_up("WARNING")
    settings = Settings()
    limits = TELEGRAMS if os.environ.get("LIMITED") else NONE
    traffic = open_traffic(settings.redis_url, limits)
    running.run(running.until_stopped(open_house(settings), settings, traffic))
