"""`lindung file`: make the claim-safe file of a sign-up, and prove that nothing was altered."""

import argparse
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot import console, file_pdf
from bot.console import Unusable
from bot.file_page import HEAD, NothingKept
from bot.house import House
from storage import anchors, registrations, verification
from storage.database import transaction
from storage.models import Registration
from storage.verification import Checked, Problem

BATCH = 500  # chains in one transaction, which keeps a writing bot waiting for a moment alone
COLUMNS = {
    "kind": "its kind is not as it was",
    "subject": "what it is of is not as it was",
    "at": "its moment is not as it was",
    "by_id": "who wrote it is not as it was",
    "role": "the office of who wrote it is not as it was",
    "commitment": "its commitment is not as it was",
    "link": "its link is not as it was",
    "content": "its content cannot be opened, or is not the one committed to",
    "changed": "something of it is not as it was (its content was deleted, so what cannot be told)",
}
WHATS = {
    **COLUMNS,
    "missing": "it is gone, and maybe some after it",
    "added": "nobody with the key has written it",
    "broken": "a head that did not fit was found when this was written",
    "head": "the head is not as it was",
    "head_gone": "the head is gone",
    "cut": "it is gone, with all after it",
    "nothing": "all evidence of this sign-up is gone, or it was confirmed before any was kept",
    "proof": "the row of the proof from which it was frozen is not as it was; the file holds",
    "months": "the months on record are not those of the chain; the file holds",
    "unknown": "evidence of a sign-up that does not exist",
    "anchor": "an older state of some chain was put back, or records are gone, from before then",
    "anchor_line": "this line of the anchors was altered, or lines before it are gone",
}

OTHER_HEAD = (
    "no record has the head of the file: that is of another sign-up, or the records from which it "
    "was printed were altered or taken out"
)


def add(parser: argparse.ArgumentParser) -> None:
    """Add `lindung file`."""
    parser.add_argument("code", nargs="?", default="", help="the code on the receipt")
    parser.add_argument("--to", type=Path, help="the PDF to write; berkas-CODE.pdf if not given")
    parser.add_argument("--verify", action="store_true", help="prove it: of one, or of everybody")
    parser.add_argument("--head", default="", help="the head that is printed on the file")
    parser.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> None:
    if given.head and not (given.verify and given.code):
        raise Unusable("--head belongs to --verify CODE")
    if given.verify:
        _verify(given.code, given.head)
    elif given.code:
        _make(given.code, given.to)
    else:
        raise Unusable("give the code of a sign-up, or --verify for everybody")


def _make(code: str, to: Path | None) -> None:
    house = console.house()
    with transaction(house.engine) as db:
        row = _found(registrations.by_code(db, code), code)
        problems = verification.verify(db, house.keys, row.id)
        try:
            name, content = file_pdf.made(house, db, row)
        except NothingKept as error:
            raise Unusable(f"{row.code}: not confirmed by the village yet, nothing kept") from error
    path = to or Path(name)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Unusable(f"{path}: cannot be written ({error.strerror})") from error
    print(path)
    _refuse([_line(row.code, one) for one in problems])


def _found(row: Registration | None, code: str) -> Registration:
    if row is None:
        raise Unusable(f"{code}: no sign-up has this code")
    return row


def _verify(code: str, head: str) -> None:
    house = console.house()
    start = _read_head(head)
    if code:
        _verify_one(house, code, start)
    else:
        _verify_all(house)


def _read_head(head: str) -> bytes:
    digits = re.sub(r"[\s:-]", "", head)
    if head and not re.fullmatch(f"[0-9A-Fa-f]{{{HEAD},64}}", digits):
        raise Unusable(f"--head: {HEAD} to 64 signs of 0-9 and A-F, as printed on the file")
    return bytes.fromhex(digits[: len(digits) // 2 * 2])


def _verify_one(house: House, code: str, start: bytes) -> None:
    with transaction(house.engine) as db:
        row = _found(registrations.by_code(db, code), code)
        checked = verification.check(db, house.keys, [row.id])[0]
    lines = [_line(row.code, one) for one in checked.problems]
    if start and not checked.has_link(start):
        lines.append(f"{row.code}: {OTHER_HEAD}")
    print(f"{row.code}: records: {len(checked.rows)}, contents deleted: {checked.erased}")
    _refuse(lines)
    print("nothing was altered")
    if not start:
        print("that no older state was put back is sure with --head of a printed file alone, or")
        print("without a code, against the anchors")


def _verify_all(house: House) -> None:
    folder = house.anchors or Path("anchors")
    against = anchors.Against(house.keys, folder)
    with transaction(house.engine) as db:
        ids, problems = verification.everybody(db)
    records = erased = 0
    for first in range(0, len(ids), BATCH):
        for one in _checked(house, ids[first : first + BATCH]):
            against.add(one)
            problems += one.problems
            records, erased = records + len(one.rows), erased + one.erased
    print(f"sign-ups: {len(ids)}, records: {records}, contents deleted: {erased}")
    print(f"anchors: {len(against.anchors)}")
    codes = _codes(house, [one.registration_id for one in problems])
    problems += against.problems()
    _refuse([_line(codes.get(one.registration_id, one.registration_id), one) for one in problems])
    print("nothing was altered")
    if not against.anchors:
        print(f"no anchor in {folder}: that no older state was put back is not sure")


def _checked(house: House, ids: Sequence[str]) -> list[Checked]:
    with transaction(house.engine) as db:
        return verification.check(db, house.keys, ids)


def _codes(house: House, ids: Sequence[str]) -> dict[str, str]:
    with transaction(house.engine) as db:
        rows = (db.get(Registration, id) for id in dict.fromkeys(ids) if id.isascii())
        return {row.id: row.code for row in rows if row}


def _line(code: str, problem: Problem) -> str:
    return ": ".join(_parts(code, problem))


def _parts(code: str, problem: Problem) -> Iterator[str]:
    if code:
        yield code.encode("ascii", "backslashreplace").decode()
    if problem.what.startswith("anchor"):
        yield f"anchor {problem.seq} {problem.subject}".strip()
    elif problem.seq:
        subject = problem.subject.encode("ascii", "backslashreplace").decode()
        yield f"record {problem.seq} {subject}".strip()
    yield WHATS[problem.what]


def _refuse(lines: Sequence[str]) -> None:
    if lines:
        raise Unusable("\n".join(["ALTERED:", *lines]))
