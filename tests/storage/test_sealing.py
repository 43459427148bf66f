"""Sealed values open for their own row and key alone; keys are read and made with care."""

import base64
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.sealing import (
    Keyring,
    KeyringError,
    SealError,
    keys_from_file,
    new_keys,
    read_keys,
)

KEYS = Keyring({1: b"a" * 32}, b"i" * 32)
ROTATED = Keyring({1: b"a" * 32, 2: b"b" * 32}, b"i" * 32)
PLACE = "registration.name"


def encoded(letter: bytes, length: int = 32) -> str:
    """A key as it stands in LINDUNG_KEYS."""
    return base64.b64encode(letter * length).decode()


@given(text=st.text(), row=st.one_of(st.integers(), st.text()))
def test_what_is_sealed_opens_again(text: str, row: object) -> None:
    assert KEYS.open(PLACE, row, KEYS.seal(PLACE, row, text)) == text


@given(content=st.binary(), row=st.text())
def test_content_that_is_no_text_opens_again_for_its_own_row(content: bytes, row: str) -> None:
    sealed = KEYS.seal_bytes(PLACE, row, content)
    assert KEYS.open_bytes(PLACE, row, sealed) == content
    with pytest.raises(SealError):
        KEYS.open_bytes(PLACE, f"{row}x", sealed)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(value=JSON)
def test_json_opens_as_it_was(value: object) -> None:
    assert KEYS.open_json(PLACE, 1, KEYS.seal_json(PLACE, 1, value)) == value


def test_half_a_surrogate_pair_can_be_sealed() -> None:
    update = {"text": "halo \ud83d"}
    assert KEYS.open_json(PLACE, 1, KEYS.seal_json(PLACE, 1, update)) == update


@given(text=st.text(min_size=4))
def test_a_sealed_value_shows_neither_text_nor_repetition(text: str) -> None:
    first, second = KEYS.seal(PLACE, 1, text), KEYS.seal(PLACE, 1, text)
    assert first != second
    assert text.encode() not in first


@pytest.mark.parametrize(
    ("place", "row"),
    [(PLACE, "other"), ("registration.nik", "row"), ("answer.value", "row"), ("", ""), (PLACE, "")],
)
def test_a_value_moved_to_another_row_or_column_does_not_open(place: str, row: str) -> None:
    sealed = KEYS.seal(PLACE, "row", "I Wayan Contoh")
    with pytest.raises(SealError, match="another row, or altered"):
        KEYS.open(place, row, sealed)


@given(at=st.integers(1, 40), flipped=st.integers(1, 255))
def test_an_altered_value_does_not_open(at: int, flipped: int) -> None:
    sealed = bytearray(KEYS.seal(PLACE, "row", "I Wayan Contoh"))
    sealed[at] ^= flipped
    with pytest.raises(SealError, match="altered"):
        KEYS.open(PLACE, "row", bytes(sealed))


@given(kept=st.integers(0, 42))
def test_a_value_cut_off_does_not_open(kept: int) -> None:
    sealed = KEYS.seal(PLACE, "row", "I Wayan Contoh")
    with pytest.raises(SealError):
        KEYS.open(PLACE, "row", sealed[:kept])


def test_a_value_of_a_key_that_is_gone_does_not_open_and_says_which_key() -> None:
    sealed = ROTATED.seal(PLACE, "row", "I Wayan Contoh")
    with pytest.raises(SealError, match="no key 2"):
        KEYS.open(PLACE, "row", sealed)


def test_an_error_holds_nothing_of_the_value() -> None:
    sealed = KEYS.seal(PLACE, "row", "I Wayan Contoh")
    with pytest.raises(SealError) as refused:
        KEYS.open(PLACE, "other", sealed)
    assert "Wayan" not in str(refused.value)


def test_after_rotation_the_new_key_seals_and_the_old_one_still_opens() -> None:
    old, new = KEYS.seal(PLACE, 1, "lama"), ROTATED.seal(PLACE, 1, "baru")
    assert (old[0], new[0]) == (1, 2)
    assert ROTATED.open(PLACE, 1, old) == "lama"
    assert ROTATED.open(PLACE, 1, new) == "baru"


def test_the_highest_number_seals_whatever_the_order() -> None:
    keys = read_keys(f"9:{encoded(b'n')},index:{encoded(b'i')},200:{encoded(b'x')}")
    assert keys.seal(PLACE, 1, "x")[0] == 200


def test_index_hashes_are_equal_for_equal_values_of_one_kind_and_one_key() -> None:
    value = KEYS.index("nik", "5171031206850001")
    assert len(value) == 32
    assert value == ROTATED.index("nik", "5171031206850001"), "rotation keeps what is found"
    assert value != KEYS.index("nik", "5171031206850002")
    assert value != KEYS.index("name", "5171031206850001")
    assert value != Keyring({1: b"a" * 32}, b"j" * 32).index("nik", "5171031206850001")


INDEX = f"index:{encoded(b'i')}"
MALFORMED = {
    "": "at least one numbered key and one 'index' key",
    INDEX: "at least one numbered key and one 'index' key",
    f"1:{encoded(b'a')}": "at least one numbered key and one 'index' key",
    f"0:{encoded(b'a')},{INDEX}": "begins with a number 1-255 or 'index'",
    f"256:{encoded(b'a')},{INDEX}": "begins with a number 1-255 or 'index'",
    f"-1:{encoded(b'a')},{INDEX}": "begins with a number 1-255 or 'index'",
    f"²:{encoded(b'a')},{INDEX}": "begins with a number 1-255 or 'index'",
    f"main:{encoded(b'a')},{INDEX}": "begins with a number 1-255 or 'index'",
    f"1:{encoded(b'a', 31)},{INDEX}": "every key has 32 bytes",
    f"1:{encoded(b'a', 33)},{INDEX}": "every key has 32 bytes",
    f"1:no base64!,{INDEX}": "a key is not base64",
    f"1,{INDEX}": "every key has 32 bytes",
}


@pytest.mark.parametrize("text", MALFORMED)
def test_malformed_keys_are_refused_with_what_is_wrong_and_without_the_key(text: str) -> None:
    with pytest.raises(KeyringError, match=re.escape(MALFORMED[text])) as refused:
        read_keys(text)
    assert "LINDUNG_KEYS" in str(refused.value)
    assert encoded(b"a")[:8] not in str(refused.value)


def test_spaces_and_a_comma_at_the_end_do_no_harm() -> None:
    keys = read_keys(f" 1:{encoded(b'a')} ,\n{INDEX}, ")
    assert keys.open(PLACE, 1, KEYS.seal(PLACE, 1, "x")) == "x"


def test_new_keys_can_be_read_and_are_new_each_time() -> None:
    first, second = new_keys(), new_keys()
    assert read_keys(first).keys[1] != read_keys(second).keys[1]


def test_the_file_of_keys_is_made_once_and_readable_by_the_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "keys"
    made = keys_from_file(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert keys_from_file(path) == made


def test_no_key_is_shown_when_a_keyring_is() -> None:
    keys = read_keys(new_keys())
    for shown in (repr(keys), str(keys), f"{keys}"):
        assert shown == "Keyring()"
