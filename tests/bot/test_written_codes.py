"""A claim's code, typed as it stands on paper, is known wherever the heir types it."""

from collections.abc import Iterator
from datetime import date

import pytest

from bot.stage import Stage, appoint, open_stage
from tests.conftest import TEGAL_HARUM
from tests.on_stage import LINK, TO_NAME, opening, said

CODE = "7QK2M-X9T4B"
OWN_NUMBER = opening("follow.contact")


@pytest.fixture
def stage() -> Iterator[Stage]:
    with open_stage(date(2026, 11, 20)) as on_stage:
        yield on_stage


@pytest.mark.parametrize("before", [(), ("/start",), (LINK,), TO_NAME, ("/meninggal",)])
@pytest.mark.parametrize("typed", [CODE, "7qk2m - x9t4b"])
def test_a_code_asks_for_the_own_number_in_the_middle_of_a_form_too(
    stage: Stage, before: tuple[str, ...], typed: str
) -> None:
    assert said(stage, "heir", *before, typed)[-1].startswith(OWN_NUMBER)


@pytest.mark.parametrize("typed", ["08123-45678", "PUTRA-DEWAS", "7QK2M-X9T4", "7QK2MX9T4B"])
def test_a_number_or_a_name_that_is_like_a_code_stays_an_answer(stage: Stage, typed: str) -> None:
    assert not said(stage, "heir", *TO_NAME, typed)[-1].startswith(OWN_NUMBER)


def test_a_number_typed_at_the_officers_claims_is_no_code(stage: Stage) -> None:
    appoint(stage, "officer", TEGAL_HARUM)
    shown = said(stage, "officer", "📂 Klaim warga", CODE)
    assert not shown[-1].startswith(OWN_NUMBER)
