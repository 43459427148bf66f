"""What a worker reads of a sign-up: the officer's words only while they say what to do."""

import pytest

from bot.house import House
from bot.stage import Stage, appoint
from tests.conftest import TEGAL_HARUM
from tests.on_stage import LINK, over, said
from tests.people import WAYAN
from tests.storage.conftest import house as house
from tests.storage.conftest import one_house as one_house

RETURN = ("/petugas", "[🔎 Satu per satu]", "[↩️ Kembalikan]", "[Nama]")


@pytest.fixture
def stage(house: House) -> Stage:
    stage = over(house)
    appoint(stage, "officer", TEGAL_HARUM)
    said(stage, "worker", LINK, *WAYAN.answers)
    return stage


@pytest.mark.parametrize("why", ["[Mohon dicek lagi]", "[Tidak sama dengan KTP]", "Tulis lengkap"])
def test_what_was_sent_back_and_then_withdrawn_is_withdrawn(stage: Stage, why: str) -> None:
    said(stage, "officer", *RETURN, why)
    [text] = said(stage, "worker", "/status")
    assert why.strip("[]") in text
    [text] = said(stage, "worker", "[🗑 Tarik pendaftaran]", "[Ya, tarik]", "/status")
    assert "Ditarik" in text
    assert "tidak diproses lagi" in text
    assert why.strip("[]") not in text
