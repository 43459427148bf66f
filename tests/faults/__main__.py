"""`make faults`: every scenario in its full size; the last line and the exit status tell."""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from bot import logs
from tests.conftest import own_database
from tests.faults import (
    absent,
    budgets,
    crowds,
    database_away,
    disk_full,
    many_people,
    migrations,
    redis_away,
    shuffled,
    stops,
    telegram_answers,
)
from tests.faults.nemesis import Postgres, postgres
from tests.faults.people import Verdict

Scenario = Callable[[Path], Verdict | None]
NO_DISK = f"skipped on {date.today()}: no small disk can be mounted without root"  # noqa: DTZ011


def scenarios(server: Postgres) -> Iterator[tuple[str, Scenario]]:
    """Each by its name; the whole matrix of Telegram's answers, and hangs of a minute."""

    def own() -> str:
        return own_database(server.address)

    yield "many people at once", lambda home: many_people.play(own(), home, 1000)
    yield "one code, PostgreSQL", lambda home: many_people.one_code(own(), home, 50, 2)
    yield "one code, SQLite", lambda home: many_people.one_code("", home, 50, 1)
    yield "Redis away", lambda home: redis_away.play(own(), home, 12, 30, 2.0)
    yield "PostgreSQL crashes", lambda home: database_away.crashes(server, home, 12, 30)
    yield (
        "PostgreSQL crashes, polling",
        lambda home: database_away.crashes_while_polling(server, home, 6),
    )
    yield (
        "PostgreSQL only reads, webhook",
        lambda home: database_away.reads_only(server, home, True, 10.0, 12),
    )
    yield (
        "PostgreSQL only reads, polling",
        lambda home: database_away.reads_only(server, home, False, 10.0, 12),
    )
    yield "crash while sending", lambda home: database_away.crash_while_sending(server, home)
    yield "locked, no connection left", lambda home: database_away.held(own(), home, 2.0, 8)
    yield "stop", lambda home: stops.while_nothing_answers(own(), home)
    yield "disk full, SQLite", lambda home: disk_full.sqlite(home, 10)
    yield "disk full, PostgreSQL", lambda home: disk_full.postgresql(home, 5)
    matrix = [*telegram_answers.matrix(telegram_answers.QUICK), *telegram_answers.hangs()]
    yield "Telegram's answers", lambda home: telegram_answers.play(home, matrix)
    yield "notices", lambda home: crowds.notices(own(), home, 5000, 5)
    yield "notices, Redis away", lambda home: budgets.play(own(), home, 400, (2.0, 1.0))
    yield "flood", lambda home: crowds.flood(own(), home, 10, 1000, 50, 5.0)
    yield "blocked", lambda home: crowds.blocked(home, 100)
    yield "out of order, PostgreSQL", lambda home: shuffled.play(own(), home, 2000, 20)
    yield "out of order, SQLite", lambda home: shuffled.play("", home, 2000, 20)
    yield "bot down", absent.down
    yield from killed_migrations(server)


def killed_migrations(server: Postgres) -> Iterator[tuple[str, Scenario]]:
    """Before each statement, on each database, with nothing in it and with people in it."""
    for lived, what in ((False, "empty"), (True, "lived in")):
        yield (
            f"migration killed, SQLite, {what}",
            lambda home, lived=lived: migrations.killed(migrations.sqlite_files(home, lived), 1),
        )
        yield (
            f"migration killed, PostgreSQL, {what}",
            lambda home, lived=lived: migrations.killed(
                migrations.databases(server.address, home, lived), 1
            ),
        )


def tell(name: str, verdict: Verdict | None, seconds: float) -> bool:
    """Print what a scenario found; whether all is well."""
    if verdict is None:
        print(f"- {name}: {NO_DISK}", flush=True)
        return True
    wrong = [*verdict.broken, *verdict.slow]
    how = f"{seconds:.0f} s, load {os.getloadavg()[0]:.0f}"
    print(f"- {name} ({how}): {'WRONG' if wrong else 'holds'}", flush=True)
    for figure, value in verdict.figures.items():
        print(f"    {figure}: {value}", flush=True)
    for words in dict.fromkeys(wrong):
        print(f"    WRONG: {words[:400]}", flush=True)
    return not wrong


def played(scenario: Scenario, home: Path) -> Verdict | None:
    """What a scenario found; what it stumbled over counts as broken, and the next one follows."""
    try:
        return scenario(home)
    except Exception as error:
        return Verdict(broken=[f"{type(error).__name__}: {error}"])


def main(wanted: list[str]) -> int:
    """Run those whose name holds a wanted word, or all."""
    logs.set_up("CRITICAL")
    print(f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}", flush=True)
    failed = []
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        Path(folder).chmod(0o755)
        with postgres(Path(folder) / "server") as server:
            for number, (name, scenario) in enumerate(scenarios(server)):
                if wanted and not any(word in name for word in wanted):
                    continue
                home = Path(folder) / str(number)
                home.mkdir()
                began = time.monotonic()
                verdict = played(scenario, home)
                if not tell(name, verdict, time.monotonic() - began):
                    failed.append(name)
    print(f"NOT all that must hold does: {', '.join(failed)}" if failed else "All of it holds.")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
