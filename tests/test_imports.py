"""The rooms and the one direction between them."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
LINT = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"


def test_rooms_import_in_one_direction_only() -> None:
    # In a process of its own: the linter sets up logging anew, and other tests read the logs.
    done = subprocess.run([sys.executable, "-c", LINT], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
