"""Learns the topics from the examples and writes the model.

Run by `make topics`; needs scikit-learn (requirements-topics.txt), which the bot itself does not.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from bot.topics.features import features
from bot.topics.lessons import digest, examples
from bot.topics.recogniser import MODEL

LEAST_MET = 2  # texts that must hold a feature, else it teaches nothing
STIFFNESS = 1.0
SEED = 20261120
STEPS = 127  # a weight is kept in one byte


def train(out: Path = MODEL) -> None:
    """Learn and write the model; the same examples give the same model."""
    taught = list(examples())
    topics, weight = [one.topic for one in taught], [one.weight for one in taught]
    vectors = TfidfVectorizer(analyzer=_listed, min_df=LEAST_MET, sublinear_tf=True)
    seen = vectors.fit_transform([one.text for one in taught])
    learned = LinearSVC(C=STIFFNESS, random_state=SEED).fit(seen, topics, weight)
    weights = learned.coef_.T
    scale = np.abs(weights).max(axis=0) / STEPS
    np.savez_compressed(
        out,
        features=_bytes(vectors.get_feature_names_out()),
        topics=_bytes(learned.classes_),
        weights=np.rint(weights / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        intercept=learned.intercept_.astype(np.float32),
        rarity=vectors.idf_.astype(np.float32),
        examples=_bytes([digest()]),
    )


def _listed(text: str) -> list[str]:
    return list(features(text))


def _bytes(lines: Iterable[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(lines).encode(), np.uint8)


if __name__ == "__main__":
    train()
