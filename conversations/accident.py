"""A work accident is told: treatment first, then what BPJS asks of a notice.

The fields are those of Permenaker 1/2025 Pasal 48A: NIK or card, place, cause, day and time, name
and telephone number of who tells.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import cast

from conversations import telling
from conversations.hours import shown, written_time
from conversations.model import Ask, Invalid, Known, Option, Outcome, Question, Words, plain
from conversations.questions import Reader, choice, on_button, read_name, read_words, text
from rules.areas import Village, village

FIELDS = (
    "accident.cause",
    "accident.place",
    "accident.how",
    "accident.day",
    "accident.time",
    "accident.treated",
    "accident.reporter",
    "accident.phone",
)
PARTS = 4
NOT_YET, DIED, OTHER, UNKNOWN, SELF = "not_yet", "died", "other", "unknown", "self"
MOST_WORDS, MOST_STORY = 120, 600  # letters
# Of rules.claims.CAUSES those of work: on the road a report of the police is asked for as well.
CAUSES = ("work", "road_work", "sea_work")
PASSED_OVER = frozenset({"lewati", "lewat", "skip"})


@dataclass(frozen=True)
class Own:
    """A sign-up that this account typed; `is_self` if it is the account owner's own."""

    id: str
    code: str
    village: str
    is_self: bool
    name: str = field(repr=False)


@dataclass(frozen=True)
class Hurt:
    """Who had the accident. `own` is None for who is no sign-up of this account."""

    village: Village
    own: Own | None
    name: str = field(repr=False)
    number: str = field(repr=False)


@dataclass(frozen=True)
class Happened:
    """What happened. `at` is "HHMM", "" if nobody knows; `treated` where, "" if nowhere yet.

    `partner` says whether BPJS has that hospital pay nothing: "yes", "no" or "unknown"; `cause` is
    one of CAUSES.
    """

    day: date
    at: str
    place: str = field(repr=False)
    how: str = field(repr=False)
    treated: str = field(default="", repr=False)
    partner: str = ""
    cause: str = "work"


@dataclass(frozen=True)
class ReportAccident(Outcome):
    """Tell the village and the regency of an accident."""

    hurt: Hurt
    what: Happened
    reporter: str = field(repr=False)
    phone: str = field(repr=False)


@dataclass(frozen=True)
class FatalAccident(Outcome):
    """Somebody died of it: go on with telling that, with all that is known already."""

    hurt: Hurt
    what: Happened


def accident(ask: Ask, known: Known, today: date) -> Outcome:
    """Send to a doctor first, then ask one thing after the other."""
    ask(choice("accident.first", ("go",)))
    hurt = _who(ask, known, today)
    now = cast(datetime, known("moment", hurt.village.code))
    what = _happened(ask, now)
    treated = ask(_treated())
    if treated == DIED:
        return FatalAccident(hurt, what)
    if treated != NOT_YET:
        partner = choice("accident.partner", ("yes", "no", UNKNOWN), about=treated, section=(3, 4))
        what = replace(what, treated=treated, partner=ask(partner))
    reporter = ask(_reporter(hurt.own))
    reporter = hurt.name if reporter == SELF else reporter
    phone = ask(telling.phone("accident.phone", (PARTS, PARTS), may_skip=False))
    told = ReportAccident(hurt, what, reporter, telling.kept(phone))
    ask(_summary(told, now.date()))
    return told


def _who(ask: Ask, known: Known, today: date) -> Hurt:
    """A sign-up of this account, or somebody else of whom nothing is looked up."""
    mine = cast(tuple[Own, ...], known("own_signups"))
    own = _chosen(ask, mine) if mine else None
    if own is not None:
        return Hurt(cast(Village, village(own.village)), own, own.name, "")
    place = telling.village(ask, known, "accident.village", (1, PARTS))
    name = ask(text("accident.name", read_name, section=(1, PARTS)))
    given = ask(telling.number("accident.number", today, (1, PARTS)))
    return Hurt(place, None, name, telling.kept(given))


