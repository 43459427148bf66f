"""What became of an outcome."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.doors import Door
from bot.here import Here
from bot.replies import Call
from conversations.model import Turn


@dataclass(frozen=True)
class Done:
    """What to send, and the door to go through next, if any."""

    calls: list[Call] = field(default_factory=list)
    door: Door | None = None


Doing = Callable[[Here, Turn], Done]
LookUp = Callable[[Here, str], object]
