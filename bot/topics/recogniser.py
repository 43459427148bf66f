"""Which topic a text is about, by the weights that `train.py` learned from `examples/`.

A guess that is not sure is no guess: its topic is `fallback`, with what may be meant beside it.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.topics.features import features

MODEL = Path(__file__).parent / "model.npz"
FALLBACK = "fallback"
SURE = 0.5  # share of belief from which on a topic is taken as meant
OFF_TOPIC = 0.7  # from which on a text is taken to be about nothing here
LIKELY = 0.07  # from which on a topic is worth a button
LEAST_OFFERED, MOST_OFFERED = 2, 3
SHARPNESS = 3.6  # turns the distances of the learned planes into shares; measured, not learned

WORD = re.compile(r"[^\W\d_]{2,}")  # digits and signs ask nothing, a single word not enough
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Guess:
    """A topic and how sure it is, 0 to 1; `nearest` are offered where the topic is `fallback`."""

    topic: str
    confidence: float
    nearest: tuple[str, ...] = ()


class Recogniser:
    """Learned weights: for every feature how much it speaks for each topic."""

    def __init__(self, path: Path = MODEL) -> None:
        with np.load(path, allow_pickle=False) as stored:
            names = bytes(stored["features"]).decode().split("\n")
            self.topics: tuple[str, ...] = tuple(bytes(stored["topics"]).decode().split("\n"))
            self._weights: Floats = stored["weights"].astype(np.float32) * stored["scale"]
            self._intercept: Floats = stored["intercept"]
            self._rarity: list[float] = stored["rarity"].tolist()
            self.examples = bytes(stored["examples"]).decode()
        self._place = {name: place for place, name in enumerate(names)}

    def shares(self, text: str) -> Floats:
        """How belief is spread over `topics`, summing to 1."""
        counted = Counter(features(text))
        known = [(self._place[name], n) for name, n in counted.items() if name in self._place]
        values = np.array([(1 + math.log(n)) * self._rarity[at] for at, n in known], np.float32)
        length = float(np.sqrt((values**2).sum())) or 1.0
        rows = self._weights[[at for at, _ in known]]
        distances = SHARPNESS * ((values / length) @ rows + self._intercept)
        raised: Floats = np.exp(distances - distances.max())
        shares: Floats = raised / raised.sum()
        return shares

    def guess(self, text: str) -> Guess:
        """The topic of a text, or `fallback` with the nearest ones."""
        if not WORD.search(text):
            return Guess(FALLBACK, 1.0)
        shares = self.shares(text)
        place = int(shares.argmax())
        best, share = self.topics[place], round(float(shares[place]), 3)
        if best != FALLBACK and share >= SURE and len(WORD.findall(text)) > 1:
            return Guess(best, share)
        if best == FALLBACK and share >= OFF_TOPIC:
            return Guess(FALLBACK, share)
        return Guess(FALLBACK, share, self._nearest(shares))

    def _nearest(self, shares: Floats) -> tuple[str, ...]:
        """The two topics that are most likely, and a third if it is likely as well; or none."""
        order = [int(at) for at in np.argsort(-shares) if self.topics[at] != FALLBACK]
        likely = [at for at in order[:MOST_OFFERED] if shares[at] >= LIKELY]
        offered = order[: max(LEAST_OFFERED, len(likely))] if likely else []
        return tuple(self.topics[at] for at in offered)


@cache
def shipped() -> Recogniser:
    """The recogniser that the product ships with, read once."""
    return Recogniser()
