"""Files in messages: a photo sent to who may see it, checked at the moment of sending."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from telegram import Bot as TelegramBot

from bot import attachments, sending
from bot.attachments import Attached
from bot.demo.phone import Phone
from bot.house import House
from bot.metrics import Metrics
from bot.replies import Call, Page
from bot.sending import Desk
from bot.together import Together
from conversations.model import Words
from storage import followers, outbox, photos
from storage.database import transaction
from storage.followers import Bound
from storage.models import ClaimPhoto, Outbound, Staff
from storage.presence import OnlyProcess
from storage.pulse import Pulse
from tests.claims import hold_office, pen, reported
from tests.conftest import TEGAL_HARUM, TOKEN, Bot, NeverWaits
from tests.odd_pictures import halves, saved
from tests.steps import Clock, act, all_of, audited, told

GONE = "tidak bisa dibuka"
WORDS = Words("turn.hello")


@pytest.fixture
def bot(clocked: Bot) -> Bot:
    """The one whose clock is pushed."""
    return clocked


def kept(bot: Bot, by: Phone, village: str = TEGAL_HARUM) -> ClaimPhoto:
    """A photo of a paper of a claim in a village."""
    house = bot.house
    with transaction(house.engine) as db:
        claim = reported(house, db, by.user_id, village)
        followers.follow(db, pen(house, by.user_id), claim, Bound(by.user_id, "code"))
        row = photos.want(db, pen(house, by.user_id), claim, "ktp", "AgAC")
        assert isinstance(row, ClaimPhoto)
        assert photos.keep(db, house.keys, row.id, saved(halves()), house.clock())
        return row


def phone_of(bot: Bot, name: str, village: str = "") -> Phone:
    """Somebody who talks to the bot, an officer of a village if one is named."""
    phone = bot.phone(name)
    act(phone, "halo")
    if village:
        with transaction(bot.house.engine) as db:
            hold_office(bot.house, db, phone.user_id, village)
    return phone


def call(bot: Bot, to: Phone, id: str, **more: Any) -> Call:
    """The message that shows a photo."""
    page = Page(bot.house.texts, to.user_id, "id")
    return {**attachments.call(page, WORDS, ("photo", "claim_photo", id)), **more}


def by_outbox(bot: Bot, sent: Call) -> None:
    with transaction(bot.house.engine) as db:
        outbox.queue(db, bot.house.keys, sent, "test", bot.house.clock(), outbox.REPLY)


def by_reply(bot: Bot, sent: Call) -> None:
    """As a live reply is sent, with a bot of our own that talks to the same server."""

    async def in_thread(work: Callable[..., Any], *args: object) -> Any:
        return await asyncio.to_thread(work, *args)

    async def reply() -> None:
        server = bot.server
        own = TelegramBot(TOKEN, base_url=server.base_url, base_file_url=server.base_file_url)
        with ThreadPoolExecutor(1) as threads:
            together = Together(bot.house, threads, 1)
            desk = Desk(
                own, bot.house, OnlyProcess(), NeverWaits(), together, in_thread, Metrics(Pulse)
            )
            async with own:
                await sending.reply(desk, [sent])

    asyncio.run(reply())


By = Callable[[Bot, Call], None]
BOTH = pytest.mark.parametrize("by", [by_outbox, by_reply], ids=["notice", "reply"])


def received(bot: Bot, phone: Phone, field: str = "photo") -> tuple[Any, bytes]:
    """The newest message with a file, and what is in it."""
    phone.wait(lambda phone: any(field in bubble.raw for bubble in phone.bot_messages))
    bubble = [bubble for bubble in phone.bot_messages if field in bubble.raw][-1]
    sent = bubble.raw[field]
    id = (sent[-1] if isinstance(sent, list) else sent)["file_id"]
    return bubble, bot.server.state.files[id].content


def forgotten(house: House) -> list[tuple[Call, Any]]:
    """The deletions that wait, and when they are due."""
    rows = [row for row in all_of(house, Outbound) if row.kind == "forget"]
    return [(outbox.call(house.keys, row), row.due_at) for row in rows]


def deletion_waits(bot: Bot) -> tuple[Call, Any]:
    """The one deletion; the phone shows a photo a moment before it is queued."""
    for _ in range(200):
        if found := forgotten(bot.house):
            (only,) = found
            return only
        asyncio.run(asyncio.sleep(0.02))
    raise AssertionError("nothing is to be deleted")


@BOTH
def test_an_officer_gets_the_photo_protected_and_for_a_day(bot: Bot, clock: Clock, by: By) -> None:
    row = kept(bot, phone_of(bot, "Made"))
    officer = phone_of(bot, "Ketut", TEGAL_HARUM)
    by(bot, call(bot, officer, row.id))
    bubble, content = received(bot, officer)
    assert content == saved(halves())
    assert bubble.raw["has_protected_content"] is True
    assert bubble.text
    deletion, due = deletion_waits(bot)
    assert deletion == {
        "method": "deleteMessage",
        "chat_id": officer.user_id,
        "message_id": bubble.id,
    }
    assert timedelta(hours=23) < due - clock() <= timedelta(hours=24)
    (record,) = audited(bot.house, "photo_shown")
    assert (record.actor_id, record.role, record.reason) == (
        officer.user_id,
        "village_officer",
        "ktp",
    )
    clock.push(hours=25)
    officer.wait(lambda phone: bubble.id not in [one.id for one in phone.messages])


@BOTH
def test_the_family_gets_its_photo_and_that_is_no_matter_of_record(bot: Bot, by: By) -> None:
    made = phone_of(bot, "Made")
    by(bot, call(bot, made, kept(bot, made).id))
    assert received(bot, made)[1] == saved(halves())
    assert not audited(bot.house, "photo_shown")


@BOTH
@pytest.mark.parametrize("village", ["", "51.71.03.2009", "51.03"])
def test_another_family_and_another_village_get_words_instead(
    bot: Bot, by: By, village: str
) -> None:
    row = kept(bot, phone_of(bot, "Made"))
    other = phone_of(bot, "Agus", village)
    kept(bot, other)
    by(bot, call(bot, other, row.id))
    told(other, GONE)
    assert not any("photo" in bubble.raw for bubble in other.bot_messages)
    assert not forgotten(bot.house)


def test_who_lost_the_office_since_it_was_queued_gets_words_instead(bot: Bot, clock: Clock) -> None:
    row = kept(bot, phone_of(bot, "Made"))
    officer = phone_of(bot, "Ketut", TEGAL_HARUM)
    with transaction(bot.house.engine) as db:
        later = bot.house.clock() + timedelta(hours=1)
        sent = call(bot, officer, row.id)
        outbox.queue(db, bot.house.keys, sent, "test", later, outbox.REPLY)
        db.get_one(Staff, f"{officer.user_id:016x}").ended_at = bot.house.clock()
    clock.push(hours=2)
    told(officer, GONE)


@BOTH
@pytest.mark.parametrize("what", ["unknown", "wanted", "refused"])
def test_a_photo_that_is_not_kept_is_not_sent(bot: Bot, by: By, what: str) -> None:
    made, id = phone_of(bot, "Made"), "unknown"
    if what != "unknown":
        with transaction(bot.house.engine) as db:
            claim = reported(bot.house, db, made.user_id)
            mine = pen(bot.house, made.user_id)
            followers.follow(db, mine, claim, Bound(made.user_id, "code"))
            row = photos.want(db, mine, claim, "ktp", "AgAC")
            assert isinstance(row, ClaimPhoto)
            # Nobody fetches it meanwhile.
            row.taken_until = bot.house.clock() + timedelta(days=1)
            id = row.id
            if what == "refused":
                photos.refuse(db, id, "unreadable", bot.house.clock())
    by(bot, call(bot, made, id))
    told(made, GONE)


@BOTH
@pytest.mark.parametrize("fault", ["429", "502"])
def test_a_photo_that_telegram_puts_off_is_sent_once(
    bot: Bot, clock: Clock, by: By, fault: Any
) -> None:
    made = phone_of(bot, "Made")
    bot.server.faults.add("sendPhoto", fault)
    by(bot, call(bot, made, kept(bot, made).id))
    if by is by_outbox:
        made.wait(lambda _: bool(bot.server.state.refusals))
        waited_for(bot)
        clock.push(minutes=1)
    received(bot, made)
    deletion_waits(bot)
    assert sum("photo" in bubble.raw for bubble in made.bot_messages) == 1


def waited_for(bot: Bot) -> None:
    """Until the notice has been put off."""
    for _ in range(200):
        if any(row.attempts for row in all_of(bot.house, Outbound)):
            return
        asyncio.run(asyncio.sleep(0.02))


@BOTH
def test_another_kind_is_registered_in_the_table_and_named_by_the_call(
    bot: Bot, by: By, monkeypatch: pytest.MonkeyPatch
) -> None:
    def letter(_house: House, _db: Any, id: str, person_id: int) -> Attached:
        return Attached("surat.pdf", f"%PDF {id} {person_id}".encode())

    monkeypatch.setitem(attachments.KINDS, "letter", letter)
    made = phone_of(bot, "Made")
    page = Page(bot.house.texts, made.user_id, "id")
    sent = attachments.call(page, WORDS, ("document", "letter", "L-1"))
    del sent["forget"]
    sent["attach"]["name"] = "berkas-klaim.pdf"
    by(bot, sent)
    bubble, content = received(bot, made, "document")
    assert bubble.raw["document"]["file_name"] == "berkas-klaim.pdf"
    assert content == f"%PDF L-1 {made.user_id}".encode()
    assert not forgotten(bot.house)


@pytest.mark.parametrize("how", ["sealed for another row", "of an unknown kind"])
def test_a_file_that_cannot_be_opened_holds_up_no_other(bot: Bot, how: str) -> None:
    made = phone_of(bot, "Made")
    good, bad = kept(bot, made), kept(bot, made)
    sent = call(bot, made, bad.id)
    if how == "of an unknown kind":
        sent["attach"]["kind"] = "nothing"
    with transaction(bot.house.engine) as db:
        db.get_one(ClaimPhoto, bad.id).content_sealed = good.content_sealed
        outbox.queue(db, bot.house.keys, sent, "bad", bot.house.clock(), outbox.REPLY)
    by_outbox(bot, call(bot, made, good.id))
    assert received(bot, made)[1] == saved(halves())
    deletion_waits(bot)
    assert [row.state for row in all_of(bot.house, Outbound) if row.kind == "bad"] == ["failed"]
