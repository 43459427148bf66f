"""How a typed address is read: its words, and the ways to part them into village and areas.

Knows how people write, but no village: those are in rules/area_search.py.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

PROVINCE, REGENCY, DISTRICT, VILLAGE = 2, 5, 8, 13  # lengths of their dotted codes
ANY, IGNORED = 0, -1
_LEVELS = {
    **dict.fromkeys(("desa", "kelurahan", "kalurahan"), VILLAGE),
    **dict.fromkeys(("kecamatan", "distrik", "kapanewon", "kemantren"), DISTRICT),
    **dict.fromkeys(("kabupaten", "kota"), REGENCY),
    "provinsi": PROVINCE,
    **dict.fromkeys(("dusun", "lingkungan", "jalan", "br"), IGNORED),
}
_MARKERS = frozenset(_LEVELS)
# "Kota" and "desa" also stand in names: Kota Agung, Sanga Desa.
_SURE_MARKERS = _MARKERS - {"kota", "desa"}
_NUMBERS = (
    "satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas duabelas tigabelas "
    "empatbelas limabelas enambelas tujuhbelas delapanbelas sembilanbelas duapuluh"
)
_ROMAN = "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx"
_ABBREVIATIONS = """
desa ds dsa
kelurahan kel
kecamatan kec kacamatan kecamatn
kabupaten kab kabupatn kabupten
kota kotamadya kodya
provinsi prov prop propinsi
dusun dsn dus
lingkungan lingk link
jalan jl jln gang gg
kampung kp kmp kamp
gampong gp gampoeng
meunasah mns
tanjung tj tjg
sungai sei sungei
lubuk lb lbk
gunung gn gng
kepulauan kep
perkebunan perk
batang btg
bandar bdr
barat brt
timur tmr
utara utr
selatan slt
tengah tgh
"""
# Kinds of village that open some names, and that people add or leave out.
_KINDS = "adat kampung gampong nagari pekon negeri lembang tiyuh dukuh banjar"
_FILLERS = (
    "saya aku kami sy aq itu yang adalah di dari dr asal berasal tinggal tggl domisili berdomisili "
    "bertempat beralamat alamat alamatnya rumah nama namanya warga penduduk orang daerah wilayah "
    "pak bu bapak ibu kak min halo ya kok"
)
_SPELT_OUT = {
    short: word
    for word, *shorts in map(str.split, _ABBREVIATIONS.strip().splitlines())
    for short in shorts
}
for _number, (_roman, _word) in enumerate(zip(_ROMAN.split(), _NUMBERS.split(), strict=True), 1):
    _SPELT_OUT[_roman] = _SPELT_OUT[str(_number)] = _word
for _silent in ("administrasi", "administratif", "adm"):
    _SPELT_OUT[_silent] = ""
_OPENING = frozenset(_KINDS.split())
_FILLING = frozenset(_FILLERS.split())
_WORD = re.compile(r"[a-z]+|0*(\d+)")
_JOINED_ROMAN = re.compile(r"(?<=[a-hj-uwyz])(iii?)\b")
_QUOTES = str.maketrans("", "", "'\"`*")
_HOUSE = re.compile(
    r"\b(rt|rw|no|nomor|kode ?pos)\b[\s./:]*(rw[\s./:]*)?\d+(\s*/\s*\d+)?|\b\d{5}\b"
)
_PARTED = re.compile(r"[,;|()\n]")
_LETTERS_READ = 200
_WORDS_READ, _PARTS_READ = 16, 6
_OTHER_KIND = 9.0  # what it costs to leave off a kind of village that may belong to the name
_CUT = 8.0  # what it costs to cut a name where the writer put no mark
_LATER = 16.0  # what it costs to believe that an area stands before the village

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of an address: its words, and the word before them that says what it is, or ""."""

    marker: str
    words: Words

    @property
    def level(self) -> int:
        return _LEVELS.get(self.marker, ANY)

    @property
    def keys(self) -> Words:
        """The keys that it may have, the likelier first: "kotabandung", "bandung"."""
        bare = "".join(self.words)
        return (self.marker + bare, bare) if self.level == REGENCY else (bare,)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read an address.

    `names`: keys that the village may have, each with what it costs (0-100) to believe it; none
    where only areas are given. `hints`: the areas around it. `share` (0-1): how much of the part
    that it was cut from is the name.
    """

    names: tuple[tuple[str, float], ...]
    hints: tuple[Part, ...]
    share: float = 1.0


def words(text: str) -> Words:
    """Plain lower-case words, abbreviations spelt out, numbers up to twenty as words."""
    plain = _JOINED_ROMAN.sub(r" \1", text.lower().translate(_QUOTES))
    found = (match[1] or match[0] for match in _WORD.finditer(plain))
    return tuple(filter(None, (_SPELT_OUT.get(word, word) for word in found)))


def key(name: str) -> str:
    """What the spellings of a name share: "Suka Maju II" and "SUKAMAJU 2" are "sukamajudua"."""
    plain = name.lower()
    joined = plain.replace(" ", "")
    simple = joined.isascii() and joined.isalpha() and "ii" not in joined
    if simple and _SPELT_OUT.keys().isdisjoint(plain.split(" ")):
        return joined  # most names, and quicker
    return "".join(words(plain))


def readings(text: str) -> tuple[Reading, ...]:
    """All ways to read `text`; none where it has no letters."""
    plain = _plain(text)
    found = (
        reading
        for line in (plain, _PARTED.sub(" ", plain))
        for markers in (_MARKERS, _SURE_MARKERS)
        for parts in _parts(line, markers)
        for reading in _readings(parts)
    )
    return tuple(dict.fromkeys(found))


def _plain(text: str) -> str:
    shown = unicodedata.normalize("NFKD", text.strip()[:_LETTERS_READ])
    lower = shown.encode("ascii", "ignore").decode()[:_LETTERS_READ].lower()
    return _HOUSE.sub(",", lower) if re.search("[a-z]", lower) else ""


def _parts(line: str, markers: Collection[str]) -> Iterator[list[Part]]:
    """The parts of a line, with and without the filling words: some villages have such names."""
    segments = (words(segment)[:_WORDS_READ] for segment in _PARTED.split(line))
    parts = [part for segment in segments for part in _marked(segment, markers)]
    for spelling in (parts, map(_stripped, parts)):
        yield [part for part in spelling if part.words][:_PARTS_READ]


def _marked(segment: Words, markers: Collection[str]) -> Iterator[Part]:
    """Cuts before each marker. Of two in a row the last counts, but "kota" may open a name
    ("kec kota baru"), and any may end one ("kab lima puluh kota")."""
    marker, start = "", 0
    for place, word in enumerate(segment):
        opens = word == "kota" and bool(marker) and place == start
        if word not in markers or opens or _ends(segment, place):
            continue
        yield Part(marker, segment[start:place])
        marker, start = word, place + 1
    yield Part(marker, segment[start:])


def _ends(segment: Words, place: int) -> bool:
    following = segment[place + 1 : place + 2]
    return not following or (segment[place] == "kota" and following[0] in _MARKERS)


def _readings(parts: Sequence[Part]) -> Iterator[Reading]:
    areas = [part for part in parts if part.level not in (VILLAGE, IGNORED)]
    marked = [part for part in parts if part.level == VILLAGE]
    unmarked = sorted((part for part in parts if part.level in (ANY, IGNORED)), key=_ignored)
    for place, village in enumerate(marked or unmarked):
        hints = tuple(part for part in areas if part is not village)
        cost = 0.0 if marked or place == 0 else _LATER
        yield Reading(_names(village, cost), hints)
        yield from _cut(village, cost + _CUT, hints)
    if not marked:
        yield Reading((), tuple(areas))


def _ignored(part: Part) -> bool:
    return part.level == IGNORED


def _cut(village: Part, cost: float, hints: tuple[Part, ...]) -> Iterator[Reading]:
    """Readings of "sukamaju cianjur" in which the last words are an area."""
    for end in range(len(village.words) - 1, 0, -1):
        name = Part(village.marker, village.words[:end])
        area = _stripped(Part("", village.words[end:]))
        share = len("".join(name.words)) / len("".join(village.words))
        yield Reading(_names(name, cost), (*hints, area) if area.words else hints, share)


def _names(village: Part, cost: float) -> tuple[tuple[str, float], ...]:
    bare = "".join(village.words)
    found = {bare: cost, village.marker + bare: cost}
    if village.words[0] in _OPENING and len(village.words) > 1:
        found["".join(village.words[1:])] = cost + _OTHER_KIND
    return tuple(found.items())


def _stripped(part: Part) -> Part:
    """Without "saya dari" before it and "ya pak" after it."""
    start, end = 0, len(part.words)
    while start < end and part.words[start] in _FILLING:
        start += 1
    while end > start and part.words[end - 1] in _FILLING:
        end -= 1
    return Part(part.marker, part.words[start:end])
