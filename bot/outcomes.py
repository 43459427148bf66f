"""Does what a conversation ended in; one function per outcome, in the room of its subject."""

from collections.abc import Mapping
from typing import cast

from bot import (
    claim_desk,
    claim_family,
    claim_steps,
    desk,
    details,
    doors,
    enrolments,
    finding,
    memberships,
    offices,
    overview,
    replies,
    reports,
)
from bot.done import Doing, Done
from bot.doors import Door
from bot.here import Here
from conversations import steps
from conversations.model import Turn, Words
from conversations.outcomes import OpenConversation, Refuse, Say
from conversations.responses import Parked

# Forms that wait for their person; of any other conversation nothing is kept.
KEPT = frozenset({"enrolment", "details", "calculation", "member", "death", "accident"})


def do(here: Here, turn: Turn) -> Done:
    """Carry out the outcome of a turn within its transaction."""
    return OUTCOMES[type(turn.outcome)](here, turn)


def _park(here: Here, turn: Turn) -> Done:
    outcome = cast(Parked, turn.outcome)
    if turn.session.conversation not in KEPT:
        here.end()
        return Done([doors.home(here, Words("turn.dropped"))])
    here.keep(turn)
    if turn.session.conversation == "details" and details.store(here, turn) is None:
        here.refused("registration", turn.session.about.get("registration", ""))
        here.end()
        return Done([doors.home(here, Words("turn.stale"))])
    here.person.slot = ""
    key = "turn.cancelled" if outcome.cancelled else "turn.parked"
    return Done([doors.home(here, Words(key))])


def _say(here: Here, turn: Turn) -> Done:
    outcome = cast(Say, turn.outcome)
    rows = [[(here.page.label(words), data)] for words, data in steps.buttons(outcome.steps)]
    if outcome.back:
        here.keep(turn)
        return Done([replies.resting(here.page, turn, [outcome.words], back=True, rows=rows)])
    here.end()
    said = [*([turn.note] if turn.note else []), outcome.words]
    if rows:
        return Done([here.page.message(said, here.page.inline(rows))])
    return Done([doors.home(here, said)])


def _refuse(here: Here, turn: Turn) -> Done:
    outcome = cast(Refuse, turn.outcome)
    here.keep(turn)
    office = outcome.office or here.house.contact
    words = [Words("refuse.intro")]
    for reason in outcome.reasons:
        source = Words(f"source.{reason.source}", {"office": office}) if reason.source else None
        words.append(Words(f"reason.{reason.key}"))
        words += [Words("refuse.source", {"source": source})] if source else []
    ways = tuple(Words(way.key, {"office": office, **way.params}) for way in outcome.way_words)
    words.append(Words("refuse.ways", {"ways": ways}))
    return Done([replies.resting(here.page, turn, words, back=bool(turn.path))])


def _open(here: Here, turn: Turn) -> Done:
    outcome = cast(OpenConversation, turn.outcome)
    here.end()
    kind = outcome.conversation
    if turn.session.conversation == "enrolment":
        return Done([], Door(kind, outcome.key, Words("enrolment.already")))
    if kind == "enrolment" and outcome.key:
        kind = "fix"
    return Done([], Door(kind, outcome.key))


OUTCOMES: Mapping[type, Doing] = {
    Parked: _park,
    Say: _say,
    Refuse: _refuse,
    OpenConversation: _open,
    **enrolments.OUTCOMES,
    **details.OUTCOMES,
    **desk.OUTCOMES,
    **memberships.OUTCOMES,
    **offices.OUTCOMES,
    **finding.OUTCOMES,
    **overview.OUTCOMES,
    **claim_family.OUTCOMES,
    **claim_desk.OUTCOMES,
    **claim_steps.OUTCOMES,
    **reports.OUTCOMES,
}
