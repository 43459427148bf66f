"""Regions are data: no room's code names one, but for the demo, whose village is one of them."""

import re
from pathlib import Path

from rules.programmes import load

ROOT = Path(__file__).parents[2]


def test_no_region_is_named_in_code() -> None:
    words = ["Denpasar", "Bengkayang", "Gianyar", "Purwakarta", "Badung", "Tegal Harum"]
    codes = [area for one in load().values() for area in one.areas.value]
    named = re.compile("|".join([*words, *(rf"\b{re.escape(code)}\b" for code in codes)]), re.I)
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for room in ("bot", "conversations", "storage", "rules")
        for path in sorted((ROOT / room).rglob("*.py"))
        if not path.is_relative_to(ROOT / "bot" / "demo") and path.name != "demo_people.py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if named.search(line)
    ]
    assert found == []
