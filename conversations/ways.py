"""Refusals in words: each reason with its source and what the person can do instead."""

from datetime import date

from conversations.model import Rupiah, Words
from conversations.outcomes import Refuse
from rules import contributions, occupations
from rules.areas import Village
from rules.eligibility import Reason
from rules.parameters import NotInForce
from rules.programmes import Programme


def refuse(
    reasons: tuple[Reason, ...], programme: Programme, today: date, occupation: str = ""
) -> Refuse:
    """A refusal of a person, with every way forward named once."""
    ways = dict.fromkeys(way for reason in reasons for way in reason.ways)
    words = tuple(_way(way, today, occupation) for way in ways)
    return Refuse(reasons, words, programme.office.value or "")


def refuse_place(
    key: str, village: Village, today: date, programme: Programme | None = None
) -> Refuse:
    """A refusal because of where the village lies, with the facts of paying oneself."""
    reason = Reason(key, "programme" if programme else "", ("self_pay",))
    place = Words("way.place", {"village": village.title, "regency": village.regency})
    ways = (place, _way("self_pay", today, ""))
    if programme is None:
        return Refuse((reason,), ways)
    return Refuse((reason,), (*ways, _way("office", today, "")), programme.office.value)


def _way(way: str, today: date, occupation: str) -> Words:
    if way != "self_pay":
        return Words(f"way.{way}")
    try:
        price = contributions.self_pay(today, transport=occupations.is_transport(occupation))
    except NotInForce:
        return Words("way.self_pay.unknown")
    return Words("way.self_pay", {"price": Rupiah(price)})
