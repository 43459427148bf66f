"""What an officer sees of a member, and the parts of which the questions about one are made."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from conversations.days import month_words, written_day
from conversations.model import Invalid, Option, Question, Words
from rules import kpj
from rules.coverage import PaidMonth
from rules.membership import DayError
from rules.months import last_day


@dataclass(frozen=True)
class Membership:
    """One sign-up as its officer sees it. `active_from` is None until BPJS has accepted.

    `card` is masked; `paid` are the months paid so far, in their order.
    """

    id: str
    version: int
    code: str
    name: str
    signed_up: date
    active_from: date | None = None
    card: str = ""
    paid: tuple[PaidMonth, ...] = ()

    @property
    def months(self) -> tuple[date, ...]:
        """The first days of the months paid so far."""
        return tuple(one.month for one in self.paid)


def read_kpj(typed: str) -> str:
    """Read a card number; keeps its eleven signs."""
    try:
        return kpj.read(typed)
    except kpj.KpjError as error:
        raise Invalid(Words(f"kpj.{error.reason}", error.details)) from error


def checked(check: Callable[[date], None], day: date) -> None:
    """Refuse a day that cannot be right, in words."""
    try:
        check(day)
    except DayError as error:
        in_months = error.reason in ("before_active", "month_far_ahead")
        limit = month_words(error.day) if in_months else error.day
        raise Invalid(Words(f"day.{error.reason}", {"day": limit})) from error


def day_question(words: Words, today: date, check: Callable[[date], None], about: str) -> Question:
    """A question for a day; today's button keeps the day itself, which stays right tomorrow."""

    def read(typed: str) -> str:
        day = written_day(typed)
        if day is None:
            raise Invalid(Words("day.unclear"))
        checked(check, day)
        return day.isoformat()

    button = Option(today.isoformat(), Words("day.today"))
    options = (button,) if _is_right(check, today) else ()
    example = Words(f"{words.key}.example")
    return Question(words.key, words, options, read, about=about, example=example)


def _is_right(check: Callable[[date], None], day: date) -> bool:
    try:
        check(day)
    except DayError:
        return False
    return True


def summary(one: Membership, words: Words, fields: Iterable[str]) -> Question:
    """The question "is all this right?"; its buttons are good for this sign-up as it is now."""
    edits = tuple(
        Option(f"~{name}", Words("enrolment.edit", {"label": Words(f"{name}.label")}))
        for name in fields
    )
    send = (Option("send", Words("member.summary.send")),)
    key = f"{one.id}.{one.version}"
    return Question(words.key, words, send + edits, about=key, nonce=key, columns=2)


def paid_until(months: Iterable[date]) -> Words:
    """Until when the contributions are paid, if any are."""
    last = max(months, default=None)
    return Words("member.paid_until", {"day": last_day(last)}) if last else Words("member.unpaid")
