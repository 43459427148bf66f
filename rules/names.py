"""Names as they sound, so that "Djoko Soesilo" and "Joko Susilo" meet."""

import re
import unicodedata

# Spelling reforms (van Ophuijsen, Soewandi) and letters that sound alike in Indonesian.
_SOUNDS = (
    ("dj", "j"),
    ("tj", "c"),
    ("oe", "u"),
    ("sj", "s"),
    ("sy", "s"),
    ("kh", "k"),
    ("ch", "k"),
    ("ph", "f"),
    ("th", "t"),
    ("v", "f"),
    ("p", "f"),
    ("z", "s"),
    ("q", "k"),
    ("x", "ks"),
    ("y", "i"),
    ("h", ""),
)


def phonetic(name: str) -> str:
    """Return a key that is equal for names that sound alike, whatever the order of the words."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    words = re.findall(r"[a-z]+", "".join(c for c in plain if not unicodedata.combining(c)))
    return " ".join(sorted(filter(None, map(_sound, words))))


def _sound(word: str) -> str:
    for spelling, sound in _SOUNDS:
        word = word.replace(spelling, sound)
    return re.sub(r"(.)\1+", r"\1", word)
