"""`python -m tests.soak --updates N --seed S`: walks over SQLite and PostgreSQL, and the verdict.

A walk ends after so many updates and the next begins with a seed of its own and nothing stored: who
walks never closes a claim, so that one walk without end would do little but remind of old ones.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from tests.bench.servers import postgresql
from tests.soak.soak import soak
from tests.soak.verdict import Verdict

MEMORY = "/dev/shm"  # a folder of its own is made in it


def main() -> int:
    """Walk half of the updates on each database at once; 1 where anything does not hold."""
    given = _asked()
    kinds = [given.only] if given.only else ["sqlite", "postgresql"]
    print(f"seed {given.seed}: {given.updates:,} updates", flush=True)
    began = time.monotonic()
    with ProcessPoolExecutor(len(kinds), get_context("spawn")) as processes:
        share = given.updates // len(kinds)
        to_walk = list(_walks(share, given.longest, given.seed, given.people))
        walks = [processes.submit(_walk, kind, *walk) for walk in to_walk for kind in kinds]
        verdicts = []
        for walk in as_completed(walks):
            verdicts.append(walk.result())
            _report(verdicts[-1])
            if verdicts[-1].faults:
                processes.shutdown(wait=False, cancel_futures=True)
                break
    faults = sum(len(verdict.faults) for verdict in verdicts)
    served = sum(verdict.updates for verdict in verdicts)
    print(
        f"{'BROKEN' if faults else 'GOOD'}: seed {given.seed}, {served:,} updates on "
        f"{' and '.join(kinds)}, {faults} faults, {time.monotonic() - began:.0f} s"
    )
    return 1 if faults else 0


def _asked() -> argparse.Namespace:
    asked = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    asked.add_argument("--updates", type=int, default=20_000)
    asked.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    asked.add_argument("--people", type=int, default=32, help="who walk at a time, offices apart")
    asked.add_argument("--longest", type=int, default=50_000, help="updates of one walk")
    asked.add_argument("--only", choices=("sqlite", "postgresql"))
    return asked.parse_args()


def _walks(updates: int, longest: int, seed: int, people: int) -> Iterator[tuple[int, Verdict]]:
    """How many updates each walk has, and its seed."""
    for number, begun in enumerate(range(0, updates, longest)):
        yield min(longest, updates - begun), Verdict(seed + number, people)


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
    print(f"  done: {done}", flush=True)
    if not verdict.faults:
        return
    print("  the last updates before:")
    print("\n".join(f"    {raw}" for raw in verdict.last))
    print("  what does not hold:")
    print("\n".join(f"    {fault}" for fault in verdict.faults[:20]))
    print(
        f"  again: python -m tests.soak --only {verdict.database} --updates {verdict.updates} "
        f"--seed {verdict.seed} --people {verdict.people}",
        flush=True,
    )
