"""The figures that a sentence may name, each asked of the rules for the day that it speaks of."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from conversations.model import Rupiah, Words, plain
from rules import benefits, contributions
from rules.benefits import Breakdown, Child
from rules.parameters import parameter

Figure = Callable[[date], object]

HOURS_A_DAY, MONTHS_A_YEAR = 24, 12
JKM_LEAST_MONTHS = parameter("jkm_full_least_months")
REPORT_HOURS = parameter("jkk_report_hours")
SECOND_REPORT_HOURS = parameter("jkk_second_report_hours")
# Two children who begin with kindergarten: nobody has more ahead.
YOUNGEST = (Child("tk", 4), Child("tk", 4))


def figures(names: Iterable[str], on: date) -> dict[str, object]:
    """The named figures on a day; raises NotInForce where one has no value, KeyError if unknown."""
    return {name: FIGURES[name](on) for name in names}


def _rupiah(name: str) -> Figure:
    found = parameter(name)
    return lambda on: Rupiah(found.whole(on))


def _number(name: str, by: int = 1) -> Figure:
    found = parameter(name)
    return lambda on: found.whole(on) // by


def _percent(name: str) -> Figure:
    found = parameter(name)
    return lambda on: int(found.value(on) * 100)


def _total(count: Callable[[date], Breakdown]) -> Figure:
    return lambda on: Rupiah(count(on).total)


def _line(count: Callable[[date], Breakdown], key: str) -> Figure:
    return lambda on: Rupiah(sum(one.amount or 0 for one in count(on).lines if one.key == key))


def _accident_death(on: date) -> Breakdown:
    return benefits.accident_death(on, benefits.lowest_wage(on))


def _total_disability(on: date) -> Breakdown:
    return benefits.total_disability(on, benefits.lowest_wage(on))


def _one_percent(on: date) -> Breakdown:
    return benefits.partial_disability(on, benefits.lowest_wage(on), Decimal(1))


def _jkm(on: date) -> Words:
    """The death benefit with the condition of that day."""
    key = "answer.figure.jkm" if JKM_LEAST_MONTHS.value(on) else "answer.figure.jkm_before"
    return Words(key, _jkm_values(on))


def _jkm_long(on: date) -> Words:
    """The same, with the day before which it was otherwise."""
    if not JKM_LEAST_MONTHS.value(on):
        return _jkm(on)
    values = {**_jkm_values(on), "since": JKM_LEAST_MONTHS.since(on)}
    return Words("answer.figure.jkm_long", values)


def _jkm_values(on: date) -> dict[str, object]:
    return {
        "total": Rupiah(benefits.other_death(on, True).total),
        "months": JKM_LEAST_MONTHS.whole(on),
        "funeral": Rupiah(benefits.other_death(on, False).total),
    }


def _self_pay(on: date) -> Words:
    """What going on alone costs, with the day on which a halved price ends."""
    values: dict[str, object] = {"full": Rupiah(contributions.full(on))}
    until = {kind: contributions.discount_until(on, kind == "transport") for kind in KINDS}
    if until["transport"] is None:
        return Words("answer.figure.self_pay", values)
    values["transport"] = Rupiah(contributions.self_pay(on, transport=True))
    values["transport_until"] = until["transport"]
    if until["other"] is None:
        return Words("answer.figure.self_pay_transport", values)
    values["other"] = Rupiah(contributions.self_pay(on, transport=False))
    values["other_until"] = until["other"]
    return Words("answer.figure.self_pay_halved", values)


def _report_by(on: date) -> Words:
    """By when an accident is to be reported; where no source gives a time, soon."""
    if not REPORT_HOURS.in_force(on):
        return Words("answer.figure.report_soon")
    return Words("answer.figure.report_by", {"days": REPORT_HOURS.whole(on) // HOURS_A_DAY})


def _second_report_by(on: date) -> Words:
    return Words("answer.figure.hours", {"days": SECOND_REPORT_HOURS.whole(on) // HOURS_A_DAY})


def _discount(on: date) -> Words:
    """To whom the halved price does not apply; nothing while none is halved."""
    halved = any(contributions.discount_until(on, kind == "transport") for kind in KINDS)
    return Words("answer.figure.discount") if halved else plain("")


def _too_short(on: date) -> Words:
    """What stays due to the family of somebody who was a member for too short a time."""
    if not JKM_LEAST_MONTHS.value(on):
        return plain("")
    return Words("answer.figure.too_short", _jkm_values(on))


KINDS = ("transport", "other")

FIGURES: Mapping[str, Figure] = MappingProxyType(
    {
        "monthly": lambda on: Rupiah(contributions.full(on)),
        "jkk_monthly": _rupiah("bpu_jkk_lowest_contribution"),
        "jkm_monthly": _rupiah("bpu_jkm_contribution"),
        "yearly": lambda on: Rupiah(contributions.year(on)),
        "self_pay": _self_pay,
        "discount": _discount,
        "old_age_savings": lambda on: Rupiah(contributions.old_age_savings(on)),
        "wage": lambda on: Rupiah(benefits.lowest_wage(on)),
        "wage_monthly": lambda on: Rupiah(
            benefits.wage_replacement(on, benefits.lowest_wage(on), 1).total
        ),
        "wage_full_months": _number("jkk_full_wage_months"),
        "wage_full_percent": _percent("jkk_full_wage_share"),
        "wage_reduced_percent": _percent("jkk_reduced_wage_share"),
        "accident_death": _total(_accident_death),
        "accident_death_lump": _line(_accident_death, "accident_death"),
        "funeral": _line(_accident_death, "funeral"),
        "periodic": _line(_accident_death, "periodic"),
        "total_disability": _total(_total_disability),
        "total_disability_lump": _line(_total_disability, "total_disability"),
        "one_percent": _total(_one_percent),
        "prosthesis_percent": _percent("jkk_prosthesis_extra_share"),
        "homecare": _rupiah("jkk_homecare_most"),
        "homecare_years": _number("jkk_homecare_months", MONTHS_A_YEAR),
        "glasses": _rupiah("jkk_glasses_most"),
        "transport_land": _rupiah("jkk_transport_land_most"),
        "transport_sea": _rupiah("jkk_transport_sea_most"),
        "transport_air": _rupiah("jkk_transport_air_most"),
        "report_by": _report_by,
        "second_report_by": _second_report_by,
        "jkk_expiry_years": _number("jkk_expiry_years"),
        "jkm": _jkm,
        "jkm_long": _jkm_long,
        "jkm_lump": _rupiah("jkm_lump"),
        "jkm_least_months": _number("jkm_full_least_months"),
        "too_short": _too_short,
        "two_memberships": _total(lambda on: benefits.other_death(on, True, 2)),
        "npwp_over": _rupiah("claim_npwp_over"),
        "scholarship_children": _number("scholarship_children_most"),
        "scholarship_sd": _rupiah("scholarship_sd_yearly"),
        "scholarship_smp": _rupiah("scholarship_smp_yearly"),
        "scholarship_sma": _rupiah("scholarship_sma_yearly"),
        "scholarship_college": _rupiah("scholarship_college_yearly"),
        "scholarship_most": _total(lambda on: benefits.scholarship(on, YOUNGEST, True, None)),
        "scholarship_years": _number("scholarship_least_months", MONTHS_A_YEAR),
        "scholarship_until_age": _number("scholarship_end_age"),
        "jkm_pay_days": _number("jkm_payment_working_days"),
        "jkk_pay_days": _number("jkk_payment_working_days"),
        "penalty_percent": _percent("jkm_late_payment_share"),
        "arrears_months": _number("bpu_arrears_months"),
        "card_days": _number("membership_card_days"),
        "kpj_length": _number("kpj_digits"),
    }
)
