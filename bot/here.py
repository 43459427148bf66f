"""What one turn works with: the house, the open transaction, the person, the update, the moment."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from bot.house import House
from bot.replies import Page
from bot.updates import Incoming
from storage import staff
from storage.audit import Actor
from storage.models import Person, Staff


@dataclass(frozen=True)
class Here:
    """The turn at hand."""

    house: House
    db: Session
    person: Person
    incoming: Incoming
    now: datetime

    @property
    def page(self) -> Page:
        """Where this person's replies go."""
        return Page(self.house.texts, self.person.id, self.person.language)

    @property
    def today(self) -> date:
        """The day it is where the person is taken to be."""
        return self.house.day(self.now)

    @property
    def offices(self) -> list[Staff]:
        """The offices the person holds now, asked of the database in every turn."""
        return staff.seats_of(self.db, self.person.id)

    @property
    def actor(self) -> Actor:
        """The person as the audit names him."""
        return Actor(self.person.id, self.offices[0].role if self.offices else "worker")
