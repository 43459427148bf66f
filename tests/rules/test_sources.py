"""Sources by key, and what is said of a wrong file."""

from pathlib import Path

import pytest

from rules import parameters
from rules.sources import Source, SourceFileError, UnknownSource, citation, load, source


def test_a_source_has_a_name_for_a_villager_an_address_and_a_mark() -> None:
    assert source("r4b") == Source(
        key="r4b",
        short="PP 82/2019 Pasal 34",
        url="https://www.hukumonline.com/klinik/detail/ulasan/lt5123bb62d9bf8/",
        mark="law",
    )
    assert source("o11a").short == "Kemnaker, 26 April 2025"
    assert source("o2").url is None


def test_the_article_on_expiry_is_not_that_on_the_sums() -> None:
    """PP 82/2019, both quoted on the same page of harianjogja."""
    assert (source("r4a").short, source("r4c").short) == (
        "PP 82/2019 Pasal 26",
        "PP 82/2019 Pasal 34",
    )
    assert source("r4a").url == source("r4c").url


def test_every_report_names_who_wrote_it() -> None:
    assert [one.key for one in load().values() if one.short.startswith("Berita,")] == []


def test_a_misspelt_key_is_unknown() -> None:
    with pytest.raises(UnknownSource, match="r4x"):
        source("r4x")


def test_a_citation_names_the_sources_in_the_order_given() -> None:
    assert citation(["o8", "o11a", "r4b"]) == (
        "Berita (Radar Mukomuko); Kemnaker, 26 April 2025; PP 82/2019 Pasal 34"
    )


def test_a_citation_is_short_and_says_nothing_twice() -> None:
    keys = ["o8", "o17", "o10b", "o11b", "o11a", "r4b"]
    assert citation(keys) == (
        "Berita (Radar Mukomuko); Berita (detik), 14 Januari 2020; BPJS Palu, Juli 2025"
    )
    assert citation(keys, most=1) == "Berita (Radar Mukomuko)"
    assert citation(["o8", "o17"]) == "Berita (Radar Mukomuko)"
    assert citation([]) == ""


def test_every_shipped_value_names_sources_that_are_known() -> None:
    for one in parameters.load().values():
        for _, step in one.steps:
            assert step.sources, one.name
            assert all(source(key).short for key in step.sources)


def test_shipped_sources_are_short_enough_to_be_shown() -> None:
    assert all(len(one.short) <= 70 for one in load().values())


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("r1: {short: x, mark: law}", "sources.yaml: r1.url: is missing"),
        ("r1: {short: x, mark: rumour, url: null}", "r1.mark: input should be 'law'"),
        ("r1: {short: x, mark: law, url: example.org}", "r1.url: string should match"),
        ("r1: {short: '', mark: law, url: null}", "r1.short: string should have at least"),
        ("R 1: {short: x, mark: law, url: null}", "R 1"),
        ("r1: {short: x, mark: law, url: null, day: 1}", "r1.day: is not a field"),
        ("r1: {}\nr1: {}", "'r1' is written twice"),
        ("a: {short: x}\nr1: {short: x, mark: law, url: null}", "a.[key]"),
    ],
)
def test_a_wrong_file_is_told_in_plain_words(tmp_path: Path, wrong: str, says: str) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text(wrong)
    with pytest.raises(SourceFileError) as caught:
        load(path)
    assert says in str(caught.value)


def test_all_that_is_wrong_is_told_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text("r1: {mark: law, url: null}\nr2: {short: x, mark: law}")
    with pytest.raises(SourceFileError) as caught:
        load(path)
    assert str(caught.value) == (
        "sources.yaml: r1.short: is missing\nsources.yaml: r2.url: is missing"
    )