def _chosen(ask: Ask, mine: tuple[Own, ...]) -> Own | None:
    options = (
        *(Option(one.id, _label(one, mine)) for one in mine),
        Option(OTHER, Words("accident.who.other")),
    )
    id = ask(Question("accident.who", Words("accident.who"), options, section=(1, PARTS)))
    return next((one for one in mine if one.id == id), None)


def _label(one: Own, mine: tuple[Own, ...]) -> Words:
    """A name, with its code where somebody else of the list has the same."""
    alike = [other for other in mine if other.name == one.name]
    return on_button(one.name, f" · {one.code}" if len(alike) > 1 else "")


def _read_story(most: int) -> Reader:
    """A reader of free words that BPJS asks for, so that they cannot be passed over."""
    read_some = read_words(3, most)

    def read(typed: str) -> str:
        words = read_some(typed)
        if words.casefold() in PASSED_OVER:
            raise Invalid(Words("accident.needed"))
        return words

    return read


def _happened(ask: Ask, now: datetime) -> Happened:
    cause = ask(_cause())
    place = ask(text("accident.place", _read_story(MOST_WORDS), section=(2, PARTS)))
    how = ask(text("accident.how", _read_story(MOST_STORY), section=(2, PARTS)))
    day = date.fromisoformat(ask(telling.day(Words("accident.day"), now.date(), (2, PARTS))))
    at = ask(_time(day, now))
    return Happened(day, "" if at == UNKNOWN else at, place, how, cause=cause)


def _cause() -> Question:
    options = tuple(Option(cause, Words(f"death.cause.{cause}")) for cause in CAUSES)
    return Question("accident.cause", Words("accident.cause"), options, section=(2, PARTS))


def _time(day: date, now: datetime) -> Question:
    def read(typed: str) -> str:
        at = written_time(typed)
        if datetime.combine(day, time.fromisoformat(at), now.tzinfo) > now:
            raise Invalid(Words("accident.time.ahead", {"time": f"{now:%H.%M}"}))
        return at

    unknown = (Option(UNKNOWN, Words("accident.time.unknown")),)
    return text("accident.time", read, options=unknown, section=(2, PARTS), about=day.isoformat())


def _treated() -> Question:
    options = (
        Option(NOT_YET, Words("accident.treated.not_yet")),
        Option(DIED, Words("accident.treated.died")),
    )
    return text("accident.treated", _read_story(MOST_WORDS), options=options, section=(3, PARTS))


def _reporter(own: Own | None) -> Question:
    options = (Option(SELF, on_button(own.name)),) if own and own.is_self else ()
    return text("accident.reporter", read_name, options=options, section=(PARTS, PARTS))


def _summary(told: ReportAccident, today: date) -> Question:
    hurt = told.hurt
    values = {
        "name": hurt.name,
        "village": hurt.village.title,
        "number": plain(hurt.own.code) if hurt.own else telling.number_words(hurt.number, today),
        "cause": Words(f"death.cause.{told.what.cause}"),
        "place": told.what.place,
        "how": told.what.how,
        "day": told.what.day,
        "time": time_words(told.what.at),
        "treated": treated_words(told.what),
        "reporter": told.reporter,
        "phone": telling.phone_words(told.phone),
    }
    whose = () if hurt.own else ("accident.village", "accident.name", "accident.number")
    send = (Option("send", Words("accident.summary.send")),)
    words = Words("accident.summary", values)
    options = send + telling.edits((*FIELDS, *whose))
    return Question("accident.summary", words, options, section=(PARTS, PARTS), columns=2)


def time_words(at: str) -> Words:
    """A time of day as it is said, or that nobody knows it."""
    return plain(shown(at)) if at else Words("accident.time.not_known")


def treated_words(what: Happened) -> Words:
    """Where somebody is treated, and whether BPJS has that place pay nothing."""
    if not what.treated:
        return Words("accident.not_treated")
    return Words(f"accident.at.{what.partner}", {"where": what.treated})
