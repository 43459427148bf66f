"""What the commands of the command line share: the house of the settings, and a plain refusal."""

from bot import logs
from bot.house import House, open_house
from bot.redaction import secrets_of
from bot.settings import Settings


class Unusable(Exception):
    """What was asked on the command line cannot be done; the message says what to do."""


def house() -> House:
    """The house that the settings name."""
    settings = Settings()
    logs.set_up(settings.log_level, settings.log_format, secrets_of(settings))
    return open_house(settings)
