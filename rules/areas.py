"""The villages of Indonesia with their districts, regencies and provinces.

Source: idn-area-data 4.0.1 after the codes of Kemendagri, ODbL 1.0 (rules/data/NOTICE.md).
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rules.addresses import DISTRICT, PROVINCE, REGENCY, key
from rules.area_search import SURE, register, search

Kind = Literal["desa", "kelurahan", "desa adat"]
Zone = Literal["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]

_CODE = re.compile(r"(?:v_)?(\d\d)\.?(\d\d)\.?(\d\d)\.?(\d{4})", re.ASCII)
_KINDS: dict[str, Kind] = {"1": "kelurahan", "2": "desa", "3": "desa adat"}
# Keppres 41/1987; the provinces made since keep the time of those they were cut from.
_MIDDLE = frozenset(("51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"))
_EAST = frozenset(("81", "82", "91", "92", "93", "94", "95", "96"))
_LEAD = 8.0  # by how much the best must be better than the next to be certain
_LEAST = 40.0  # what scores less is not offered
_SPREAD = 25.0  # nor what scores so much less than the best
_PART = 3  # letters of a name that tell villages apart
_KIND = re.compile(r"(desa adat|desa|ds|kelurahan|kel)\b[ .]*")
_SLIP = 84.0  # a village near, named almost so, scores at least this with its regency


@dataclass(frozen=True, slots=True)
class Village:
    """A desa or kelurahan, with its code as "34.04.07.2001" and regency as "Kabupaten Sleman"."""

    code: str
    name: str
    district: str
    regency: str
    province: str

    @property
    def kind(self) -> Kind:
        """By the first digit of the last part of the code."""
        return _KINDS[self.code[9]]

    @property
    def title(self) -> str:
        """The name with its kind, as on signs: "Desa ...", "Kelurahan ..."."""
        return f"{self.kind.title()} {self.name}"

    @property
    def regency_code(self) -> str:
        """As "34.04"."""
        return self.code[:REGENCY]

    @property
    def zone(self) -> Zone:
        """Name of the time zone in the IANA database."""
        return zone_of(self.code)

    @property
    def start_payload(self) -> str:
        """What a link to the bot carries for this village: "v_3404072001"."""
        return "v_" + self.code.replace(".", "")


def zone_of(area: str) -> Zone:
    """The time zone of a village, regency or province, by its code; WIB where the code is none."""
    province = area[:PROVINCE]
    if province in _EAST:
        return "Asia/Jayapura"
    return "Asia/Makassar" if province in _MIDDLE else "Asia/Jakarta"


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to: one certain village, several to choose from, or none.

    `offered` is best first, and `sure` alone where there is one. `more`: others that fit were left
    off, so district or regency should be asked for.
    """

    sure: Village | None = None
    offered: tuple[Village, ...] = ()
    more: bool = False


def village(code: str) -> Village | None:
    """The village with the code "34.04.07.2001" or "3404072001", or payload "v_3404072001"."""
    match = _CODE.fullmatch(code)
    return _of_number(int("".join(match.groups()))) if match else None


@lru_cache(maxsize=10_000)
def _of_number(number: int) -> Village | None:
    """Kept, for a turn asks for the same village some twenty times."""
    codes = register().codes
    place = bisect_left(codes, number)
    return _village(place) if place < len(codes) and codes[place] == number else None


def villages(area: str = "") -> Iterator[Village]:
    """The villages of a province, regency or district ("34", "34.04", "34.04.07"), by code."""
    return map(_village, register().span(area))


def regency_name(code: str) -> str | None:
    """The name with its kind, "Kabupaten Sleman", of the regency "34.04"."""
    return register().areas.get(code) if len(code) == REGENCY else None


def find(text: str, limit: int = 6, near: tuple[str, ...] = ()) -> Found:
    """Search the village that somebody typed, with or without the areas around it. Never raises.

    A name without an area is sure only if it is spelt right and no other village has it. Among
    equals, villages in the areas `near` (codes) come first, then by code; one of them that is
    spelt almost so is offered before a namesake elsewhere.
    """
    if known := village(text.strip()):
        return Found(known, (known,))
    scores = search(text)
    top = max(scores.values(), default=0.0)
    close = {place for area in near for place in register().span(area)}
    places = [place for place, score in scores.items() if score >= max(_LEAST, top - _SPREAD)]
    places.sort(key=lambda place: (-scores[place], place not in close, place))
    if near and not close.intersection(places[:limit]):
        places = [*_almost(text, near), *places]
        top = min(top, SURE - 1) if close.intersection(places) else top
    offered = tuple(map(_village, places[:limit]))
    rivals = sum(score > top - _LEAD for score in scores.values())
    if offered and top >= SURE and rivals == 1:
        return Found(offered[0], offered[:1])
    return Found(None, offered, more=len(places) > limit)


def within(text: str, areas: tuple[str, ...]) -> tuple[Village, ...]:
    """The villages of these areas whose name holds the text; just those named so, if any are."""
    typed = key(_KIND.sub("", text.strip().casefold()))
    if len(typed) < _PART:
        return ()
    span = sorted({place for area in areas for place in register().span(area)})
    keys = register().keys
    named = [place for place in span if keys[place] == typed]
    return tuple(map(_village, named or [place for place in span if typed in keys[place]]))


def _almost(text: str, near: tuple[str, ...]) -> list[int]:
    """Villages of the areas `near` whose name is a slip away from the text, the likeliest first."""
    found: list[tuple[float, int]] = []
    for area in near:
        span = register().span(area)
        scores = search(f"{text}, {register().areas[area]}")
        found += [(-score, place) for place, score in scores.items() if place in span]
    return [place for score, place in sorted(found) if -score >= _SLIP][:2]


def _village(place: int) -> Village:
    digits = str(register().codes[place])
    code = f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}.{digits[6:]}"
    areas = (register().areas[code[:length]] for length in (DISTRICT, REGENCY, PROVINCE))
    return Village(code, register().names[place], *areas)
