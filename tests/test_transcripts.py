"""Golden conversations: each file of `tests/transcripts/` is played, and must come out the same."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from difflib import unified_diff
from pathlib import Path

import pytest

from bot import play
from bot.stage import Stage, open_stage
from bot.understanding import plain
from rules import nik
from tests.conftest import TEGAL_HARUM
from tests.conversations.sayable import fits
from tests.people import WAYAN

FOLDER = Path(__file__).parent / "transcripts"
SCRIPTS = sorted(FOLDER.glob("*.txt"))
DAY = date(2026, 11, 20)
MOST_MESSAGES = 12
PLACE, _, *REST = WAYAN.work
BY_BUTTONS = replace(WAYAN, work=(PLACE, "[Petani]", *REST))


@pytest.fixture
def stage() -> Iterator[Stage]:
    with open_stage(DAY) as on_stage:
        yield on_stage


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_conversation_goes_as_its_transcript_says(
    script: Path, stage: Stage, request: pytest.FixtureRequest
) -> None:
    golden = script.read_text()
    played = play.as_text(play.transcript(golden, stage))
    for chat in stage.chats.values():
        for call in chat.said:
            fits(call)
    if request.config.getoption("--rewrite-transcripts"):
        script.write_text(played)
        return
    assert played == golden, _difference(script, golden, played)


def _difference(script: Path, golden: str, played: str) -> str:
    lines = unified_diff(golden.splitlines(), played.splitlines(), "golden", "played", lineterm="")
    hint = "If this is what was meant: make transcripts, and read the difference before a commit."
    return "\n".join([f"{script.name} goes otherwise now.", *lines, hint])


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_every_button_pressed_in_a_transcript_was_shown_before(script: Path) -> None:
    shown: set[str] = set()
    for line in script.read_text().splitlines():
        pressed = re.fullmatch(r"(\w+)> \[(.+)\]", line)
        if pressed and pressed.group(1) != "bot":
            assert plain(pressed.group(2)) in shown, line
        if line.startswith("     ["):
            shown.update(plain(label) for label in re.findall(r"\[(.+?)\]", line))


def test_every_transcript_begins_with_what_its_scene_is() -> None:
    silent = [path.name for path in SCRIPTS if not path.read_text().startswith("# ")]
    assert silent == []
    assert len(SCRIPTS) >= 35


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_the_bot_never_repeats_a_nik(script: Path) -> None:
    said = [line for line in script.read_text().splitlines() if line.startswith("     ")]
    examples = ("     Contoh: ", "     Example: ")
    told = [line for line in said if nik.contains_nik(line) and not line.startswith(examples)]
    assert told == []


def test_part_one_takes_at_most_twelve_messages_and_two_typed_answers(stage: Stage) -> None:
    said, typed = [], []
    for what in (f"/start v_{TEGAL_HARUM.replace('.', '')}", *BY_BUTTONS.answers):
        said += [call for _, call in stage.do("worker", what)]
        typed += [what] if not what.startswith(("/", "[", "(")) else []
    messages = [call for call in said if call["method"] in ("sendMessage", "editMessageText")]
    assert "Sudah terkirim" in messages[-1]["text"]
    assert len(messages) <= MOST_MESSAGES
    assert typed == [WAYAN.nik, WAYAN.name]
