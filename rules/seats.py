"""Which counters a confirmed registration is counted on, and where each is full."""

from dataclasses import dataclass

from rules.programmes import Programme, covers


@dataclass(frozen=True, slots=True)
class SeatCounter:
    """A count of seats of vulnerable workers; `cap` None means counted but without limit."""

    key: str
    cap: int | None


def counters(programme: Programme, village_code: str) -> tuple[SeatCounter, ...]:
    """The village's counter, then the whole programme's: "key/village" and "key/*".

    Both always exist, so that a cap set later finds its count. Raises ValueError for a village
    outside the programme's areas.
    """
    if not covers(programme, village_code):
        raise ValueError(f"village {village_code} is not of the programme {programme.key}")
    seats = programme.seats
    return (
        SeatCounter(f"{programme.key}/{village_code}", seats.per_village.value),
        SeatCounter(f"{programme.key}/*", seats.in_all.value),
    )
