"""All villages in columns, and the search in them by name and area.

Source: idn-area-data 4.0.1 after the codes of Kemendagri, ODbL 1.0 (rules/data/NOTICE.md).
"""

import gzip
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rapidfuzz import fuzz, process

from rules.addresses import ANY, DISTRICT, REGENCY, Part, Reading, key, readings

_FILE = Path(__file__).with_name("data") / "areas.txt.gz"
_SHORT_NAMES = """
11 nad
12 sumut
13 sumbar
16 sumsel
19 babel bangkabelitung
21 kepri
31 jakarta dkijakarta
32 jabar
33 jateng
34 diy jogja jogjakarta yogya yogyakarta
35 jatim
52 ntb
53 ntt
61 kalbar
62 kalteng
63 kalsel
64 kaltim
65 kaltara
71 sulut
72 sulteng
73 sulsel
74 sultra
76 sulbar
82 malut
"""
_PROVINCES = {code: short for code, *short in map(str.split, _SHORT_NAMES.strip().splitlines())}
# Few enough names that one call gives the interpreter lock back within a millisecond.
_CHUNK = 1000

# Scores are 0-100. A name that is only like the one typed counts less, and less again where no
# area narrows the choice: there a likeness is no proof, so _ANYWHERE keeps it below SURE.
_IN_AREA, _ANYWHERE, _LISTED = 0.9, 0.7, 60.0
_DROPPED = 32.0  # what it costs to leave one of the areas given out of account
_DOUBT = 0.3  # what each point of unlikeness of an area costs
_OTHER_KIND = 8.0  # what it costs to take a kota for a kabupaten
_CLEAR = 92.0  # so good that no misspelling need be thought of
SURE = 72.0
_AREAS_TRIED = 50  # of those whose name is like the one typed

Scores = dict[int, float]
Named = Callable[[Part], dict[str, float]]


@dataclass(frozen=True, slots=True)
class Register:
    """Villages in columns by ascending code; a place is an index into them.

    Columns, as the garbage collector would stop at each of 83 thousand objects.
    """

    areas: dict[str, str]  # name by dotted code of a province, regency or district
    area_codes: dict[str, tuple[str, ...]]  # by key of the name
    codes: "array[int]"  # without the dots
    names: list[str]
    keys: list[str]
    last: dict[str, int]  # place of the last village with a key
    before: "array[int]"  # place of the village before with the same key, or -1

    def span(self, area: str) -> range:
        """Places of the villages of an area ("34", "34.04", "34.04.07"; "" is all)."""
        digits = area.replace(".", "")
        width = 10 ** (10 - len(digits))
        start = int(digits or "0") * width
        return range(bisect_left(self.codes, start), bisect_left(self.codes, start + width))

    def with_key(self, name: str) -> Iterator[int]:
        place = self.last.get(name, -1)
        while place >= 0:
            yield place
            place = self.before[place]


@cache
def register() -> Register:
    """The whole country, read on first use. The format of the file: rules/data/build_areas.py."""
    columns = Register({}, {}, array("Q"), [], [], {}, array("i"))
    for area in gzip.decompress(_FILE.read_bytes()).decode().split("=")[1:]:
        head, *lines = area.splitlines()
        code, name = head.split(" ", 1)
        columns.areas[code] = name
        for area_key in _area_keys(code, name):
            columns.area_codes[area_key] = (*columns.area_codes.get(area_key, ()), code)
        _add_villages(columns, int(code.replace(".", "")) * 10_000, lines)
    return columns


def _add_villages(columns: Register, district: int, lines: Sequence[str]) -> None:
    code = district + 2000
    for name in lines:
        code += 1
        if name[:4].isdigit():
            code, name = district + int(name[:4]), name[5:]
        village_key = key(name.removeprefix("Desa Adat "))
        columns.before.append(columns.last.get(village_key, -1))
        columns.last[village_key] = len(columns.codes)
        columns.codes.append(code)
        columns.names.append(name)
        columns.keys.append(village_key)


def _area_keys(code: str, name: str) -> Iterator[str]:
    if len(code) == REGENCY:
        kind, bare = name.split(" ", 1)
        name = bare.removeprefix("Administrasi ")
        yield key(kind + name)
    yield key(name)
    yield from _PROVINCES.get(code, ())


def search(text: str) -> Scores:
    """Places of the villages that `text` may mean, each with its score."""
    options = readings(text)
    named = cache(_named)  # for this search, as many readings share a part
    scores = _best(_spelt_right(options, named))
    if max(scores.values(), default=0) < _CLEAR:
        scores = _best([*scores.items(), *_misspelt(options, named), *_listed(options, named)])
    if max(scores.values(), default=0) < SURE:
        scores = _best([*scores.items(), *_anywhere(options)])
    return scores


def _best(scored: Iterable[tuple[int, float]]) -> Scores:
    best: Scores = {}
    for place, score in scored:
        best[place] = max(score, best.get(place, 0.0))
    return best


