"""What JKK and JKM pay, line by line, each with what it hangs on and where it is said.

The days are those that the law asks for: of the accident, of the death. Who was covered on them
is in rules/coverage.py. Reported income (`wage`) is whole rupiah a month.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from rules.contributions import LOWEST_INCOME, Money
from rules.parameters import Parameter, parameter
from rules.scholarship import YEARLY, ahead, years
from rules.scholarship import Child as Child

WAGE_MONTHS = parameter("jkk_wage_months")
DEATH_SHARE = parameter("jkk_death_share")
DISABILITY_SHARE = parameter("jkk_total_disability_share")
JKK_PERIODIC = parameter("jkk_periodic")
JKK_FUNERAL = parameter("jkk_funeral")
FULL_WAGE_SHARE = parameter("jkk_full_wage_share")
FULL_WAGE_MONTHS = parameter("jkk_full_wage_months")
REDUCED_WAGE_SHARE = parameter("jkk_reduced_wage_share")
HOSPITAL_CLASS = parameter("jkk_hospital_class")
HOMECARE = parameter("jkk_homecare_most")
HOMECARE_MONTHS = parameter("jkk_homecare_months")
PROSTHESIS_EXTRA = parameter("jkk_prosthesis_extra_share")
GLASSES = parameter("jkk_glasses_most")
JKM_LUMP = parameter("jkm_lump")
JKM_PERIODIC = parameter("jkm_periodic")
JKM_FUNERAL = parameter("jkm_funeral")
JKM_LEAST_MONTHS = parameter("jkm_full_least_months")
CHILDREN = parameter("scholarship_children_most")
SCHOLARSHIP_LEAST_MONTHS = parameter("scholarship_least_months")

WITHOUT_LIMIT = "o11b"  # says of every member that treatment has no limit
AGAINST_RECEIPTS = "r7"  # the article on treatment at a hospital that is no partner

TRANSPORT = {
    "land": parameter("jkk_transport_land_most"),
    "sea": parameter("jkk_transport_sea_most"),
    "air": parameter("jkk_transport_air_most"),
}

# What a sum hangs on; the words of each are in `locales/`.
CONDITIONS = (
    "active_member",  # accepted, and paid for, on the day of the accident or of the death
    "work_accident",  # at work, on the way there or back, or an illness that work caused
    "reported_wage",  # of the income that was reported to BPJS, not of what is really earned
    "medical_need",  # as far as the doctor finds it needful
    "partner_hospital",  # without paying at a partner of BPJS; elsewhere against receipts
    "receipts",
    "company_rule",  # room class and care at home were read on a page for company workers
    "doctor_says",  # how long and how much is what the doctor certifies
    "until_recovered",
    "share_of_table",  # the percentage is that of the law's table
    "lost_function",  # less, where only the function of the limb is reduced
    "rehabilitation_price",  # of the price of the government's rehabilitation centre
    "paid_at_once",  # though it is called periodic
    "to_who_arranged",  # without heirs it goes to who arranged the funeral
    "three_months",  # in full from three months of contributions and membership, else the funeral
    "each_paid_up",  # each of several memberships must be; the funeral is paid once
    "three_years",  # of contributions, where no work accident was the cause
    "two_children",
    "every_year",  # it is asked for anew every year
    "until_23_work_marriage",
)


@dataclass(frozen=True)
class Line:
    """One benefit: its sum, or None where there is no fixed one (`values` may hold the limit).

    `conditions` are keys of CONDITIONS, `sources` of `rules/sources.yaml`.
    """

    key: str
    amount: Money | None
    conditions: tuple[str, ...]
    sources: tuple[str, ...]
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Breakdown:
    """Lines of benefits. `unsettled` are keys of what only the branch can say.

    `conditions` say why lines are missing.
    """

    lines: tuple[Line, ...]
    unsettled: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()

    @property
    def total(self) -> Money:
        """The sum of the lines that have a fixed one."""
        return Money(sum(line.amount or 0 for line in self.lines))


def lowest_wage(on: date) -> Money:
    """The reported income that the lowest contribution stands for; or NotInForce."""
    return Money(LOWEST_INCOME.whole(on))


def accident_death(on: date, wage: Money) -> Breakdown:
    """What heirs are paid for a death by a work accident; or NotInForce.

    The law's floor, the death sum of JKM, lies under what the lowest income gives: a lower `wage`
    cannot have been reported and raises ValueError.
    """
    death = _of_wage("accident_death", DEATH_SHARE, on, wage)
    funeral = _fixed("funeral", JKK_FUNERAL, on, "to_who_arranged")
    return Breakdown((death, _jkk_periodic(on), funeral))


def total_disability(on: date, wage: Money) -> Breakdown:
    """What is paid for total and lasting disability by a work accident; or NotInForce."""
    disability = _of_wage("total_disability", DISABILITY_SHARE, on, wage)
    return Breakdown((disability, _jkk_periodic(on)))


def partial_disability(
    on: date, wage: Money, percent: Decimal, lost_function: Decimal = Decimal(1)
) -> Breakdown:
    """What is paid for partial disability; or NotInForce.

    `percent` (0-100) is that of the law's table; `lost_function` (0-1) the share of the limb's
    function that is lost, 1 for the limb itself.
    """
    if not 0 < percent <= 100 or not 0 < lost_function <= 1:
        raise ValueError(f"no part of the table: {percent} percent, {lost_function} lost")
    whole = WAGE_MONTHS.whole(on) * _reported(on, wage)
    amount = Money(int(whole * percent / 100 * lost_function))
    conditions = (
        "work_accident",
        "reported_wage",
        "share_of_table",
        "lost_function",
        "doctor_says",
    )
    values = {"percent": percent, "lost_function": lost_function}
    line = Line("partial_disability", amount, conditions, WAGE_MONTHS.sources(on), values)
    return Breakdown((line,))


def wage_replacement(on: date, wage: Money, months: int) -> Breakdown:
    """What replaces income in months without work after an accident (STMB); or NotInForce."""
    reported = _reported(on, wage)
    first = min(months, FULL_WAGE_MONTHS.whole(on))
    parts = (
        ("wage_full", FULL_WAGE_SHARE, first),
        ("wage_reduced", REDUCED_WAGE_SHARE, months - first),
    )
    conditions = ("work_accident", "reported_wage", "doctor_says", "until_recovered")
    lines = []
    for key, share, count in parts:
        monthly = int(share.value(on) * reported)
        values = {"months": count, "monthly": monthly}
        if count > 0:
            line = Line(key, Money(monthly * count), conditions, share.sources(on), values)
            lines.append(line)
    return Breakdown(tuple(lines))


def treatment(on: date) -> Breakdown:
    """Treatment after a work accident: no limit to the sum; or NotInForce."""
    conditions = ("work_accident", "medical_need", "partner_hospital", "company_rule")
    values = {"class": HOSPITAL_CLASS.whole(on)}
    sources = (*HOSPITAL_CLASS.sources(on), WITHOUT_LIMIT, AGAINST_RECEIPTS)
    return Breakdown((Line("treatment", None, conditions, sources, values),))


def transport(on: date, modes: Collection[str]) -> Breakdown:
    """The limits of the ways ("land", "sea", "air") by which the injured was brought, each its own.

    Raises NotInForce, and ValueError for any other way.
    """
    if unknown := set(modes) - set(TRANSPORT):
        raise ValueError(f"no way of transport: {', '.join(sorted(unknown))}")
    return Breakdown(
        tuple(
            _limited(f"transport_{mode}", most, on, "work_accident", "receipts")
            for mode, most in TRANSPORT.items()
            if mode in modes
        )
    )


def homecare(on: date) -> Breakdown:
    """The limit of care at home; or NotInForce."""
    conditions = ("work_accident", "medical_need", "receipts", "company_rule")
    line = _limited("homecare", HOMECARE, on, *conditions)
    months = {"months": HOMECARE_MONTHS.whole(on)}
    return Breakdown((replace(line, values={**line.values, **months}),))


def prosthesis(on: date) -> Breakdown:
    """Artificial limbs: a price and a share on top of it; or NotInForce."""
    conditions = ("work_accident", "medical_need", "rehabilitation_price")
    values = {"extra_percent": int(PROSTHESIS_EXTRA.value(on) * 100)}
    return Breakdown((Line("prosthesis", None, conditions, PROSTHESIS_EXTRA.sources(on), values),))


def glasses(on: date) -> Breakdown:
    """The limit of glasses; or NotInForce."""
    return Breakdown((_limited("glasses", GLASSES, on, "work_accident", "receipts"),))


def other_death(on: date, full: bool | None, memberships: int = 1) -> Breakdown:
    """What heirs of a covered member are paid where no work accident was the cause (JKM).

    `full` is what rules/coverage.py says of the day of death: in full, the funeral alone, or (None)
    not settled. With several memberships, each paid up, all but the funeral is paid for each.
    """
    funeral = _fixed("funeral", JKM_FUNERAL, on, "active_member", "to_who_arranged")
    if not full:
        unsettled = ("jkm_after_lapse",) if full is None else ()
        return Breakdown((_waiting(funeral, on),), unsettled)
    each = ("each_paid_up",) if memberships > 1 else ()
    lump = _for_each(memberships, "jkm_lump", JKM_LUMP, on, "active_member", *each)
    conditions = ("active_member", "paid_at_once", *each)
    periodic = _for_each(memberships, "periodic", JKM_PERIODIC, on, *conditions)
    return Breakdown((lump, periodic, funeral))


def scholarship(
    on: date, children: Sequence[Child], by_accident: bool, enough_months: bool | None
) -> Breakdown:
    """The most that each child may still be paid for school, for the two with most; or NotInForce.

    `enough_months` is what rules/coverage.py says of the day of a death that no work accident
    caused. The yearly sum of the child's present level is in `values`.
    """
    waits = () if by_accident else ("three_years",)
    if waits and not enough_months:
        unsettled = ("scholarship_after_lapse",) if enough_months is None else ()
        return Breakdown((), unsettled, waits)
    most = sorted(children, key=lambda child: ahead(child, on), reverse=True)
    chosen = [child for child in most[: CHILDREN.whole(on)] if ahead(child, on)]
    return Breakdown(tuple(_school(on, child, waits) for child in chosen))


def _school(on: date, child: Child, waits: tuple[str, ...]) -> Line:
    cause = waits or ("work_accident",)
    conditions = ("active_member", *cause, "two_children", "every_year", "until_23_work_marriage")
    yearly = YEARLY[child.level]
    why = SCHOLARSHIP_LEAST_MONTHS.sources(on) if waits else CHILDREN.sources(on)
    values = {
        "level": child.level,
        "age": child.age,
        "yearly": yearly.whole(on),
        "years": years(child, on),
    }
    sources = tuple(dict.fromkeys((*yearly.sources(on), *why)))
    return Line("scholarship", ahead(child, on), conditions, sources, values)


def _of_wage(key: str, share: Parameter, on: date, wage: Money) -> Line:
    amount = Money(int(share.value(on) * WAGE_MONTHS.whole(on) * _reported(on, wage)))
    return Line(key, amount, ("work_accident", "reported_wage"), share.sources(on))


def _jkk_periodic(on: date) -> Line:
    return _fixed("periodic", JKK_PERIODIC, on, "paid_at_once")


def _reported(on: date, wage: Money) -> Money:
    if wage < lowest_wage(on):
        raise ValueError(f"less than the lowest reported income: {wage}")
    return wage


def _limited(key: str, most: Parameter, on: date, *conditions: str) -> Line:
    return Line(key, None, conditions, most.sources(on), {"most": most.whole(on)})


def _fixed(key: str, amount: Parameter, on: date, *conditions: str) -> Line:
    return Line(key, Money(amount.whole(on)), conditions, amount.sources(on))


def _for_each(memberships: int, key: str, amount: Parameter, on: date, *conditions: str) -> Line:
    in_all = Money(amount.whole(on) * memberships)
    values = {"memberships": memberships}
    return _waiting(Line(key, in_all, conditions, amount.sources(on), values), on)


def _waiting(line: Line, on: date) -> Line:
    if JKM_LEAST_MONTHS.whole(on) == 0:
        return line
    conditions = (*line.conditions, "three_months")
    sources = (*line.sources, *JKM_LEAST_MONTHS.sources(on))
    return replace(line, conditions=conditions, sources=sources)
