"""How a rule file is read, and what is said of what is wrong in it."""

from datetime import date
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, field_validator

from rules.rule_files import parse

NO_DAY = "input should be a valid date or datetime"


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    word: str


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    day: date | None = None
    inner: Inner | None = None
    days: dict[str, int] = {}

    @field_validator("inner")
    @classmethod
    def _no_shouting(cls, inner: Inner | None) -> Inner | None:
        if inner is not None and inner.word.isupper():
            raise ValueError("Must not shout")
        return inner


def read(folder: Path, text: str) -> tuple[Model | None, list[str]]:
    path = folder / "rules.yaml"
    path.write_bytes(text.encode())
    return parse(path, Model)


def test_a_right_file_is_the_model_and_no_problem(tmp_path: Path) -> None:
    text = "name: Pasar Contóh\nday: 2026-02-28\ninner: {word: yes it is}\ndays: {2026-01-01: 1}"
    found, problems = read(tmp_path, text)
    assert problems == []
    assert found == Model(
        name="Pasar Contóh",
        day=date(2026, 2, 28),
        inner=Inner(word="yes it is"),
        days={"2026-01-01": 1},
    )


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", ["must be a list of fields, each written `name: value`"]),
        ("[a, b]", ["must be a list of fields, each written `name: value`"]),
        ("day: 2026-01-01", ["name: is missing"]),
        ("name: 12", ["name: must be text: put quotes around 12"]),
        ("name: 1.5", ["name: must be text: put quotes around 1.5"]),
        ("name: 2026-01-01", ["name: must be text: put quotes around 2026-01-01"]),
        ("name: [x]", ["name: input should be a valid string (found ['x'])"]),
        ("name: {a: x}", ["name: input should be a valid string"]),
        ("name: x\nother: y", ["other: is not a field that this file may have"]),
        ("name: x\ninner: {word: LOUD}", ["inner: must not shout"]),
        ("name: x\ninner: {}", ["inner.word: is missing"]),
        (
            "name: x\nday: 2026-02-30",
            [f"day: {NO_DAY}, day value is outside expected range (found '2026-02-30')"],
        ),
        (
            "day: soon\nextra: 1",
            [
                "name: is missing",
                f"day: {NO_DAY}, input is too short (found 'soon')",
                "extra: is not a field that this file may have",
            ],
        ),
    ],
)
def test_every_problem_is_told_with_file_field_and_fault(
    tmp_path: Path, text: str, problems: list[str]
) -> None:
    assert read(tmp_path, text) == (None, [f"rules.yaml: {line}" for line in problems])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name: x\nname: y", "'name' is written twice"),
        ("name: x\ninner:\n  word: a\n  word: b", "'word' is written twice"),
        ("name: x\ndays: {2026-01-01: 1, 2026-01-01: 2}", "datetime.date(2026, 1, 1) is written"),
        ("name: [", "while parsing"),
        ("name: \x07", "characters are not allowed"),
        ("? [a, b]\n: x", "unhashable type: 'list'"),
    ],
)
def test_what_is_no_yaml_or_says_a_thing_twice_is_told(
    tmp_path: Path, text: str, says: str
) -> None:
    found, (problem,) = read(tmp_path, text)
    assert found is None
    assert problem.startswith("rules.yaml: is not readable as YAML: ")
    assert says in problem
    assert "  " not in problem


def test_a_thing_written_twice_is_told_with_its_line(tmp_path: Path) -> None:
    _, (problem,) = read(tmp_path, "name: x\nday: 2026-01-01\nname: y")
    assert "line 3, column 1" in problem


def test_bytes_that_are_no_utf_8_are_told(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_bytes(b"name: \xff")
    assert parse(path, Model)[1][0].startswith("rules.yaml: is not readable as YAML: 'utf-8'")


def test_a_field_that_is_given_may_not_stand_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text("day: 2026-01-01")
    assert parse(path, Model, given={"name": "x"}) == (Model(name="x", day=date(2026, 1, 1)), [])
    path.write_text("name: y")
    said = ["rules.yaml: name: is taken from the file's name"]
    assert parse(path, Model, given={"name": "x"}) == (None, said)
    path.write_text("name: y\ninner: {}")
    assert parse(path, Model, given={"name": "x"}) == (
        None,
        [*said, "rules.yaml: inner.word: is missing"],
    )
