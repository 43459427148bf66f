"""What one turn works with: the house, the open transaction, the person, the update, the moment."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from sqlmodel import Session

from bot import unfinished
from bot.house import House
from bot.replies import Page
from bot.updates import Incoming
from conversations.model import Turn
from rules.permissions import Action
from storage import audit, sessions, staff
from storage.audit import Actor, Change
from storage.models import Staff
from storage.people import Account


@dataclass(frozen=True)
class Here:
    """The turn at hand."""

    house: House
    db: Session
    person: Account
    incoming: Incoming
    now: datetime

    @property
    def page(self) -> Page:
        """Where this person's replies go."""
        return Page(self.house.texts, self.person.id, self.person.language)

    @cached_property
    def today(self) -> date:
        """The day it is where the person is taken to be: who holds an office is in its area."""
        offices = self.offices
        return self.house.day(self.now, offices[0].area if offices else "")

    @property
    def offices(self) -> list[Staff]:
        """The offices the person holds now, asked of the database in every turn."""
        return staff.offices_of(self.db, self.person.id)

    @property
    def actor(self) -> Actor:
        """The person as the audit names him."""
        return Actor(self.person.id, self.offices[0].role if self.offices else "worker")

    def keep(self, turn: Turn) -> None:
        """Keep the conversation as it stands."""
        begins = sessions.save(self.db, self.house.keys, self.person, turn.session, self.now)
        if begins and self.person.slot == unfinished.SLOT:
            unfinished.watch(self.db, self.person.id, self.now)

    def end(self) -> None:
        """Forget the conversation: it has come to its end."""
        sessions.drop(self.db, self.person.id, self.person.slot)
        self.person.slot = ""

    def acting(self, action: Action, village: str) -> Actor:
        """The person as the audit names him for this: by the office that allows it."""
        office = self.office_for(action, village)
        return Actor(self.person.id, office.role if office else "worker")

    def office_for(self, action: Action, village: str) -> Staff | None:
        """The office by which the person may do this in a village now, asked of the database."""
        return staff.office_for(self.db, self.person.id, action, village)

    def may(self, action: Action, village: str) -> bool:
        """Whether the person may do this in a village now."""
        return self.office_for(action, village) is not None

    def areas(self, action: Action) -> list[str]:
        """The areas in which the person may do this now."""
        return [row.area for row in self.offices if action in staff.allowed(row)]

    def refused(self, object_type: str, object_id: str = "") -> None:
        """Put a press on record that was not allowed; what it said is not, it may hold anything."""
        audit.record(self.db, self.actor, Change("refused_press", object_type, object_id), self.now)
