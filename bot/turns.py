"""One step in a lane: a turn in a thread, its reply, and the note that the reply went out."""

import logging
import time

from bot import sending, worker
from bot.lanes import Step
from bot.sending import Desk
from bot.worker import Failure, Nothing, Sent
from storage.database import AWAY

log = logging.getLogger(__name__)


async def step(desk: Desk, lane: int) -> Step:
    """Serve what is oldest in a lane. Whatever goes wrong is this person's alone."""
    begun = time.perf_counter()
    try:
        served = await desk.together.do(desk.serve, lane)
    except AWAY as error:
        log.warning("the database is away (%s); what came waits", type(error).__name__)
        return Step.LATER
    except Exception as error:
        log.exception("a turn failed")
        desk.metrics.turn("failed", time.perf_counter() - begun)
        return await _failed(desk, Failure(lane, type(error).__qualname__))
    if isinstance(served, Nothing):
        return Step.BUSY if served.busy else Step.EMPTY
    desk.metrics.turn("answered", time.perf_counter() - begun)
    if served.photo:
        desk.photo.set()
    asked = await sending.reply(desk, served.calls)
    # However long it takes: else the reply would be sent once more.
    more = await desk.together.surely(worker.sent, Sent(served, asked))
    desk.metrics.replied((desk.house.clock() - served.received_at).total_seconds())
    desk.wake.set()
    return Step.MORE if more else Step.DONE


async def _failed(desk: Desk, failure: Failure) -> Step:
    try:
        dead = await desk.together.do(desk.failed, failure)
    except AWAY:
        return Step.LATER
    desk.wake.set()
    return Step.DONE if dead else Step.LATER
