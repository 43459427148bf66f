"""Where villages stand: seats, waiting lists, who has named nobody; the sheet for BPJS."""

from bot.done import Doing, LookUp
from bot.doors import Opening

LOOKUPS: dict[str, LookUp] = {}
OUTCOMES: dict[type, Doing] = {}
OPENINGS: dict[str, Opening] = {}
