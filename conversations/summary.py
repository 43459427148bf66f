"""The last look before sending: every answer, and a button that reopens each."""

from conversations.form import Form, occupation_words
from conversations.model import PROVEN, Option, Question, Words
from rules import phones
from rules.areas import Village

EDITABLE = (
    "enrolment.nik",
    "enrolment.name",
    "enrolment.birth_date",
    "enrolment.sex",
    "enrolment.residence",
    "enrolment.occupation",
    "enrolment.work",
    "enrolment.able",
    "enrolment.tie",
    "enrolment.phone",
    "enrolment.village",
    "enrolment.whom",
)


def summary(form: Form, village: Village) -> Question:
    """The question "is all this right?": send, or one tap to change any answer."""
    edits = tuple(
        Option(f"~{name}", Words("enrolment.edit", {"label": Words(f"{name}.label")}))
        for name in EDITABLE
    )
    send = (Option("send", Words("enrolment.summary.send")),)
    words = Words("enrolment.summary", {**_identity(form), **_work(form), **_place(form, village)})
    return Question("enrolment.summary", words, send + edits, section=(4, 4), columns=2)


def _identity(form: Form) -> dict[str, object]:
    return {
        "nik": form.nik.masked,
        "name": form.name,
        "born": form.who.born or Words("value.unknown"),
        "sex": Words(f"enrolment.sex.{form.who.sex}") if form.who.sex else Words("value.unknown"),
    }


def _work(form: Form) -> dict[str, object]:
    return {
        "occupation": occupation_words(form.occupation),
        "work": Words(f"enrolment.work.{form.who.work}"),
        "able": Words(f"enrolment.able.{form.who.able}"),
        "tie": Words(f"enrolment.tie.{form.who.tie}"),
    }


def _place(form: Form, village: Village) -> dict[str, object]:
    return {
        "residence": Words(f"enrolment.residence.{form.who.residence}"),
        "village": village.name,
        "regency": village.regency,
        "whom": Words(f"enrolment.whom.{form.whom}"),
        "phone": _phone(form.phone),
    }


def _phone(phone: str) -> Words:
    if phone == "none":
        return Words("enrolment.phone.none")
    number = phones.masked(phone.removesuffix(PROVEN))
    key = "enrolment.phone.proven" if phone.endswith(PROVEN) else "enrolment.phone.unproven"
    return Words(key, {"phone": number})
