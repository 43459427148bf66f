"""How fast a question is understood, beside things of the same run that everybody knows.

make bench
"""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rapidfuzz import fuzz, process

from bot import ask, texts
from bot.house import real_clock
from bot.topics import lessons
from bot.topics.measure import labelled
from bot.topics.recogniser import Recogniser, shipped

QUESTIONS = [text for _, text in labelled(Path("tests/topics/held_out.tsv"))]
ROUNDS = 5


def best(work: Callable[[], object]) -> float:
    """The shortest of some rounds, in seconds."""
    spans = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        spans.append(time.perf_counter() - began)
    return min(spans)


def process_time(code: str) -> float:
    """A fresh Python that runs a line, from its start to its end."""
    return best(lambda: subprocess.run([sys.executable, "-c", code], check=True))


def main() -> None:
    """Print the figures and their ratios."""
    ready = process_time("from bot.topics.recogniser import shipped; shipped()")
    telegram = process_time("import telegram.ext")
    print(f"ready from a cold start: {ready:.2f} s, {ready / telegram:.2f} x `import telegram.ext`")
    load = best(Recogniser)
    print(f"the model alone is read in {load * 1000:.0f} ms")
    topics = shipped()
    guess = best(lambda: [topics.guess(text) for text in QUESTIONS]) / len(QUESTIONS)
    known = [one.text for one in lessons.examples()]
    few = QUESTIONS[:20]
    scan = best(lambda: [process.extractOne(t, known, scorer=fuzz.ratio) for t in few]) / len(few)
    print(f"a guess: {guess * 1000:.2f} ms, {guess / scan:.3f} x a look through all examples")
    words, today = texts.load({"operator": "-", "contact": "-"}), real_clock().date()
    told = best(lambda: list(ask.answers(QUESTIONS, topics, words, today))) / len(QUESTIONS)
    print(f"an answer in full: {told * 1000:.2f} ms, {told / guess:.2f} x the guess alone")


if __name__ == "__main__":
    main()
