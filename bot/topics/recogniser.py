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
LIKELY = 0.07  # from which on it is worth a button
MOST_OFFERED = 3
SHARPNESS = 3.3  # turns the distances of the learned planes into shares; measured, not learned

WORD = re.compile(r"[^\W\d_]{2}")  # digits and signs alone ask nothing
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
        order = [int(at) for at in np.argsort(-shares)]
        best, share = self.topics[order[0]], float(shares[order[0]])
        if best == FALLBACK or share >= SURE:
            return Guess(best, round(share, 3), () if best != FALLBACK else self._near(shares))
        return Guess(FALLBACK, round(share, 3), self._near(shares))

    def _near(self, shares: Floats) -> tuple[str, ...]:
        order = [int(at) for at in np.argsort(-shares)][: MOST_OFFERED + 1]
        likely = [at for at in order if shares[at] >= LIKELY]
        return tuple(self.topics[at] for at in likely if self.topics[at] != FALLBACK)[:MOST_OFFERED]


@cache
def shipped() -> Recogniser:
    """The recogniser that the product ships with, read once."""
    return Recogniser()
