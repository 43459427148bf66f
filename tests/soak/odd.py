"""What nobody expects: anything at all, pressed, typed and sent by anybody."""

from collections import deque
from typing import Any

from tests.soak import raw, typed
from tests.soak.cast import Someone
from tests.soak.habits import AT_HOME
from tests.soak.walker import Odd, Step, Walker
from tests.soak.wire import Shown

Json = dict[str, Any]
FORMS = ("enrolment.", "details.", "death.", "accident.")


def _odd_text(walk: Walker, one: Someone) -> Step:
    return walk.text(one, typed.odd(walk.chance))


def _control(walk: Walker, one: Someone) -> Step:
    """One of the ways out of a question, pressed or typed."""
    chat = walk.wire.chats.get(one.id)
    shown = chat.recent[-1] if chat and chat.recent else Shown(0)
    ways = [data for data in shown.presses if ":." in data]
    pressed = bool(ways) and walk.chance.random() < 0.5
    what = walk.chance.choice(ways) if pressed else walk.chance.choice(typed.CONTROLS)
    step = walk.press(one, what, shown.message_id) if pressed else walk.text(one, what)
    step.back = what == "kembali" or ":.back:" in what
    return step


def _command(walk: Walker, one: Someone) -> Step:
    role = walk.chance.choice(tuple(AT_HOME))
    return walk.says(one, walk.chance.choice(AT_HOME[role]))


def _older(walk: Walker, one: Someone) -> Step:
    """A button of a message further up."""
    chat = walk.wire.chats.get(one.id)
    older = [shown for shown in chat.recent if shown.presses][:-1] if chat else []
    if chat is None or not older:
        return walk.sensible(one)
    same = [shown for shown in older if _question(shown) == _question(chat.recent[-1])]
    shown = walk.chance.choice(same if same and walk.chance.random() < 0.6 else older)
    data = walk.chance.choice(shown.presses)
    return walk.press(one, data, shown.message_id, stale=_is_stale(data, chat.recent))


def _foreign(walk: Walker, one: Someone) -> Step:
    """A button that somebody else was shown."""
    if not walk.wire.pressed:
        return walk.sensible(one)
    data = walk.chance.choice(walk.wire.pressed)
    if walk.chance.random() < 0.3:
        parts = data.split(":")
        parts[-1] = walk.chance.choice(walk.wire.pressed).split(":")[-1]
        data = ":".join(parts)
    return walk.press(one, data, walk.chance.choice((0, 1)))


def _forged(walk: Walker, one: Someone) -> Step:
    data = walk.chance.randbytes(64).decode("latin-1")
    if walk.chance.random() < 0.5:
        data = walk.chance.choice(("open:", "enrolment.nik:", "desk.card:confirm:", "::")) + data
    return walk.press(one, data[:64], walk.chance.choice((0, 1)))


def _contact_of_another(walk: Walker, one: Someone) -> Step:
    walk.wire.messages += 1
    user = walk.chance.choice((None, 12345))
    number = walk.new_identity().phone
    walk.learn(one, number)
    return walk.step(one, raw.contact(one, walk.wire.messages, number, user))


def _media(walk: Walker, one: Someone) -> Step:
    walk.wire.messages += 1
    content = walk.chance.choice((*raw.MEDIA, *[raw.PHOTO] * 8))
    return walk.step(one, raw.message(one, walk.wire.messages, **content))


def _forwarded(walk: Walker, one: Someone) -> Step:
    walk.wire.messages += 1
    fields: Json = {"text": "I Wayan Terusan", "forward_origin": {"type": "user"}}
    return walk.step(one, raw.message(one, walk.wire.messages, **fields))


def _edited(walk: Walker, one: Someone) -> Step:
    text = walk.chance.choice((one.self.name, typed.odd(walk.chance)))
    walk.learn(one, text)
    return walk.step(one, raw.edited(one, max(1, walk.wire.messages - 3), text))


def _link(walk: Walker, one: Someone) -> Step:
    """A link or a code that somebody, perhaps somebody else, was given."""
    made_up = f"/start s_{walk.chance.getrandbits(60)}"
    return walk.text(one, walk.chance.choice([*walk.wire.links, made_up, "/start c_x"]))


def _group(walk: Walker, one: Someone) -> Step:
    kind = walk.chance.randrange(3)
    text = f"NIK {one.self.nik} {one.self.name}"
    if kind == 0:
        return walk.step(one, raw.membership(one, "member", raw.GROUP), answered=False)
    if kind == 1 and walk.wire.pressed:
        data = walk.chance.choice(walk.wire.pressed)
        body = raw.press_in_group(one, walk.updates + 1, data)
        return walk.step(one, body, answered=False)
    return walk.step(one, raw.in_group(one, 1, text), answered=False)


def _blocks(walk: Walker, one: Someone) -> Step:
    one.blocked = True
    walk.wire.blocked.add(one.id)
    return walk.step(one, raw.membership(one, "kicked"), answered=False)


def _other_kind(walk: Walker, one: Someone) -> Step:
    return walk.step(one, walk.chance.choice(raw.OTHER_KINDS), answered=False)


def _question(shown: Shown) -> str:
    return shown.presses[0].partition(":")[0] if shown.presses else ""


def _is_stale(data: str, recent: deque[Shown]) -> bool:
    """Whether a press of a form is of an earlier turn than the newest message asks for."""
    question, _, rest = data.partition(":")
    turn = rest.rpartition(":")[2]
    newest = max((_turn(shown) for shown in recent), default=0)
    return question.startswith(FORMS) and turn.isdigit() and int(turn) < newest


def _turn(shown: Shown) -> int:
    turn = shown.presses[0].rpartition(":")[2] if shown.presses else ""
    return int(turn) if turn.isdigit() else 0


# What is done, and how often.
ODD: dict[Odd, int] = {
    _odd_text: 22,
    _control: 9,
    _command: 8,
    _older: 12,
    _foreign: 14,
    _forged: 6,
    _contact_of_another: 4,
    _media: 9,
    _forwarded: 3,
    _edited: 4,
    _link: 6,
    _group: 4,
    _blocks: 1,
    _other_kind: 2,
}
