"""The worker's sign-up, part one: from the village to "send". Reads like the paper form.

What refuses is settled in `rules/eligibility.py`; here stands only the order of the questions.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, cast

from conversations.form import Form, occupation_words
from conversations.model import PROVEN, Ask, Known, Option, Outcome, Question, Words
from conversations.outcomes import OpenConversation, RequestNotice, Say, SubmitRegistration
from conversations.questions import (
    choice,
    read_birth_date,
    read_name,
    read_nik,
    read_occupation,
    read_phone,
    read_village,
    text,
    village_words,
)
from conversations.summary import summary
from conversations.ways import refuse, refuse_place
from rules import areas, eligibility, nik, programmes
from rules.eligibility import Applicant
from rules.programmes import Programme

CONSENT_VERSION = "2026-11"
FIELDS = {"enrolment.work": "work", "enrolment.able": "able", "enrolment.tie": "tie"}
WHOM = ("self", "family", "neighbour", "cadre")


@dataclass(frozen=True)
class Offer:
    """The programme of a village, and whether the operator has opened it."""

    programme: Programme
    is_open: bool


def enrolment(ask: Ask, known: Known, today: date) -> Outcome:
    """Ask part one; end in a registration, a refusal with its reasons, or a request."""
    village = _village(ask, known)
    offer = cast(Offer | None, known("offer", village.code))
    if offer is None:
        return refuse_place("no_programme", village, today)
    programme = offer.programme
    if not programmes.accepts_kind(programme, village.kind):
        return refuse_place("village_kind", village, today, programme)
    if not offer.is_open:
        return _tell_me(ask, programme, village)
    whom = ask(_whom(ask, village, programme))
    if ask(_consent(whom)) == "no":
        return Say(Words("enrolment.no_consent"))
    return _person(ask, known, today, _Place(village, programme, whom))


@dataclass(frozen=True)
class _Place:
    village: areas.Village
    programme: Programme
    whom: str


def _village(ask: Ask, known: Known) -> areas.Village:
    near = cast(tuple[str, ...], known("areas"))
    code = ask(text("enrolment.village", read_village(near), section=(1, 4)))
    link = areas.village(ask.about.get("link", ""))
    if link and link.code != code and not _weighed(ask, code, link.code):
        code = ask(_which_village(code, link.code))
    return cast(areas.Village, areas.village(code))


def _weighed(ask: Ask, code: str, link: str) -> bool:
    """Whether the person has changed the village since the link was opened: that settles it."""
    asked = [*ask.answers.items(), *ask.replaced]
    before = any(name == "enrolment.village" and given.value == link for name, given in asked)
    of_link = [
        given.about
        for name, given in asked
        if name == "enrolment.which_village" and given.about.endswith(link)
    ]
    return before or bool(of_link and f"{code} {link}" not in of_link)


def _which_village(first: str, second: str) -> Question:
    names = {code: cast(areas.Village, areas.village(code)) for code in (first, second)}
    question = choice("enrolment.which_village", names, about=f"{first} {second}")
    options = tuple(
        replace(option, words=village_words(names[option.key])) for option in question.options
    )
    return replace(question, options=options)


def _tell_me(ask: Ask, programme: Programme, village: areas.Village) -> Outcome:
    key = "enrolment.tell_me.welcome" if _is_linked(ask, village) else "enrolment.tell_me"
    words = Words(key, {"programme": programme.name.value, "village": village.title})
    if ask(choice("enrolment.tell_me", ("yes", "no"), words, about=programme.key)) == "yes":
        return RequestNotice(programme.key, village.code)
    return Say(Words("enrolment.not_open", {"programme": programme.name.value}))


def _is_linked(ask: Ask, village: areas.Village) -> bool:
    """Whether this is the first that the person reads here: the village came by a link."""
    return ask.about.get("link") == village.code


def _whom(ask: Ask, village: areas.Village, programme: Programme) -> Question:
    key = "enrolment.whom.welcome" if _is_linked(ask, village) else "enrolment.whom"
    place = {"village": village.title, "district": village.district, "regency": village.regency}
    words = Words(key, {**place, "programme": programme.name.value})
    return choice("enrolment.whom", WHOM, words, section=(1, 4))


def _consent(whom: str) -> Question:
    key = "enrolment.consent" if whom == "self" else "enrolment.consent.other"
    about = f"{CONSENT_VERSION} {'self' if whom == 'self' else 'other'}"
    return choice("enrolment.consent", ("yes", "no"), Words(key), about=about, section=(1, 4))


def _person(ask: Ask, known: Known, today: date, place: _Place) -> Outcome:
    number = ask(text("enrolment.nik", read_nik(today), section=(2, 4)))
    mine = known("mine", f"{place.programme.key}/{number}")
    if mine and mine != ask.about.get("registration"):
        return OpenConversation("status", str(mine))
    identity = nik.read(number, today)
    name = ask(text("enrolment.name", read_name, section=(2, 4)))
    who = _stated(ask, today, identity, place)
    if reasons := eligibility.refusals(who, place.programme, today):
        return refuse(reasons, place.programme, today)
    who = replace(who, residence=ask(_residence(place.village)))
    form = Form(who, place.whom, identity, name)
    return _work(ask, today, place, form)


def _stated(ask: Ask, today: date, identity: nik.Nik, place: _Place) -> Applicant:
    """Who it is by the NIK, or as stated. A NIK never refuses: then the card's date is asked."""
    who = Applicant(
        place.village.code,
        born=identity.birth_date,
        nik_born=identity.birth_date,
        sex=identity.sex,
        nik_sex=identity.sex,
        nik_region=identity.region,
        nik_oddities=identity.oddities,
    )
    about = identity.number
    birth = text("enrolment.birth_date", read_birth_date(today), about=about, section=(2, 4))
    refused = eligibility.refusals(who, place.programme, today)
    born = ask(birth) if refused else ask.optional(birth)
    sex = ask.optional(choice("enrolment.sex", ("female", "male"), about=about, section=(2, 4)))
    return replace(
        who, born=date.fromisoformat(born) if born else who.born, sex=sex or identity.sex
    )


