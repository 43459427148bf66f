"""Updates as nobody sends them: cut off, with bytes turned, types swapped, nested without end."""

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]
CANARY = "Ni Luh Canary Wulandari 5108064709880731"
HUGE = (-1, 0, 2**31, 2**53 + 1, 2**63, 10**30, 1e308, -1e308, float("nan"), True)
OTHERS = (*HUGE, None, "", "x", "\x00", "\ud800", CANARY, [], {}, [None], {"id": None}, [[]])
# The C parser gives up somewhere below a thousand; what it lets through must be written down again.
DEPTHS = (50, 400, *range(900, 1000, 3), 5_000, 200_000)


def whole(number: int) -> Json:
    """A sound update of some kind, by a person of its own."""
    user = {"id": 7_100_000_000 + number, "is_bot": False, "first_name": CANARY}
    chat = {"id": user["id"], "type": "private", "first_name": CANARY}
    message = {"message_id": 9, "date": 1_790_000_000, "from": user, "chat": chat, "text": CANARY}
    kinds: tuple[Json, ...] = (
        {"message": message},
        {"message": message | {"text": "/start v_5171032008", "entities": [{"offset": 0}]}},
        {"message": message | {"photo": [{"file_id": "A", "width": 9, "height": 9}]}},
        {"message": message | {"document": {"file_id": "B", "mime_type": "image/png"}}},
        {"message": message | {"contact": {"phone_number": CANARY, "user_id": user["id"]}}},
        {"edited_message": message},
        {"callback_query": {"id": "7", "from": user, "message": message, "data": "open:new:"}},
        {
            "my_chat_member": {
                "chat": chat,
                "from": user,
                "new_chat_member": {"status": "member", "user": user},
            }
        },
    )
    return {"update_id": 1_000_000 + number, **kinds[number % len(kinds)]}


def bodies(seed: int, many: int) -> Iterator[bytes]:
    """So many spoilt bodies, the same for the same seed."""
    chance = random.Random(seed)
    for number in range(many):
        spoil = WAYS[number % len(WAYS)]
        yield spoil(whole(chance.randrange(8) + 8 * number), chance)


def _cut(body: Json, chance: random.Random) -> bytes:
    written = json.dumps(body).encode()
    return written[: chance.randrange(len(written))]


def _turned(body: Json, chance: random.Random) -> bytes:
    written = bytearray(json.dumps(body, ensure_ascii=False).encode())
    for _ in range(chance.randint(1, 8)):
        written[chance.randrange(len(written))] = chance.randrange(256)
    return bytes(written)


def _swapped(body: Json, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 3)):
        place, key = chance.choice(list(_places(body)))
        place[key] = chance.choice(OTHERS)
    return json.dumps(body).encode()


def _nested(body: Json, chance: random.Random) -> bytes:
    start, end = chance.choice((("[", "]"), ('{"text": ', "}"), ('{"message": [', "]}")))
    depth = chance.choice(DEPTHS) // start.count("[" if "[" in start else "{")
    place, key = chance.choice(list(_places(body)))
    place[key] = "DEEP"
    deep = start * depth + "1" + end * depth
    return json.dumps(body).replace('"DEEP"', deep).encode()[:999_000]


def _huge(body: Json, chance: random.Random) -> bytes:
    place, key = chance.choice(list(_places(body)))
    place[key] = "HUGE"
    digits = chance.choice(("9" * 40, "-" + "9" * 400, "1" + "0" * 5000, "1e400", "0.1e-4000"))
    return json.dumps(body).replace('"HUGE"', digits).encode()


def _missing(body: Json, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 2)):
        place, key = chance.choice(list(_places(body)))
        del place[key]
    return json.dumps(body).encode()


def _more(body: Json, chance: random.Random) -> bytes:
    place, _ = chance.choice([one for one in _places(body) if isinstance(one[0], dict)])
    other = whole(chance.randrange(8))
    key = chance.choice([*other, "id", "from", "chat", "reply_markup", CANARY, "\x00"])
    place[key] = other.get(key, chance.choice(OTHERS))
    return json.dumps(body).encode()


def _long(body: Json, chance: random.Random) -> bytes:
    place, key = chance.choice(list(_places(body)))
    place[key] = CANARY * chance.choice((100, 5_000, 20_000))
    return json.dumps(body).encode()


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Everything within a value that can be put in place of or taken away."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(items):
        yield value, key
        if isinstance(inner, dict | list):
            yield from _places(inner)


WAYS: tuple[Callable[[Json, random.Random], bytes], ...] = (
    *(_cut, _turned, _swapped, _swapped, _nested),
    *(_huge, _missing, _missing, _more, _long),
)
