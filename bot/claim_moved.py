"""What a step of a claim sets besides the state, whoever takes it."""

from datetime import datetime, time

from bot.house import House
from bot.zones import zone
from conversations.claim_moves import MoveClaim
from rules.claims import State
from storage.claims import AMOUNT, RECEIPT, Moved
from storage.models import Claim


def moved(house: House, row: Claim, step: MoveClaim, now: datetime) -> Moved:
    """A step as it is kept: why, where that was said; a receipt and a sum have their columns."""
    note = "" if step.to in (State.LODGED, State.PAID) else step.said
    return Moved(step.to, step.on, note, _values(house, row, step, now))


def _values(house: House, row: Claim, step: MoveClaim, now: datetime) -> dict[str, object]:
    """The state counts from the morning of its day, if that is not today."""
    values: dict[str, object] = {}
    if step.on < house.day(now, row.village):
        values["since"] = datetime.combine(step.on, time(8), zone(row.village))
    # After an objection the days of the payment count anew.
    again = step.to is State.LODGED and row.state == State.OBJECTION
    if again or step.to in (State.COMPLETE, State.SECOND_REPORT):
        values["complete_on"] = step.on
    if step.said and step.to is State.LODGED:
        values["receipt_sealed"] = house.keys.seal(RECEIPT, row.id, step.said)
    if step.said and step.to is State.PAID:
        values["amount_sealed"] = house.keys.seal(AMOUNT, row.id, step.said)
    return values
