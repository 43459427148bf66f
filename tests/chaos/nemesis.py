"""The nemesis: kills at random moments and at named points, restarts, and copies of the files."""

import random
import signal
from collections import Counter
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

from tests.chaos import hooks, power
from tests.chaos.bots import KILLED, RUNS, Bot
from tests.chaos.world import LATER, World, wait_until

LULL = 3.0  # seconds in which a bot that nobody writes to is killed all the same
TO_DIE = 2.0  # seconds that a bot has to come to the point at which it is to die
STOPPED_EARLY = -signal.SIGTERM  # before it listened to signals, and had begun anything
AT_A_POINT = 0.7  # of the processes are to die at a named point
ALL = 0.1  # of the kills are of all processes at once
PATIENCE = 120.0  # seconds for what must come about in the end


@dataclass
class Deeds:
    """What the nemesis did, and what it saw that may not be."""

    kills: int = 0
    restarts: int = 0
    copies: int = 0
    slowest_stop: float = 0.0
    points: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, more: "Deeds") -> None:
        """Take in what was done elsewhere."""
        for kind in ("kills", "restarts", "copies", "points", "wrong"):
            setattr(self, kind, getattr(self, kind) + getattr(more, kind))
        self.slowest_stop = max(self.slowest_stop, more.slowest_stop)


def orders(chance: random.Random) -> "cycle[str]":
    """Every point at every passage, in some order, over and over."""
    matrix = [f"{point}:{times}" for point in hooks.POINTS for times in hooks.PASSAGES]
    return cycle(chance.sample(matrix, len(matrix)))


def kill(world: World, kills: int, chance: random.Random, copies: int = 0) -> Deeds:
    """Kill and start again, now at random, now at a named point; copy the files now and then."""
    deeds, points = Deeds(), orders(chance)
    _start(world)
    copying = sorted(chance.sample(range(kills), min(copies, kills)))
    while deeds.kills < kills:
        world.wait_for_messages(chance.randint(1, 5), LULL)
        while copying and copying[0] <= deeds.kills:
            copying.pop(0)
            _copy(world, deeds, chance)
        chosen = world.bots if chance.random() < ALL else [chance.choice(world.bots)]
        for bot in world.bots:
            if bot in chosen or bot.status() != RUNS:
                _kill(bot, deeds, chance)
                bot.start(world.clock, next(points) if chance.random() < AT_A_POINT else "")
    return deeds


def _kill(bot: Bot, deeds: Deeds, chance: random.Random) -> None:
    status = bot.wait(TO_DIE if bot.die else chance.uniform(0, 0.03))
    if status == RUNS:
        status = bot.kill()
    elif bot.die and status == KILLED:
        deeds.points[bot.die.partition(":")[0]] += 1
    if status != KILLED:
        deeds.wrong.append(f"a process ended by itself, status {status}: {bot.said()}")
    deeds.kills += 1


def _copy(world: World, deeds: Deeds, chance: random.Random) -> None:
    bot = world.bots[0]
    bot.wait(chance.uniform(0, 0.05))
    if bot.status() == RUNS:
        bot.send(signal.SIGSTOP)
        acknowledged = {act.update_id for act in world.crowd.acts()} - world.pending()
        copied = power.copy(Path(world.settings.lindung_home))
        bot.send(signal.SIGCONT)
        deeds.copies += 1
        deeds.wrong += power.problems(copied, acknowledged)


def restart(world: World, restarts: int, chance: random.Random) -> Deeds:
    """Stop one process after the other by SIGTERM, under load, and start it again."""
    deeds = Deeds()
    _start(world)
    for number in range(restarts):
        world.wait_for_messages(chance.randint(2, 6), LULL)
        bot = world.bots[number % len(world.bots)]
        _stop(bot, deeds)
        deeds.restarts += 1
        bot.start(world.clock)
    return deeds


def end(world: World, seconds: float) -> Deeds:
    """Let everybody come to an end, then everything that waits, and stop."""
    deeds = Deeds()
    for bot in world.bots:
        if bot.status() != RUNS or bot.die:
            bot.kill()
            bot.start(world.clock)
    if not world.crowd.finish(seconds):
        deeds.wrong.append(f"people did not come to an end: {world.crowd.failed}")
    world.told.finish()
    if not wait_until(world.at_rest, PATIENCE):
        deeds.wrong.append("the bot did not come to rest")
    for bot in world.bots:
        _stop(bot, deeds)
    # By then all is due that a clock was ahead for, or that is sent again after a while.
    before = world.introductions()
    world.bots[0].start(str(LATER))
    serves = wait_until(lambda: world.introductions() > before, PATIENCE)
    if not serves or not wait_until(lambda: world.at_rest(LATER), PATIENCE):
        deeds.wrong.append("the bot did not come to rest later")
    _stop(world.bots[0], deeds)
    return deeds


def _start(world: World) -> None:
    for bot in world.bots:
        bot.start(world.clock)


def _stop(bot: Bot, deeds: Deeds) -> None:
    status, seconds = bot.stop()
    deeds.slowest_stop = max(deeds.slowest_stop, seconds)
    if status not in (0, STOPPED_EARLY):
        deeds.wrong.append(f"a process stopped with status {status}: {bot.said()}")
