"""`lindung ask`: questions on the command line, answered as in the bot."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot import cli
from bot.settings import Settings
from conversations.answers import FALLBACK, TOPICS
from rules.sources import citation, source
from tests.on_stage import ANSWER, QUESTION, opening

KEYS = ["topic", "confidence", "answer", "sources", "nearest"]
VAGUE = "saya jatuh kemarin, gimana"
Ask = Callable[..., str]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Runs the command as a user does, far from the settings of this machine; what it prints."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("OPERATOR_NAME", "Pemerintah Kabupaten Contoh")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, typed: str = "") -> str:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        assert cli.main(["ask", *arguments]) == 0
        printed = capsys.readouterr()
        assert printed.err == ""
        assert list(tmp_path.iterdir()) == []
        return printed.out

    return run


def objects(printed: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed.splitlines()]


def test_an_answer_is_printed_with_its_source_and_topic(ask: Ask) -> None:
    printed = ask(QUESTION, "--on", "2026-11-20")
    assert ANSWER in printed
    assert f"Sumber: {citation(TOPICS['jkm.amount'].sources)}" in printed
    assert "(jkm.amount, " in printed.splitlines()[-1]
    assert "<b>" not in printed


def test_as_json_it_is_one_object_with_just_these_keys(ask: Ask) -> None:
    [found] = objects(ask("--json", QUESTION, "--on", "2026-11-20"))
    assert list(found) == KEYS
    assert found["topic"] == "jkm.amount"
    assert 0.5 <= found["confidence"] <= 1
    assert "Rp42.000.000" in found["answer"]
    cited = [source(key) for key in TOPICS["jkm.amount"].sources]
    assert found["sources"] == [f"{one.short} ({one.url})" for one in cited]
    assert found["nearest"] == []


def test_from_standard_input_each_line_is_answered_in_its_place(ask: Ask) -> None:
    lines = [QUESTION, "", "bayar ga", VAGUE, "😀", QUESTION, "umur 70 boleh ikut?"]
    found = objects(ask("--json", "-", typed="\n".join(lines)))
    topics = [one["topic"] for one in found]
    assert topics == [
        *("jkm.amount", FALLBACK, "program.cost", FALLBACK, FALLBACK),
        *("jkm.amount", "age"),
    ]
    assert all(list(one) == KEYS for one in found)
    assert found[0] == found[5]
    assert objects(ask("--json", "-", typed="\n".join(lines) + "\n")) == found
    assert objects(ask("--json", "-", typed="\r\n".join(lines))) == found


def test_of_no_line_nothing_is_printed(ask: Ask) -> None:
    assert ask("--json", "-", typed="") == ""


def test_where_it_is_not_sure_it_asks_back_with_the_nearest_topics(ask: Ask) -> None:
    [found] = objects(ask("--json", VAGUE))
    assert found["topic"] == FALLBACK
    assert found["sources"] == []
    assert 2 <= len(found["nearest"]) <= 3
    assert set(found["nearest"]) <= TOPICS.keys() - {FALLBACK}
    lines = found["answer"].splitlines()
    topics = [opening(f"topic.{topic}") for topic in found["nearest"]]
    assert opening("answer.which") in lines
    assert lines[-len(topics) :] == [f"• {topic}" for topic in topics]


def test_what_is_not_understood_at_all_is_answered_with_examples(ask: Ask) -> None:
    for text in ("cuaca besok gimana", "12345", ""):
        [found] = objects(ask("--json", text))
        assert (found["topic"], found["nearest"], found["sources"]) == (FALLBACK, [], [])
        assert opening("answer.fallback") in found["answer"]


@pytest.mark.parametrize(
    ("question", "on", "named", "not_named"),
    [
        (QUESTION, "2024-06-01", "Rp42.000.000", "3 bulan"),
        (QUESTION, "2026-11-20", ANSWER, "hari pertama"),
        (QUESTION, "2015-01-01", opening("answer.not_in_force"), "Rp"),
        ("lanjut bayar sendiri berapa?", "2026-11-20", "Rp8.400 sebulan", "Rp16.800 sebulan"),
        ("lanjut bayar sendiri berapa?", "2027-05-01", "Rp16.800 sebulan", "Rp8.400"),
    ],
)
def test_the_figures_are_those_of_the_day(
    ask: Ask, question: str, on: str, named: str, not_named: str
) -> None:
    printed = ask(question, "--on", on)
    assert named in printed
    assert not_named not in printed


def test_who_runs_the_bot_is_named_as_set(ask: Ask) -> None:
    told = ask("nomor telepon petugas berapa?")
    assert "Pemerintah Kabupaten Contoh" in told
    assert "kantor desa" in told


def test_a_day_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["ask", QUESTION, "--on", "2026-02-30"])
    assert "--on" in capsys.readouterr().err
