"""Next steps: the buttons under an answer, which lead to a topic or to another room."""

from collections.abc import Iterable

from conversations.model import Words

DOORS = frozenset(
    {
        *("coverage", "calculation", "enrolment", "status"),
        *("claim", "claims", "heirs", "accident", "death"),
    }
)


def buttons(steps: Iterable[str]) -> tuple[tuple[Words, str], ...]:
    """Each step, a door or the name of a topic, as the words of a button and what it opens."""
    return tuple(
        (Words(f"next.{step}"), f"open:{step}:")
        if step in DOORS
        else (Words(f"topic.{step}"), f"open:topic:{step}")
        for step in steps
    )
