"""The stand-in's limits on sending, and faults that strike before or after the effect."""

import httpx
import pytest

from bot.demo.faults import Kind
from bot.demo.limits import SendLimits
from bot.demo.server import Server, serve

TOKEN = "123456:limits"


def limits(moment: list[float]) -> SendLimits:
    made = SendLimits(lambda: moment[0])
    made.enforced = True
    return made


def test_one_chat_gets_three_at_once_and_then_one_a_second() -> None:
    moment = [0.0]
    one = limits(moment)
    assert [one.wait(7) for _ in range(4)] == [0, 0, 0, 1]
    moment[0] = 1.0
    assert [one.wait(7) for _ in range(2)] == [0, 1]
    assert one.broken == 2


def test_in_any_second_thirty_pass_in_all() -> None:
    moment = [0.0]
    one = limits(moment)
    assert [one.wait(chat) for chat in range(31)] == [0] * 30 + [1]
    moment[0] = 0.99
    assert one.wait(99) == 1
    moment[0] = 1.0
    assert one.wait(99) == 0
    assert (one.broken, one.most) == (2, 30)


def test_nothing_is_refused_until_they_are_enforced() -> None:
    one = SendLimits(lambda: 0.0)
    assert [one.wait(7) for _ in range(100)] == [0] * 100
    assert (one.broken, one.most) == (0, 100)


def said(server: Server, text: str) -> httpx.Response | None:
    """What the Bot API answers to a message; None where it closes without one."""
    chat = server.phones[7].chat.id
    sent = {"chat_id": chat, "text": text}
    try:
        return httpx.post(f"{server.base_url}{TOKEN}/sendMessage", json=sent, timeout=5)
    except httpx.RemoteProtocolError:
        return None


@pytest.mark.parametrize("kind", ["403", "429", "500", "502", "broken_json", "hang", "slow"])
@pytest.mark.parametrize("after", [False, True])
def test_a_fault_strikes_before_or_after_the_effect(kind: Kind, after: bool) -> None:
    with serve(token=TOKEN) as server:
        phone = server.phones.add("Wayan", user_id=7)
        phone.start()
        server.faults.add("sendMessage", kind, seconds=0.1, after=after)
        answer = said(server, "halo")
        assert len(phone.bot_messages) == after
        good = kind in ("hang", "slow") and after
        assert (answer is not None and answer.status_code == 200 and kind != "broken_json") == good


def test_what_is_sent_beyond_the_limits_is_refused() -> None:
    with serve(token=TOKEN) as server:
        server.phones.add("Wayan", user_id=7).start()
        server.state.limits.enforced = True
        answers = [said(server, str(number)) for number in range(4)]
        codes = [answer.status_code for answer in answers if answer]
        assert codes == [200, 200, 200, 429]
        assert answers[-1] is not None
        assert answers[-1].json()["parameters"] == {"retry_after": 1}
        assert server.state.limits.broken == 1
