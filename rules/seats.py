"""Which counters a sign-up with a seat is counted on, where each is full, and where one waits."""

from dataclasses import dataclass
from datetime import date

from rules.months import later
from rules.programmes import VULNERABLE_WORKERS, Programme, covers


@dataclass(frozen=True, slots=True)
class SeatCounter:
    """A count of seats of one group; `cap` None means counted but without limit."""

    key: str
    cap: int | None


@dataclass(frozen=True, slots=True)
class Pool:
    """Who waits for the same seats: the people of one village where it has seats of its own, else
    those of the whole programme (`village` is "")."""

    programme: str
    group: str
    village: str

    @property
    def key(self) -> str:
        """The pool as the audit names it."""
        return f"{self.programme}:{self.group}/{self.village or '*'}"


def counters(
    programme: Programme, village_code: str, group: str = VULNERABLE_WORKERS, stage: str = ""
) -> tuple[SeatCounter, ...]:
    """The village's counter, then the whole programme's: "key/village" and "key/*".

    Both always exist, so that a cap set later finds its count. A group beside the vulnerable
    workers and a stage have counters of their own: "key:group@stage/*". Raises ValueError for a
    village outside the programme's areas, KeyError for a group that it has not.
    """
    seats = programme.group(group).seats
    key = _key(programme, village_code, group) + (f"@{stage}" if stage else "")
    in_all = seats.in_all.value if seats.stages is None else _places(programme, group, stage)
    return (
        SeatCounter(f"{key}/{village_code}", seats.per_village.value),
        SeatCounter(f"{key}/*", in_all),
    )


def lock_key(programme: Programme, group: str = VULNERABLE_WORKERS) -> str:
    """The counter that is held while seats of a group change hands, over villages and stages."""
    return programme.key + ("" if group == VULNERABLE_WORKERS else f":{group}") + "/*"


def _key(programme: Programme, village_code: str, group: str) -> str:
    if not covers(programme, village_code):
        raise ValueError(f"village {village_code} is not of the programme {programme.key}")
    return programme.key + ("" if group == VULNERABLE_WORKERS else f":{group}")


def _places(programme: Programme, group: str, stage: str) -> int:
    """The places of a stage; a stage that is not in the file has none to give."""
    stages = programme.group(group).seats.stages
    found = (one.places for one in (stages.value if stages else ()) if one.key == stage)
    return next(found, 0)


def stages_on(programme: Programme, on: date, group: str = VULNERABLE_WORKERS) -> tuple[str, ...]:
    """The stages whose places are given out on a day, in their order; ("",) where there is none.

    It is the last that has opened, and each before it whose months are still being paid: a place
    that becomes free in one of these is a paid place, too. Before the first there is no place.
    """
    found = programme.group(group)
    stages = found.seats.stages.value if found.seats.stages else ()
    begun = [one for one in stages if one.first_day <= on]
    months = found.months_paid.value
    paid = [one for one in begun[:-1] if months is None or on < later(one.first_day, months)]
    return tuple(one.key for one in (*paid, *begun[-1:])) or ("",)


def pool(programme: Programme, village_code: str, group: str = VULNERABLE_WORKERS) -> Pool:
    """The line in which somebody of a village stands."""
    _key(programme, village_code, group)
    own = programme.group(group).seats.per_village.value is not None
    return Pool(programme.key, group, village_code if own else "")