def _spelt_right(options: Iterable[Reading], named: Named) -> Iterator[tuple[int, float]]:
    for option in options:
        names = [(name, cost) for name, cost in option.names if name in register().last]
        spans = _spans(option.hints, named) if names else []
        for name, cost in names:
            for place in register().with_key(name):
                doubt = min(doubt for span, doubt in spans if place in span)
                yield place, 100 - cost - doubt * (2 - option.share)


def _misspelt(options: Iterable[Reading], named: Named) -> Iterator[tuple[int, float]]:
    """Villages in the areas given whose name is like the one typed, or begins so."""
    keys = register().keys
    for option in options:
        for span, doubt in _spans(option.hints, named):
            if len(span) == len(keys):
                continue
            for name, cost in option.names:
                for place, score in _alike(name, keys[span.start : span.stop], lowest=50):
                    yield span.start + place, _IN_AREA * score - cost - doubt


def _anywhere(options: Iterable[Reading]) -> Iterator[tuple[int, float]]:
    """Villages of the whole country whose name is like the one typed, or begins so."""
    names = {name for option in options if option.share == 1 for name, _ in option.names}
    for name in sorted(names - register().area_codes.keys()):
        for place, score in _alike(name, register().keys, lowest=80):
            yield place, _ANYWHERE * score


def _listed(options: Iterable[Reading], named: Named) -> Iterator[tuple[int, float]]:
    """All villages of a district that was given without a village."""
    for option in options:
        areas = {} if option.names else _scope(option.hints, named)
        for code, doubt in areas.items():
            if len(code) == DISTRICT and not doubt:
                yield from ((place, _LISTED) for place in register().span(code))


def _alike(name: str, keys: Sequence[str], lowest: float) -> Iterator[tuple[int, float]]:
    """Positions of the keys like `name` and of those that hold it, with 0-100."""
    yield from _like(name, keys, lowest)
    if len(name) >= 3:
        holding = (position for position, whole in enumerate(keys) if name in whole)
        yield from ((position, _unfinished(name, keys[position])) for position in holding)


def _like(name: str, keys: Sequence[str], lowest: float) -> Iterator[tuple[int, float]]:
    for start in range(0, len(keys), _CHUNK):
        chunk = keys[start : start + _CHUNK]
        alike = process.extract(name, chunk, scorer=fuzz.ratio, score_cutoff=lowest, limit=None)
        yield from ((start + position, score) for _, score, position in alike)


def _unfinished(name: str, whole: str) -> float:
    return (75 if whole.startswith(name) else 65) + 20 * len(name) / len(whole)


def _spans(hints: Iterable[Part], named: Named) -> list[tuple[range, float]]:
    return [(register().span(code), doubt) for code, doubt in _scope(hints, named).items()]


def _scope(hints: Iterable[Part], named: Named) -> dict[str, float]:
    """Codes of the areas that the hints leave, each with what its doubt costs; "" is all."""
    given = [named(part) for hint in hints for part in _known_parts(hint) or (hint,)]
    given.sort(key=lambda areas: min(areas.values(), default=100))
    scope = {"": 0.0}
    for areas in given:
        wider = {code: doubt + _DROPPED for code, doubt in scope.items()}
        for code, doubt in _common(scope, areas):
            wider[code] = min(doubt, wider.get(code, doubt))
        scope = wider
    return scope


def _common(left: dict[str, float], right: dict[str, float]) -> Iterator[tuple[str, float]]:
    """Areas of one that lie in an area of the other, with the greater doubt."""
    for one, doubt in left.items():
        for other, other_doubt in right.items():
            if one.startswith(other) or other.startswith(one):
                yield max(one, other, key=len), max(doubt, other_doubt)


def _known_parts(hint: Part) -> tuple[Part, ...]:
    """The areas in "bandung jawa barat", if each is spelt right; else ()."""
    for end in range(len(hint.words), 0, -1):
        head = Part(hint.marker, hint.words[:end])
        rest = hint.words[end:]
        if not _spelt_areas(head):
            continue
        if not rest:
            return (head,)
        if others := _known_parts(Part("", rest)):
            return (head, *others)
    return ()


def _spelt_areas(part: Part) -> dict[str, float]:
    """Codes of the areas that are spelt so, each with what its doubt costs."""
    found: dict[str, float] = {}
    for doubt, area_key in zip((0.0, _OTHER_KIND), part.keys, strict=False):
        for code in register().area_codes.get(area_key, ()):
            found.setdefault(code, doubt)
    fitting = {code: doubt for code, doubt in found.items() if len(code) == part.level}
    return fitting or found


def _named(part: Part) -> dict[str, float]:
    """Codes of the areas that a part may name, each with what its doubt costs."""
    if spelt := _spelt_areas(part):
        return spelt
    codes = register().area_codes
    keys = list(codes)
    found: dict[str, float] = {}
    for place, score in _like(part.keys[-1], keys, lowest=80 if part.level == ANY else 65):
        for code in codes[keys[place]]:
            if part.level in (ANY, len(code)):
                found[code] = min(_DOUBT * (100 - score), found.get(code, _DROPPED))
    return dict(sorted(found.items(), key=lambda area: area[1])[:_AREAS_TRIED])
