"""One person of the village: found by name, code or last digits, and what happened to them."""

from bot.done import Doing, LookUp
from bot.doors import Opening

LOOKUPS: dict[str, LookUp] = {}
OUTCOMES: dict[type, Doing] = {}
OPENINGS: dict[str, Opening] = {}
