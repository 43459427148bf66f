"""Plays conversations without a network: in the terminal, or from a script as a transcript.

A script is a transcript: lines `worker> text` are what people do, lines with `#` are remarks and
stage directions (`direct`), everything else is what the bot answered and is written anew.
`[label]` presses a button, `(kontak)` shares the own number, `(undangan)` opens the invitation
or the link that was made last, `(kode)` types the claim code that was made last.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from html import unescape

from bot import notices
from bot.replies import Call
from bot.stage import CLAIM_CODE, INVITATION, Stage, appoint, enlist
from rules import programmes
from rules.seats import counters
from storage import programmes as opened
from storage.database import transaction
from storage.models import SeatCounter

CODE = re.compile(r"\b(?<!-)[A-Z0-9]{3}-[A-Z0-9]{4}\b(?!-)")  # random: the same in every transcript
OPENINGS = {"enrolment": "/start", "coverage": "/manfaat", "calculation": "/hitung"}
MEMBER_FOR = timedelta(days=50)
SIGN_UP = (
    *("/start v_5171032008", "[Saya sendiri]", "[✅ Setuju]", "5171 0312 0685 0001"),
    *("I Wayan Contoh", "[KTP desa ini]", "[Petani]", "[Masih, lebih dari 5 tahun]"),
    *("[Bisa bekerja seperti biasa]", "[Tidak ada]", "(kontak)", "[✅ Benar, kirim]"),
)
LINE = re.compile(r"^(\w+)> (.*)$")


def shown(call: Call) -> str:
    """A call as the phone shows it: text without markup, buttons in brackets."""
    if call["method"] == "answerCallbackQuery":
        return f"(sekilas) {call['text']}"
    rewritten = call["method"] == "editMessageText"
    if call["method"] != "sendMessage" and not rewritten:
        return f"({call['method']})"
    text = unescape(re.sub(r"<[^>]+>", "", call["text"]))
    markup = call.get("reply_markup", {})
    rows = markup.get("inline_keyboard") or markup.get("keyboard") or []
    buttons = [" ".join(f"[{button['text']}]" for button in row) for row in rows]
    return "\n".join([*(["(pesan tadi berubah)"] if rewritten else []), text, *buttons])


def transcript(text: str, on_stage: Stage) -> Iterator[tuple[str, str, str]]:
    """Play a script: (who speaks, to whom, what), comments and directions included."""
    for line in text.splitlines():
        if line.startswith("#"):
            yield "#", "", line
            for whom, call in direct(line, on_stage):
                yield "bot", whom, shown(call)
        elif (match := LINE.match(line)) and match.group(1) != "bot":
            name, what = match.groups()
            yield name, "bot", what
            for whom, call in on_stage.do(name, what):
                yield "bot", whom, shown(call)


def direct(line: str, on_stage: Stage) -> list[tuple[str, Call]]:
    """Follow a stage direction; who is told what by it. Any other remark does nothing.

    `#! officer NAME VILLAGE` (a code), `#! office NAME ROLE AREA` (a key and a code),
    `#! wait HOURS`, `#! open PROGRAMME` (a key), `#! signed_up NAME` (the good way, unseen),
    `#! seats VILLAGE USED` (so many places of the village are taken),
    `#! member NAME KPJ ACTIVE_FROM MONTHS [PAYER]` (the person's newest sign-up is a member, with
    so many months paid from the month of ACTIVE_FROM on, all received on that day).
    """
    if not line.startswith("#! "):
        return []
    verb, *words = line.removeprefix("#! ").split()
    if verb == "wait":
        return on_stage.pass_time(timedelta(hours=float(words[0])))
    if verb in UNSEEN:
        UNSEEN[verb](on_stage, *words)
        return []
    match verb:
        case "open":
            _open(on_stage, words[0])
        case "seats":
            _fill(on_stage, words[0], int(words[1]))
        case "member":
            enlist(on_stage, *words)
        case _:
            raise ValueError(f"no such stage direction: {line}")
    return on_stage.pass_time(timedelta(0))


def _appoint(on_stage: Stage, name: str, *role_and_area: str) -> None:
    *role, area = role_and_area
    appoint(on_stage, name, area, *role)


def _sign_up(on_stage: Stage, name: str) -> None:
    for what in SIGN_UP:
        on_stage.do(name, what)


# Directions of which nobody is told.
UNSEEN: dict[str, Callable[..., None]] = {
    "officer": _appoint,
    "office": _appoint,
    "signed_up": _sign_up,
}


def _open(on_stage: Stage, key: str) -> None:
    house, now = on_stage.house, on_stage.clock()
    with transaction(house.engine) as db:
        opened.set_open(db, key, True, now)
        notices.programme_opened(house, db, key, now)


def _fill(on_stage: Stage, village: str, used: int) -> None:
    programme = programmes.for_village(village, on_stage.house.programmes)
    if programme is None:
        raise ValueError(f"no programme has the village {village}")
    with transaction(on_stage.house.engine) as db:
        for counter in counters(programme, village):
            db.merge(SeatCounter(key=counter.key, used=used))


def as_text(lines: Iterable[tuple[str, str, str]]) -> str:
    """A transcript as it stands in `tests/transcripts/`."""
    out: list[str] = []
    for who, whom, what in lines:
        if who == "#":
            after_remark = out and out[-1].lstrip().startswith("#")
            out.append(what if after_remark else f"\n{what}")
        elif who == "bot":
            indented = what.replace("\n", "\n     ")
            out.append(f"bot> (kepada {whom})\n     {indented}")
        else:
            out.append(f"\n{who}> {what}")
    text = re.sub(r"[ \t]+\n", "\n", "\n".join(out)).strip() + "\n"
    text = CLAIM_CODE.sub("XXXXX-XXXXX", CODE.sub("XXX-XXXX", text))
    return INVITATION.sub(lambda found: f"{found.group()[:2]}...", text)


def as_json(lines: Iterable[tuple[str, str, str]]) -> str:
    """A transcript for machines: one object a line."""
    keys = ("from", "to", "text")
    rows = (dict(zip(keys, line, strict=True)) for line in lines if line[0] != "#")
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)


def live(on_stage: Stage, opening: str) -> None:
    """Talk to the bot in the terminal; an empty line or Ctrl+D ends."""
    typed = OPENINGS[opening]
    if opening == "coverage":
        _become_member(on_stage)
    while typed:
        for _, call in on_stage.do("worker", typed):
            print(f"\n{shown(call)}")
        try:
            typed = input("\n> ")
        except EOFError:
            return


def _become_member(on_stage: Stage) -> None:
    """A sign-up that BPJS accepted some weeks ago, with a year paid."""
    for what in SIGN_UP:
        on_stage.do("worker", what)
    active_from = on_stage.clock().date() - MEMBER_FOR
    direct(f"#! member worker 12345678901 {active_from} 12", on_stage)
