"""Names as they sound."""

import pytest

from rules.names import phonetic


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Djoko Soesilo", "Joko Susilo"),
        ("Tjokorda Istri", "Cokorda Istri"),
        ("Sjarifuddin", "Syarifudin"),
        ("Khadijah", "Kadija"),
        ("Chairil", "Kairil"),
        ("Philip", "Filip"),
        ("Thamrin", "Tamrin"),
        ("Ravi", "Rafi"),
        ("Yusup", "Yusuf"),
        ("Zainal", "Sainal"),
        ("Aqil", "Akil"),
        ("Max", "Maks"),
        ("Yoesoef", "Iusuf"),
        ("Fauzy", "Fauzi"),
        ("Abdullah", "Abdulah"),
        ("  ni   luh MADE ", "Made Ni Luh"),
        ("Émil Nuñez", "emil nunes"),
        ("I. Wayan-Contoh, S.Pd", "i wayan contoh s pd"),
        ("Wayan 2", "wayan"),
    ],
)
def test_names_that_sound_alike_meet(one: str, other: str) -> None:
    assert phonetic(one) == phonetic(other)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Djoko Soesilo", "joko susilo"),
        ("Tjokorda Istri", "cokorda istri"),
        ("Sjarifuddin", "sarifudin"),
        ("Khairil Philip", "filif kairil"),
        ("Max Quinn Vizz", "fis kuin maks"),
        ("Thayyib", "taib"),
        ("H. Achmad", "akmad"),
        ("", ""),
        ("H", ""),
        ("123", ""),
    ],
)
def test_a_key_has_the_words_in_order_and_only_the_sounds(name: str, key: str) -> None:
    assert phonetic(name) == key


@pytest.mark.parametrize(
    ("one", "other"), [("Made", "Mada"), ("Ketut Sari", "Ketut Sara"), ("Joko", "Coko")]
)
def test_names_that_sound_different_stay_apart(one: str, other: str) -> None:
    assert phonetic(one) != phonetic(other)
