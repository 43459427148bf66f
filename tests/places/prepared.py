"""What forks the processes of a race imports this: what every house reads is read once, for all."""

import gc
import tempfile
from pathlib import Path

from tests.places.crowd import Crowd

with tempfile.TemporaryDirectory() as folder:
    Crowd(Path(folder), "", 1, 1).house().engine.dispose()
gc.collect()
gc.freeze()  # else each process looks through all of it, and copies it by that
