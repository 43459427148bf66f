"""The history of one sign-up in plain words, for those who may read the audit."""

from bot import doors
from bot.done import Done
from bot.here import Here
from bot.zones import zone
from conversations.model import Given, Session, Words, plain
from conversations.overview import ReadHistory
from rules.permissions import Action
from storage import audit, minutes, registrations, sessions, staff
from storage.audit import Actor, Change
from storage.models import Audit, Registration

MOST = 30  # steps that one message shows; what is older stays in the record


def read(here: Here, asked: ReadHistory) -> Done:
    """Show what was done to a sign-up, and put on record that it was read."""
    here.end()
    if not here.areas(Action.READ_AUDIT):
        here.refused("area")
        return Done([doors.home(here, Words("overview.not_allowed"))])
    _go_on(here, asked.area)
    row = registrations.by_code(here.db, asked.code)
    if row is None or not here.may(Action.READ_AUDIT, row.village):
        # The same words for no sign-up as for one elsewhere: nobody learns which codes there are.
        if row is not None:
            here.refused("registration", row.id)
        return Done([_said(here, Words("history.none", {"code": asked.code}), asked.area)])
    steps = audit.history(here.db, "registration", row.id)
    change = Change("read_audit", "registration", row.id)
    audit.record(here.db, here.actor, change, here.now)
    lines = tuple(_line(here, row, step) for step in steps[-MOST:])
    words = Words("history", {"code": row.code, "count": len(steps), "lines": lines})
    return Done([_said(here, words, asked.area, row)])


def asking(here: Here, area: str) -> Session:
    """An overview that asks for a code."""
    given = Given("history", area, here.now.isoformat(), here.person.id)
    return Session("overview", {"overview.area": given}, {"area": area}, turn=here.person.turn)


def _go_on(here: Here, area: str) -> None:
    """The next code that is typed is understood, too."""
    here.person.slot = "overview"
    sessions.save(here.db, here.house.keys, here.person, asking(here, area), here.now)


def _said(
    here: Here, words: Words, area: str, row: Registration | None = None
) -> dict[str, object]:
    doors_on = [("history.other", f"history:{area}"), ("history.back", f"overview:{area}")]
    kept = minutes.of_registration(here.db, row) if row else None
    if row is not None and kept is not None and kept.photo_sealed is not None:
        doors_on.insert(0, ("history.photo", f"minutes_photo:{row.id}"))
    rows = [[(here.page.label(Words(key)), f"open:{door}")] for key, door in doors_on]
    return here.page.message(words, here.page.inline(rows))


def _line(here: Here, row: Registration, step: Audit) -> Words:
    """One step: when, in which role, what; from which state to which, if it moved."""
    local = step.at.astimezone(zone(row.village))
    facts: dict[str, object] = {
        "day": local.date(),
        "time": f"{local:%H.%M}",
        "who": _who(here, row, step),
        "what": _worded(here, f"history.did.{step.action}", step.action),
    }
    if step.from_state == step.to_state:
        return Words("history.step", facts)
    if not step.from_state:
        return Words("history.began", {**facts, "to": Words(f"state.{step.to_state}")})
    states = {"from": Words(f"state.{step.from_state}"), "to": Words(f"state.{step.to_state}")}
    return Words("history.moved", {**facts, **states})


def _who(here: Here, row: Registration, step: Audit) -> Words:
    """In which role; of an office of this place by name, too. Who signed up is not named."""
    role = _worded(here, f"history.by.{step.role}", step.role)
    actor = Actor(step.actor_id, step.role)
    name = staff.name_then(here.db, here.house.keys, actor, row.village, step.at)
    return Words("history.by", {"role": role, "name": name}) if name else role


def _worded(here: Here, key: str, code: str) -> Words:
    known = here.house.texts.has(key, here.person.language)
    return Words(key) if known else plain(code.replace("_", " "))
