"""`python -m tests.soak --updates N --seed S`: walk over SQLite and PostgreSQL, and the verdict."""

import argparse
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from tests.bench.servers import postgresql
from tests.soak.soak import soak
from tests.soak.verdict import Verdict

MEMORY = "/dev/shm"  # a folder of its own is made in it


def main() -> int:
    """Walk half of the updates on each database at once; 1 where anything does not hold."""
    asked = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    asked.add_argument("--updates", type=int, default=20_000)
    asked.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    asked.add_argument("--people", type=int, default=32, help="who walk at a time, offices apart")
    asked.add_argument("--only", choices=("sqlite", "postgresql"))
    given = asked.parse_args()
    kinds = [given.only] if given.only else ["sqlite", "postgresql"]
    print(f"seed {given.seed}: {given.updates:,} updates", flush=True)
    began = time.monotonic()
    with ProcessPoolExecutor(len(kinds), get_context("spawn")) as processes:
        each = given.updates // len(kinds)
        to_walk = Verdict(given.seed, given.people)
        walks = [processes.submit(_walk, kind, each, to_walk) for kind in kinds]
        verdicts = [walk.result() for walk in walks]
    for verdict in verdicts:
        _report(verdict)
    faults = sum(len(verdict.faults) for verdict in verdicts)
    served = sum(verdict.updates for verdict in verdicts)
    print(
        f"{'BROKEN' if faults else 'GOOD'}: seed {given.seed}, {served:,} updates on "
        f"{' and '.join(kinds)}, {faults} faults, {time.monotonic() - began:.0f} s"
    )
    return 1 if faults else 0


def _walk(kind: str, updates: int, verdict: Verdict) -> Verdict:
    # Nothing of it outlives the walk, so that it need not wait for a disk.
    memory = MEMORY if Path(MEMORY).is_dir() else None
    with tempfile.TemporaryDirectory(prefix="lindung-soak-", dir=memory) as folder:
        home = Path(folder, "home")
        if kind == "sqlite":
            return soak(home, f"sqlite:///{folder}/lindung.db", updates, verdict, _tell)
        server_folder = Path(folder, "server")
        server_folder.mkdir(mode=0o700)
        with postgresql(server_folder) as address:
            return soak(home, address, updates, verdict, _tell)


def _tell(verdict: Verdict) -> None:
    print(f"  {verdict.database}: {verdict.updates:,} updates", flush=True)


def _report(verdict: Verdict) -> None:
    print(verdict)
    done = ", ".join(f"{what} {count:,}" for what, count in verdict.reached.most_common())
    print(f"  done: {done}")
    if not verdict.faults:
        return
    print("  the last updates before:")
    print("\n".join(f"    {raw}" for raw in verdict.last))
    print("  what does not hold:")
    print("\n".join(f"    {fault}" for fault in verdict.faults[:20]))
    print(
        f"  again: make soak UPDATES={verdict.updates} SEED={verdict.seed} PEOPLE={verdict.people}"
    )
