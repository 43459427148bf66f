"""A bot is told to stop while Telegram is silent and PostgreSQL gives nothing."""

import signal
import threading
import time
from pathlib import Path
from subprocess import Popen

import httpx
from sqlalchemy import text

from bot.demo.server import Server, serve
from bot.house import House
from tests.conftest import TEGAL_HARUM, TOKEN, opened
from tests.faults.bots import Place, as_process, free_port, settings_at, wait_until_it_listens
from tests.faults.database_away import post
from tests.faults.people import Verdict, come_to_rest, heard, wait_for
from tests.steps import link

LONGEST = 10.0  # seconds from SIGTERM to the end


def while_nothing_answers(database: str, home: Path) -> Verdict:
    """It ends in time; what was posted meanwhile is refused, and all is told by the next one."""
    verdict = Verdict()
    with serve(port=0, token=TOKEN) as server:
        place = Place(server, home, database)
        settings = settings_at(place, free_port())
        with opened(settings) as house:
            with as_process(settings, home / "first.log", limited=False) as process:
                wait_until_it_listens(settings.webhook_listen)
                phone = server.phones.add("Made")
                server.faults.add("sendMessage", "hang", seconds=20)
                phone.send(link(TEGAL_HARUM))
                wait_for(lambda: not server.faults.any_left("sendMessage"))
                answers = _stopped(server, house, process, verdict)
            verdict.must([one.status_code for one in answers] == [503], f"webhook said {answers}")
            told = [one.headers.get("Retry-After") for one in answers]
            verdict.must(all(told), "503 without Retry-After")
            with as_process(settings, home / "second.log", limited=False):
                come_to_rest(server, house, verdict)
                verdict.must(len(set(heard(phone))) == 1, f"the person was told {heard(phone)}")
    return verdict


def _stopped(
    server: Server, house: House, process: Popen[bytes], verdict: Verdict
) -> list[httpx.Response]:
    """Stop the bot while the inbox is locked; what the webhook answered meanwhile."""
    answers: list[httpx.Response] = []
    posting = threading.Thread(target=lambda: answers.append(post(server)[1]))
    with house.engine.connect() as one, one.begin():
        one.execute(text("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE"))
        posting.start()
        time.sleep(0.3)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        verdict.within("from SIGTERM to the end", time.monotonic() - began, LONGEST)
    posting.join()
    return answers
