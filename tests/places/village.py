"""A village with few seats, whose people sign up, are confirmed, wait, and leave."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot import offers, places, timers
from bot.house import House
from rules.programme_facts import Seats, Sourced
from rules.programmes import Programme
from rules.registration import State
from storage import line, registrations, seats
from storage.audit import Actor, Change
from storage.database import transaction
from storage.models import Registration
from tests.people import given, submission

START = datetime(2026, 12, 1, 2, tzinfo=UTC)
OFFICER = Actor(6_200_000_001, "village_officer")
WORKER = Actor(6_100_000_001, "worker")
VILLAGE, NEIGHBOUR = "51.71.03.2008", "51.71.03.2009"


def with_seats(programme: Programme, per_village: int | None, in_all: int | None) -> Programme:
    """The programme with these caps."""

    def fact(value: int | None) -> Sourced[int | None]:
        return Sourced(value=value, source="S0", note="-")

    caps = Seats(per_village=fact(per_village), in_all=fact(in_all))
    return with_caps(programme, caps)


def with_caps(programme: Programme, caps: Seats) -> Programme:
    """The programme with these seats for its vulnerable workers."""
    group = programme.workers.model_copy(update={"seats": caps})
    return programme.model_copy(update={"groups": (group,)})


@dataclass
class Village:
    """What happens in a programme, step by step; `now` moves a minute with each step."""

    house: House
    now: datetime = START
    count: int = 0
    ids: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, house: House, per_village: int | None = 2, in_all: int | None = None) -> "Village":
        """A village of a programme with these caps."""
        one = with_seats(house.programmes["denpasar"], per_village, in_all)
        return cls(replace(house, programmes={"denpasar": one}))

    def sign_up(self, village: str = VILLAGE, tie: str = "none", nik: str = "") -> str:
        """Somebody signs up; the id."""
        self._next()
        self.count += 1
        number = nik or f"517103120685{self.count:04}"
        new = submission(
            nik=number,
            name=f"I Contoh {self.count}",
            village=village,
            answers={"enrolment.tie": given(tie), "enrolment.work": given("over_5_years")},
        )
        with transaction(self.house.engine) as db:
            id = registrations.submit(db, self.house.keys, new, self.now).id
        self.ids.append(id)
        return id

    def confirm(self, id: str) -> str:
        """The officer confirms; what became of it."""
        self._next()
        with transaction(self.house.engine) as db:
            row = registrations.by_id(db, id)
            assert row is not None
            by = (OFFICER, Change("confirm", "registration", id))
            return places.confirm(self.house, db, row, by, self.now)

    def joined(self, village: str = VILLAGE, tie: str = "none", nik: str = "") -> str:
        """Somebody signs up and is confirmed, with a seat or not; the id."""
        id = self.sign_up(village, tie, nik)
        self.confirm(id)
        return id

    def leaves(self, id: str) -> None:
        """Somebody takes the sign-up back."""
        self._next()
        with transaction(self.house.engine) as db:
            row = registrations.by_id(db, id)
            assert row is not None
            change = Change("withdrawn", "registration", id)
            by = (WORKER, change)
            assert registrations.change_state(db, row, State.WITHDRAWN, by, self.now)
            places.free(self.house, db, row, self.now, "withdrawn")

    def accepts(self, id: str) -> bool:
        """Somebody takes an offer up."""
        self._next()
        with transaction(self.house.engine) as db:
            row = registrations.by_id(db, id)
            assert row is not None
            return offers.accept(self.house, db, row, WORKER, self.now)

    def passes_on(self, id: str) -> bool:
        """Somebody lets an offer go to the next."""
        self._next()
        with transaction(self.house.engine) as db:
            row = registrations.by_id(db, id)
            assert row is not None
            return offers.pass_on(self.house, db, row, WORKER, self.now, "offer_passed")

    def wait(self, **span: float) -> None:
        """Time goes by; what is due happens."""
        self.now += timedelta(**span)
        with transaction(self.house.engine) as db:
            timers.run(self.house, db, self.now)

    def row(self, id: str) -> Registration:
        """A sign-up as it stands."""
        with transaction(self.house.engine) as db:
            return db.get_one(Registration, id)

    def states(self, *ids: str) -> list[str]:
        """The states of these."""
        return [self.row(id).state for id in ids]

    def line(self, village: str = VILLAGE) -> list[str]:
        """Who waits, in order."""
        with transaction(self.house.engine) as db:
            near = Registration.model_construct(
                programme="denpasar", village=village, group_key="vulnerable_workers"
            )
            return [row.id for row in line.listed(db, places.pool_of(self.house, near))]

    def used(self, village: str = VILLAGE) -> int:
        """How many seats of a village are taken or kept."""
        with transaction(self.house.engine) as db:
            return seats.used(db, f"denpasar/{village}")

    def _next(self) -> None:
        self.now += timedelta(minutes=1)
