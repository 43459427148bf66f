"""The words: the catalogues of `locales/`, and how values are written in them.

Sentences are Telegram HTML; every value put into one is escaped here and nowhere else.
"""

import hashlib
import html
import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path

from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from conversations.model import Rupiah, Words

LOCALES = Path(__file__).parent.parent / "locales"
AUTHORITATIVE = "id"


class MissingWords(KeyError):
    """A message key that no catalogue holds."""


class Texts:
    """All catalogues; a key that a language lacks is said in Indonesian."""

    def __init__(
        self, catalogues: Mapping[str, Mapping[str, str]], always: Mapping[str, str] | None = None
    ) -> None:
        self._catalogues = catalogues
        self._always = {name: html.escape(value) for name, value in (always or {}).items()}
        self._made: dict[tuple[str, str], tuple[str, str]] = {}
        self.languages = tuple(catalogues)
        digest = hashlib.sha256(repr(sorted(catalogues[AUTHORITATIVE].items())).encode())
        self.version = digest.hexdigest()[:12]

    def html(self, words: Words, language: str = AUTHORITATIVE) -> str:
        """The words as Telegram HTML."""
        if not words.params:
            return self._fixed(words.key, language)[0]
        params = {
            name: self._value(value, language, escape=True) for name, value in words.params.items()
        }
        return self._sentence(words.key, language).format(**{**self._always, **params})

    def plain(self, words: Words, language: str = AUTHORITATIVE) -> str:
        """The words without markup: for buttons and for the record."""
        if not words.params:
            return self._fixed(words.key, language)[1]
        return _without_markup(self.html(words, language))

    def _fixed(self, key: str, language: str) -> tuple[str, str]:
        """Words that hold no value, with and without markup: made once."""
        if (key, language) not in self._made:
            marked = self._sentence(key, language).format(**self._always)
            self._made[key, language] = (marked, _without_markup(marked))
        return self._made[key, language]

    def has(self, key: str, language: str = AUTHORITATIVE) -> bool:
        """Whether a key has words."""
        return key in self._catalogues[language] or key in self._catalogues[AUTHORITATIVE]

    def _sentence(self, key: str, language: str) -> str:
        catalogue = self._catalogues.get(language, {})
        found = catalogue.get(key) or self._catalogues[AUTHORITATIVE].get(key)
        if not found:
            raise MissingWords(key)
        return found

    def _value(self, value: object, language: str, escape: bool) -> str:
        if isinstance(value, Words):
            return self.html(value, language)
        if isinstance(value, tuple):
            return "\n".join(self._value(part, language, escape) for part in value)
        return html.escape(_written(value, language), quote=False)


def _without_markup(marked: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", marked))


@cache
def _money(amount: int) -> str:
    return f"Rp{format_decimal(amount, locale='id')}"


@lru_cache(maxsize=1_000)
def _day(value: date, language: str) -> str:
    return format_date(value, "d MMMM y", locale=language)


def _written(value: object, language: str) -> str:
    if isinstance(value, Rupiah):
        return _money(value.amount)
    if isinstance(value, datetime):
        raise TypeError("a moment is shown as a day of the village")
    if isinstance(value, date):
        return _day(value, language)
    return str(value)


def load(always: Mapping[str, str] | None = None, folder: Path = LOCALES) -> Texts:
    """Every catalogue; `always` are placeholders that any sentence may use (who runs it)."""
    return _loaded(tuple(sorted((always or {}).items())), folder)


@cache
def _loaded(always: tuple[tuple[str, str], ...], folder: Path) -> Texts:
    languages = sorted(path.parent for path in folder.glob("*/LC_MESSAGES"))
    return Texts({path.name: read(path / "LC_MESSAGES") for path in languages}, dict(always))


@cache
def read(folder: Path) -> Mapping[str, str]:
    """The catalogues of one language together, as key and sentence; a key stands in one alone.

    They are read once in a process.
    """
    sentences: dict[str, str] = {}
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, abort_invalid=True)
        found = {str(message.id): str(message.string) for message in catalogue if message.id}
        if twice := found.keys() & sentences.keys():
            raise ValueError(f"{path}: in another catalogue already: {', '.join(sorted(twice))}")
        sentences |= found
    return sentences
