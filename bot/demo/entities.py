"""The Bot API's HTML: from a text with tags to plain text and entities (offsets in UTF-16)."""

import re
from dataclasses import dataclass, field

from bot.demo.refusals import Refused, bad
from bot.demo.updates import Json

KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
}
TAG = re.compile(r"""<(/?)([^\s<>/]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>""")
HREF = re.compile(r"""\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
REFERENCE = re.compile(r"&(?:(lt|gt|amp|quot)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));")
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
COMMAND = re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,32}(?:@[A-Za-z0-9_]{3,32})?(?![\w@/])")


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def commands_in(text: str) -> list[Json]:
    """The bot_command entities of what a person typed."""
    return [
        {
            "type": "bot_command",
            "offset": utf16(text[: found.start()]),
            "length": utf16(found[0]),
        }
        for found in COMMAND.finditer(text)
    ]


@dataclass
class Reading:
    html: str
    text: str = ""
    open: list[tuple[str, Json]] = field(default_factory=list)
    entities: list[Json] = field(default_factory=list)

    def refuse(self, reason: str, position: int) -> Refused:
        offset = len(self.html[:position].encode())
        return bad(f"can't parse entities: {reason} at byte offset {offset}")


def parse_html(html: str) -> tuple[str, list[Json]]:
    """Raises Refused where Telegram cannot read the tags."""
    reading, position = Reading(html), 0
    while (start := html.find("<", position)) >= 0:
        reading.text += _unescape(html[position:start])
        tag = TAG.match(html, start)
        if tag is None:
            raise reading.refuse("Unclosed start tag", start)
        (_close if tag[1] else _open)(reading, tag)
        position = tag.end()
    reading.text += _unescape(html[position:])
    if reading.open:
        name = reading.open[-1][0]
        raise bad(f"can't parse entities: Can't find end tag corresponding to start tag \"{name}\"")
    return reading.text, sorted(reading.entities, key=lambda found: found["offset"])


def _open(reading: Reading, tag: re.Match[str]) -> None:
    name, attributes = tag[2].lower(), tag[3]
    if name not in KINDS:
        raise reading.refuse(f'Unsupported start tag "{name}"', tag.start())
    if name == "span" and "tg-spoiler" not in attributes:
        raise reading.refuse('Tag "span" must have class "tg-spoiler"', tag.start())
    entity: Json = {"type": KINDS[name], "offset": utf16(reading.text)}
    if name == "a" and (link := HREF.search(attributes)):
        entity["url"] = _unescape(link[1] or link[2] or link[3] or "")
    reading.open.append((name, entity))


def _close(reading: Reading, tag: re.Match[str]) -> None:
    name = tag[2].lower()
    if not reading.open:
        raise reading.refuse("Unexpected end tag", tag.start())
    expected, entity = reading.open.pop()
    if name and name != expected:
        reason = f'Unmatched end tag, expected "</{expected}>", found "</{name}>"'
        raise reading.refuse(reason, tag.start())
    entity["length"] = utf16(reading.text) - entity["offset"]
    if entity["length"] and not (expected == "a" and not entity.get("url")):
        reading.entities.append(entity)


def _unescape(text: str) -> str:
    return REFERENCE.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    if found[1]:
        return NAMED[found[1]]
    code = int(found[2]) if found[2] else int(found[3], 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else found[0]
