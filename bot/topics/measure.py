"""Measures the recogniser on labelled texts, and prints what it took for what.

    python -m bot.topics.measure tests/topics/held_out.tsv

A line of the file is a topic, a tab, and a text. The table is Markdown.
"""

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.topics.recogniser import FALLBACK, Recogniser, shipped

Test = Callable[[str, str], bool]


@dataclass(frozen=True)
class Measured:
    """How many texts of each topic were taken for which (`fallback`: asked back, or off-topic)."""

    taken: Counter[tuple[str, str]]

    @property
    def right(self) -> float:
        """The share of texts with a topic that were given it."""
        return self._share(lambda meant, _: meant != FALLBACK, lambda meant, got: meant == got)

    @property
    def wrong(self) -> float:
        """The share of all texts that were given a topic that is not theirs."""
        return self._share(lambda *_: True, lambda meant, got: got not in (meant, FALLBACK))

    @property
    def off_topic_seen(self) -> float:
        """The share of texts off the topics that were given none."""
        return self._share(lambda meant, _: meant == FALLBACK, lambda meant, got: meant == got)

    def _share(self, among: Test, counted: Test) -> float:
        whole = {pair: n for pair, n in self.taken.items() if among(*pair)}
        return sum(n for pair, n in whole.items() if counted(*pair)) / max(1, sum(whole.values()))


def labelled(path: Path) -> list[tuple[str, str]]:
    """The lines of a file as (topic, text)."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [(topic, text) for topic, _, text in (line.partition("\t") for line in lines) if text]


def measure(texts: Sequence[tuple[str, str]], recogniser: Recogniser) -> Measured:
    """Guess every text."""
    return Measured(Counter((topic, recogniser.guess(text).topic) for topic, text in texts))


def table(measured: Measured) -> str:
    """What was taken for what, a row for each topic; what was right is a number alone."""
    rows = ["| topic | texts | right | asked back | taken for another |", "|---|---|---|---|---|"]
    for topic in sorted({meant for meant, _ in measured.taken}):
        got = {other: n for (meant, other), n in measured.taken.items() if meant == topic}
        others = ", ".join(
            f"{other} {n}" for other, n in sorted(got.items()) if other not in (topic, FALLBACK)
        )
        back = got.get(FALLBACK, 0) if topic != FALLBACK else 0
        rows.append(f"| {topic} | {sum(got.values())} | {got.get(topic, 0)} | {back} | {others} |")
    return "\n".join(rows)


def main() -> None:
    """Measure a file named on the command line."""
    measured = measure(labelled(Path(sys.argv[1])), shipped())
    print(f"right {measured.right:.1%}, wrong {measured.wrong:.1%}, ", end="")
    print(f"off-topic seen {measured.off_topic_seen:.1%}\n\n{table(measured)}")


if __name__ == "__main__":
    main()
