"""What is asked and answered, in what order. This is the table of contents."""

from conversations.accident import accident
from conversations.batch import batch
from conversations.calculation import calculation
from conversations.claim_desk import claim_case, claim_person, claims
from conversations.claim_page import claim
from conversations.claim_papers import paper
from conversations.coverage import coverage
from conversations.death import death
from conversations.departures import departure
from conversations.desk import case, desk
from conversations.details import details
from conversations.enrolment import enrolment
from conversations.finding import find
from conversations.heirs import heirs
from conversations.invitation import invitation
from conversations.membership import record_member
from conversations.minutes import minutes
from conversations.model import Conversation
from conversations.offices import offices
from conversations.overview import overview
from conversations.own_card import own_card
from conversations.status import status
from conversations.working import working

CONVERSATIONS: dict[str, Conversation] = {
    "enrolment": enrolment,
    "details": details,
    "status": status,
    "desk": desk,
    "case": case,
    "batch": batch,
    "own_card": own_card,
    "minutes": minutes,
    "coverage": coverage,
    "calculation": calculation,
    "invitation": invitation,
    "member": record_member,
    "offices": offices,
    "overview": overview,
    "find": find,
    "departure": departure,
    "working": working,
    "claim": claim,
    "claims": claims,
    "claim_case": claim_case,
    "claim_person": claim_person,
    "paper": paper,
    "heirs": heirs,
    "death": death,
    "accident": accident,
}
