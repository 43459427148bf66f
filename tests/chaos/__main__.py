"""Kill the bot a thousand times: `make chaos`; KILLS, RESTARTS and SEED from the environment."""

import os
import sys

from tests.chaos.hooks import POINTS
from tests.chaos.run import Sizes, own_machines, run


def main() -> int:
    """Run; 1 where anything was wrong. The last line is the verdict."""
    kills = int(os.environ.get("KILLS") or 1000)
    sizes = Sizes(
        kills=kills,
        restarts=int(os.environ.get("RESTARTS") or 50),
        copies=int(os.environ.get("COPIES") or min(50, kills)),
        seed=int(os.environ.get("SEED") or 1),
    )
    with own_machines() as machines:
        verdict = run(sizes, machines, lambda line: print(line, flush=True))
    for setup, points in verdict.points.items():
        print(f"{setup} died at", ", ".join(f"{point} {points[point]}" for point in POINTS))
    wrong = verdict.wrong + verdict.late
    for line in wrong:
        print(f"wrong: {line}")
    print(verdict)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
