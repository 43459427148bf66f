"""What is asked and answered, in what order. This is the table of contents."""

from conversations.calculation import calculation
from conversations.coverage import coverage
from conversations.desk import desk
from conversations.details import details
from conversations.enrolment import enrolment
from conversations.invitation import invitation
from conversations.membership import record_member
from conversations.model import Conversation
from conversations.status import status

CONVERSATIONS: dict[str, Conversation] = {
    "enrolment": enrolment,
    "details": details,
    "status": status,
    "desk": desk,
    "coverage": coverage,
    "calculation": calculation,
    "invitation": invitation,
    "member": record_member,
}