def _residence(village: areas.Village) -> Question:
    words = Words("enrolment.residence", {"village": village.name})
    keys = ("here", "ktp_elsewhere", "elsewhere")
    return choice("enrolment.residence", keys, words, about=village.code, section=(2, 4))


def _work(ask: Ask, today: date, place: _Place, form: Form) -> Outcome:
    occupation = ask(_occupation(place.programme))
    form = replace(form, occupation=occupation)
    words = {"occupation": occupation_words(occupation)}
    who = form.who
    for name, keys, about in (
        ("enrolment.work", eligibility.WORKING + eligibility.NOT_WORKING, occupation),
        ("enrolment.able", eligibility.ABLE + eligibility.NOT_ABLE, ""),
        ("enrolment.tie", eligibility.TIES, ""),
    ):
        answer = ask(choice(name, keys, Words(name, words), about=about, section=(3, 4)))
        who = _with(who, FIELDS[name], answer)
        if reasons := eligibility.refusals(who, place.programme, today):
            return refuse(reasons, place.programme, today, occupation)
    return _send(ask, today, place, replace(form, who=who))


def _occupation(programme: Programme) -> Question:
    question = choice(
        "enrolment.occupation",
        programme.occupations.value,
        read=read_occupation,
        about=programme.key,
        section=(3, 4),
        columns=2,
    )
    return replace(question, options=_named(programme.occupations.value))


@lru_cache(maxsize=100)
def _named(occupations: tuple[str, ...]) -> tuple[Option, ...]:
    """Kept, for every turn asks for them."""
    return tuple(Option(key, occupation_words(key)) for key in occupations)


def _send(ask: Ask, today: date, place: _Place, form: Form) -> Outcome:
    phone = ask(_phone(form.whom))
    form = replace(form, phone=phone)
    ask(summary(form, place.village))
    return SubmitRegistration(
        programme=place.programme.key,
        village=place.village.code,
        whom=form.whom,
        nik=form.nik.number,
        name=form.name,
        born=form.who.born.isoformat() if form.who.born else "",
        warnings=_warnings(ask, today, place, form),
        registration=ask.about.get("registration", ""),
    )


def _phone(whom: str) -> Question:
    if whom == "self":
        return text("enrolment.phone", read_phone, contact=True, about="self", section=(4, 4))
    words = Words("enrolment.phone.other")
    question = choice("enrolment.phone", ("none",), words, read=read_phone, section=(4, 4))
    return replace(question, about="other", example=Words("enrolment.phone.example"))


def _warnings(ask: Ask, today: date, place: _Place, form: Form) -> tuple[str, ...]:
    own = (
        ("answer_changed", _once_refused(ask, today, place)),
        ("typed_by_other", form.whom != "self"),
        ("phone_none", form.phone == "none"),
        ("phone_unproven", form.phone != "none" and not form.phone.endswith(PROVEN)),
    )
    return eligibility.warnings(form.who, place.programme, today) + tuple(
        key for key, holds in own if holds
    )


def _once_refused(ask: Ask, today: date, place: _Place) -> bool:
    """Whether an earlier answer about this person would have refused: the officer should ask."""
    blank = Applicant(place.village.code)
    return any(
        eligibility.refusals(_with(blank, FIELDS[name], given.value), place.programme, today)
        for name, given in ask.replaced
        if name in FIELDS
    )


def _with(who: Applicant, field: str, answer: str) -> Applicant:
    facts: dict[str, Any] = {field: answer}
    return replace(who, **facts)
