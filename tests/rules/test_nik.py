"""Reading, finding and hiding numbers of 16 digits. All numbers here are invented."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import nik
from rules.nik import Nik, NikError

TODAY = date(2026, 11, 20)
WOMAN = "5171034305900001"
MAN = "5171031705850002"


def refused(text: str) -> NikError:
    with pytest.raises(NikError) as caught:
        nik.read(text, TODAY)
    assert str(caught.value) == caught.value.reason
    return caught.value


def test_a_womans_number_gives_birth_date_sex_and_region() -> None:
    read = nik.read(WOMAN, TODAY)
    assert read == Nik(WOMAN, date(1990, 5, 3), "female", "51.71.03", ())


def test_a_mans_number_gives_birth_date_sex_and_region() -> None:
    read = nik.read(MAN, TODAY)
    assert (read.birth_date, read.sex, read.oddities) == (date(1985, 5, 17), "male", ())


@pytest.mark.parametrize(
    "text",
    [
        "5171 0343 0590 0001",
        "517103.430590.0001",
        "51-71-03-430590-0001",
        "5171\u20130343\u20110590\u00a00001",
        "517103\n4305900001",
        "NIK: 5171034305900001",
        "NIK saya 5171034305900001, terima kasih.",
        "nomor 1: 5171034305900001",
        "1. 5171034305900001",
        "HP 081234567890, NIK 5171034305900001",
        "5171034305900001 081234567890",
        "5171034305900001 (saya ulangi: 5171034305900001)",
        "５１７１０３４３０５９００００１",
        "٥١٧١٠٣٤٣٠٥٩٠٠٠٠١",
        "5171034305\u200b900001",
        "NIK5171034305900001",
    ],
)
def test_spacing_words_and_foreign_digits_are_tolerated(text: str) -> None:
    assert nik.read(text, TODAY).number == WOMAN


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_nothing_typed_is_empty(text: str) -> None:
    assert refused(text).reason == "empty"


@pytest.mark.parametrize("text", ["tidak tahu", "51710343O5900001", "5171o34305900001"])
def test_letters_instead_of_digits_are_said_as_such(text: str) -> None:
    assert refused(text).reason == "not_digits"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("517103430590000", 15),
        ("51710343059000011", 17),
        ("NIK 1: 517103430590000", 15),
        ("5", 1),
        (f"{WOMAN} dan {MAN}", 32),
        (f"{WOMAN}\n{MAN}", 32),
    ],
)
def test_a_wrong_length_says_how_many_digits_were_read(text: str, count: int) -> None:
    error = refused(text)
    assert (error.reason, error.details) == ("wrong_length", {"digits": count})


@pytest.mark.parametrize(
    ("six", "born", "sex"),
    [
        ("010590", date(1990, 5, 1), "male"),
        ("310590", date(1990, 5, 31), "male"),
        ("410590", date(1990, 5, 1), "female"),
        ("710590", date(1990, 5, 31), "female"),
        ("400590", None, None),
        ("320590", None, None),
        ("720590", None, None),
    ],
)
def test_a_woman_has_forty_added_to_her_day_from_the_first_to_the_last(
    six: str, born: date | None, sex: str | None
) -> None:
    read = nik.read(f"517103{six}0001", TODAY)
    assert (read.birth_date, read.sex) == (born, sex)


@pytest.mark.parametrize(
    ("number", "sex", "oddities"),
    [
        ("5171030005900001", None, ("bad_birth_date",)),
        ("5171034005900001", None, ("bad_birth_date",)),
        ("5171033202900001", None, ("bad_birth_date",)),
        ("5171037202900001", None, ("bad_birth_date",)),
        ("5171033002900001", "male", ("bad_birth_date",)),
        ("5171037102900001", "female", ("bad_birth_date",)),
        ("5171031713900001", "male", ("bad_birth_date",)),
    ],
)
def test_an_impossible_birth_date_is_a_warning_and_not_a_refusal(
    number: str, sex: str | None, oddities: tuple[str, ...]
) -> None:
    read = nik.read(number, TODAY)
    assert (read.birth_date, read.sex, read.oddities) == (None, sex, oddities)


@pytest.mark.parametrize("region", ["200103", "997103", "007103", "510003", "517100"])
def test_an_unknown_region_is_a_warning_and_not_a_refusal(region: str) -> None:
    assert nik.read(f"{region}4305900001", TODAY).oddities == ("bad_region",)


def test_a_serial_of_zeros_is_a_warning_and_not_a_refusal() -> None:
    assert nik.read("5171034305900000", TODAY).oddities == ("bad_serial",)


def test_all_oddities_are_named_together_in_their_fixed_order() -> None:
    assert nik.read("0" * 16, TODAY).oddities == nik.ODDITIES


@pytest.mark.parametrize(
    ("six", "born"),
    [
        ("201116", date(2016, 11, 20)),
        ("211116", date(1916, 11, 21)),
        ("010126", date(1926, 1, 1)),
        ("010127", date(1927, 1, 1)),
        ("311299", date(1999, 12, 31)),
        ("690200", date(2000, 2, 29)),
        ("010145", date(1945, 1, 1)),
    ],
)
def test_the_century_is_the_latest_that_makes_the_person_ten_or_older(six: str, born: date) -> None:
    assert nik.read(f"517103{six}0001", TODAY).birth_date == born


def test_the_century_goes_on_being_guessed_after_the_year_2100() -> None:
    assert nik.read("5171030101950001", date(2110, 6, 1)).birth_date == date(2095, 1, 1)


def test_a_leap_day_that_the_earlier_century_lacks_is_unreadable() -> None:
    assert nik.read("5171032902000001", date(2005, 6, 1)).birth_date is None


def test_a_leap_day_that_only_the_earlier_century_has_is_of_that_century() -> None:
    assert nik.read("5171032902000001", date(2110, 6, 1)).birth_date == date(2000, 2, 29)


def test_a_number_never_shows_itself() -> None:
    read = nik.read(WOMAN, TODAY)
    assert read.last4 == "0001"
    assert read.masked == "•••• •••• •••• 0001"
    for shown in (repr(read), str(read), f"{read}"):
        assert shown == "Nik(•••• •••• •••• 0001)"


@pytest.mark.parametrize("text", ["517103430590000", f"{WOMAN} {MAN}", "abc51710343"])
def test_an_error_never_shows_what_was_typed(text: str) -> None:
    error = refused(text)
    assert not any(len(nik.digits(part)) > 2 for part in (str(error), repr(error)))


def test_a_family_card_number_is_read_with_the_same_tolerance() -> None:
    assert nik.read_kk("No. KK: 5171 0312 0520 0003") == "5171031205200003"


@pytest.mark.parametrize(
    ("text", "reason"), [("", "empty"), ("hilang", "not_digits"), ("123", "wrong_length")]
)
def test_a_family_card_number_is_refused_for_the_same_reasons(text: str, reason: str) -> None:
    with pytest.raises(NikError) as caught:
        nik.read_kk(text)
    assert caught.value.reason == reason


def test_digits_keeps_the_digits_of_every_script() -> None:
    assert nik.digits("a1 ２-٣.४!") == "1234"


@pytest.mark.parametrize(
    "text",
    [
        WOMAN,
        f"NIK saya {WOMAN} ya",
        "5171 0343 0590 0001",
        "5171.0343.0590.0001",
        "5171 - 0343 - 0590 - 0001",
        "５１７１ ０３４３ ０５９０ ０００１",
        "12345678901234567890",
        f"NIK{WOMAN}KK",
    ],
)
def test_sixteen_digits_or_more_in_a_message_are_found(text: str) -> None:
    assert nik.contains_nik(text)


@pytest.mark.parametrize(
    "text",
    ["", "halo", "081234567890", "517103430590000", "17 Mei 1990 dan 20 November 2026"],
)
def test_a_message_without_sixteen_digits_in_a_row_is_left_alone(text: str) -> None:
    assert not nik.contains_nik(text)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"NIK {WOMAN}.", "NIK ••••••••••••0001."),
        ("5171 0343 0590 0001", "••••••••••••0001"),
        ("call 081234567890", "call 081234567890"),
        (f"{WOMAN} dan {MAN}", "••••••••••••0001 dan ••••••••••••0002"),
        ("½ porsi", "½ porsi"),
        (
            "2026-11-20 13:16:05.123456 update 712345678",
            "2026-11-20 13:16:05.123456 update 712345678",
        ),
    ],
)
def test_masking_leaves_the_last_four_digits_and_everything_else(text: str, masked: str) -> None:
    assert nik.mask_digits(text) == masked


@given(st.text(alphabet="0123456789 .-aK\u0665\uff15\u200b\n", max_size=80))
def test_a_masked_text_never_holds_sixteen_digits_in_a_row(text: str) -> None:
    assert not nik.contains_nik(nik.mask_digits(text))


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_for_a_known_reason(text: str) -> None:
    try:
        outcome = str(len(nik.read(text, TODAY).number))
    except NikError as error:
        outcome = error.reason
    assert outcome in {"16", *nik.REFUSALS}


@given(st.text(alphabet="0123456789", min_size=16, max_size=16))
def test_every_number_of_sixteen_digits_is_accepted(number: str) -> None:
    read = nik.read(number, TODAY)
    assert read.number == number
    assert set(read.oddities) <= set(nik.ODDITIES)
    assert (read.birth_date is None) == ("bad_birth_date" in read.oddities)


@given(st.dates(date(1927, 1, 1), date(2016, 11, 20)), st.booleans())
def test_a_birth_date_of_a_working_life_comes_back_from_its_digits(born: date, woman: bool) -> None:
    six = f"{born.day + 40 * woman:02}{born:%m%y}"
    read = nik.read(f"517103{six}0001", TODAY)
    assert (read.birth_date, read.sex) == (born, "female" if woman else "male")
