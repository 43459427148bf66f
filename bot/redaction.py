"""Takes out of a text what no log may hold: tokens, keys, passwords, NIKs, telephone numbers."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from urllib.parse import quote, unquote, urlsplit

from bot.settings import Settings

Redact = Callable[[str], str]

SHORTEST_SECRET = 8  # a shorter word would be found inside of ordinary ones

# What stands between the digits of one number, also where it was copied from a card.
_GAP = r"[\s._\-/,+()*\u00ad\u200b-\u2015\u2060\u2212\ufeff]"
TOKEN = re.compile(r"(?<!\d)\d{6,}+:[\w-]{6,}+")
KEY = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/_-]{43}=")
PASSWORD = re.compile(r"(?<=://)([^\s/:@]{0,100}+):\S{0,400}@")
NIK = re.compile(rf"\d(?:{_GAP}{{0,5}}\d){{15,}}+")
# 08.., 628.., +62 8.., 0062.., (0361) ..; and 8.. alone where it is too long for an update's id.
PHONE = re.compile(
    rf"(?<!\d)(?:(?:(?:\+|00){_GAP}{{0,3}})?62{_GAP}{{0,3}}(?:0{_GAP}{{0,3}})?|0{_GAP}{{0,3}})"
    rf"[2-9](?:{_GAP}{{0,3}}\d){{7,12}}(?!\d)"
    rf"|(?<!\d)8[1-9](?:{_GAP}{{0,3}}\d){{8,10}}(?!\d)"
)
PATTERNS = (
    (TOKEN, "[token]"),
    (PASSWORD, r"\1:[password]@"),
    (KEY, "[key]"),
    (NIK, "[nik]"),
    (PHONE, "[phone]"),
)
# A text that was written as an escape twice has its backslashes doubled.
_BYTES = re.compile(r"(?:\\+x[0-9a-fA-F]{2})+")
_ESCAPED = re.compile(r"(?:\\+u|&#x)([0-9a-fA-F]{2,6});?|&#(\d{2,7});")
# Line breaks and other controls, the marks that turn the direction of reading, half surrogates.
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
DEEPEST = 3  # how often a text may have been escaped


def secrets_of(settings: Settings) -> list[str]:
    """Every value of the settings that is secret, whole and in its telling parts."""
    token = settings.bot_token.get_secret_value()
    keys = settings.lindung_keys.get_secret_value()
    hook = urlsplit(settings.webhook_url)
    addresses = (urlsplit(settings.database_url), urlsplit(settings.redis_url))
    return [
        *(token, token.partition(":")[2], settings.webhook_secret.get_secret_value()),
        *(keys, *(part.partition(":")[2].strip() for part in keys.split(","))),
        *(hook.path.strip("/"), hook.query),
        *(unquote(address.password or "") for address in addresses),
    ]


def redactor(secrets: Iterable[str] = ()) -> Redact:
    """A function that takes these secrets, and all that looks like one, out of a text.

    What is found only after percent-, JSON- or HTML-escapes are undone leaves the text undone.
    """
    known = _any_of(secrets)

    def masked(text: str) -> str:
        if known:
            text = known.sub("[secret]", text)
        for pattern, instead in PATTERNS:
            text = pattern.sub(instead, text)
        return text

    def redact(text: str) -> str:
        text = masked(text)
        plain = text
        for _ in range(DEEPEST):
            plain = _unescaped(plain)
            if (found := masked(plain)) != plain:
                text = plain = found
        return text

    return redact


def one_line(text: str) -> str:
    """The text with what would break or forge a line of a log written as an escape."""
    return _UNSEEN.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


def _any_of(secrets: Iterable[str]) -> re.Pattern[str] | None:
    plain = {secret for secret in secrets if len(secret) >= SHORTEST_SECRET}
    spelt = plain | {quote(secret, safe="") for secret in plain} | {quote(one) for one in plain}
    longest_first = sorted(spelt, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))) if longest_first else None


def _unescaped(text: str) -> str:
    plain = _ESCAPED.sub(_character, _BYTES.sub(_letters, unquote(text)))
    whole = plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return unicodedata.normalize("NFKC", whole)


def _letters(escapes: re.Match[str]) -> str:
    content = bytes.fromhex(escapes.group().replace("\\", "").replace("x", ""))
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _character(escape: re.Match[str]) -> str:
    hexadecimal, decimal = escape.groups()
    number = int(decimal) if decimal else int(hexadecimal[:4], 16)
    rest = "" if decimal else hexadecimal[4:]
    return (chr(number) if number < 0x110000 else "") + rest
