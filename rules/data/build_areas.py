"""Makes areas.txt.gz from the unpacked npm package idn-area-data: python build_areas.py FOLDER.

A line is an area ("=34.04.07 Depok") or a village of the area above it: its name alone where its
number is one more than that of the line before (2001 at first), else "1010 Ledok Wetan".
"""

import csv
import gzip
import sys
from collections.abc import Iterator
from pathlib import Path


def rows(folder: Path, table: str) -> dict[str, str]:
    """Names by dotted code, in the order of the codes."""
    with (folder / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return dict(sorted((row["code"], row["name"]) for row in csv.DictReader(file)))


def lines(areas: dict[str, str], villages: dict[str, str]) -> Iterator[str]:
    above = ""
    expected = 0
    for code, name in villages.items():
        for area in (code[:2], code[:5], code[:8]):
            if not above.startswith(area):
                yield f"={area} {areas[area]}"
        if not above.startswith(code[:8]):
            expected = 2001
        number = int(code[9:])
        yield name if number == expected else f"{number} {name}"
        above, expected = code, number + 1


def build(folder: Path, target: Path) -> None:
    areas = rows(folder, "provinces") | rows(folder, "regencies") | rows(folder, "districts")
    text = "".join(f"{line}\n" for line in lines(areas, rows(folder, "villages")))
    # No time stamp, so that the same data gives the same file.
    target.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(__file__).with_name("areas.txt.gz"))
