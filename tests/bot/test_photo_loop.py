"""Photos of papers over the whole bot: fetched once, made anew, kept; refused with kind words."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from telegram import Bot as TelegramBot

from bot import photo_fetch
from bot.demo.faults import Kind
from bot.demo.phone import Phone
from bot.demo.server import Server
from bot.house import House
from bot.pictures import MOST_BYTES, BadPicture
from storage import photos
from storage.database import transaction
from storage.models import ClaimPhoto, Outbound
from storage.photos import TRIES
from tests.bot.test_leaks import logged
from tests.bot.test_pictures import shown
from tests.claims import pen, reported
from tests.conftest import TOKEN, Bot
from tests.odd_pictures import halves, png_claiming, saved, with_metadata
from tests.steps import Clock, act, all_of, audited, clocked_bot, told


def sent(phone: Phone, content: bytes, name: str = "") -> str:
    """A photo, or a file with this name, as it is sent; its file id."""
    message = phone.send_document(content, name) if name else phone.send_photo(content)
    raw = phone.chat.messages[message].raw
    return str(raw["document"]["file_id"] if name else raw["photo"][-1]["file_id"])


def want(house: House, person_id: int, *file_ids: str) -> None:
    """What the turn does with the photos of a claim that this account reported."""
    with transaction(house.engine) as db:
        claim = reported(house, db, person_id)
        for number, file_id in enumerate(file_ids):
            photos.want(db, pen(house, person_id), claim, f"paper{number}", file_id)


def settled(house: House, push: Callable[[], None] = lambda: None) -> list[ClaimPhoto]:
    """All photos, once none is wanted any more."""
    ends = time.monotonic() + 30
    while any(row.state == "wanted" for row in all_of(house, ClaimPhoto)):
        assert time.monotonic() < ends, all_of(house, ClaimPhoto)
        push()
        time.sleep(0.05)
    return all_of(house, ClaimPhoto)


def asked_for(server: Server) -> int:
    """How often the bot asked where a file lies."""
    return sum(call.method == "getFile" for call in server.state.calls)


def family(bot: Bot) -> Phone:
    phone = bot.phone("Made")
    act(phone, "halo")
    return phone


@pytest.mark.parametrize("name", ["", "IMG_2026.JPG"], ids=["a photo", "a file"])
def test_a_photo_is_kept_without_place_and_time_and_nothing_is_said(bot: Bot, name: str) -> None:
    phone = family(bot)
    want(bot.house, phone.user_id, sent(phone, with_metadata(), name))
    phone.wait()  # the greeting
    (row,) = settled(bot.house)
    assert (row.state, row.attempts) == ("kept", 1)
    shown(photos.content(bot.house.keys, row))
    assert asked_for(bot.server) == 1
    assert not all_of(bot.house, Outbound)
    assert len(audited(bot.house, "photo_kept")) == 1


def test_the_photo_of_the_demo_page_is_kept(bot: Bot) -> None:
    phone = family(bot)
    want(bot.house, phone.user_id, sent(phone, b""))
    assert [row.state for row in settled(bot.house)] == ["kept"]


@pytest.mark.parametrize(
    ("content", "why", "words"),
    [
        (b"%PDF-1.7 named jpg", "unreadable", "foto tadi tidak terbaca"),
        (png_claiming(30_000, 30_000), "too_large", "foto tadi terlalu besar"),
        (b"\xff\xd8\xff".ljust(MOST_BYTES + 1), "too_large", "foto tadi terlalu besar"),
        (b"\xff\xd8\xff".ljust(21 * 2**20), "too_large", "foto tadi terlalu besar"),
    ],
    ids=["no picture", "a bomb", "over ten megabytes", "over what bots may fetch"],
)
def test_a_bad_photo_is_refused_at_once_and_who_sent_it_is_told_once(
    bot: Bot, content: bytes, why: str, words: str
) -> None:
    phone = family(bot)
    want(bot.house, phone.user_id, sent(phone, content))
    told(phone, words)
    (row,) = settled(bot.house)
    assert (row.state, row.why, row.attempts, row.content_sealed) == ("refused", why, 1, None)
    assert [one.person_id for one in all_of(bot.house, Outbound)] == [phone.user_id]


def test_a_photo_that_telegram_does_not_know_is_refused(bot: Bot) -> None:
    phone = family(bot)
    want(bot.house, phone.user_id, "AgAC-unknown")
    told(phone, "foto tadi tidak terbaca")
    assert [row.state for row in settled(bot.house)] == ["refused"]


FAULTS: tuple[Kind, ...] = ("500", "502", "broken_json", "closed_before", "closed_after")


@pytest.mark.parametrize("what", ["getFile", "file"])
def test_whatever_fails_on_the_way_the_photo_is_kept_once(
    clocked: Bot, clock: Clock, what: str
) -> None:
    for fault in FAULTS if what == "getFile" else FAULTS[:2]:
        clocked.server.faults.add(what, fault)
    if what == "file":
        clocked.server.faults.add("file", "closed_before")
    phone = family(clocked)
    want(clocked.house, phone.user_id, sent(phone, saved(halves())))
    (row,) = settled(clocked.house, lambda: clock.push(minutes=2))
    assert row.state == "kept"
    assert row.attempts == (len(FAULTS) if what == "getFile" else 3) + 1
    assert len(audited(clocked.house, "photo_kept")) == 1
    assert not all_of(clocked.house, Outbound)


def test_who_is_asked_to_wait_waits(clocked: Bot, clock: Clock) -> None:
    clocked.server.faults.add("getFile", "429", seconds=3000)
    phone = family(clocked)
    want(clocked.house, phone.user_id, sent(phone, saved(halves())))

    def put_off() -> bool:
        (row,) = all_of(clocked.house, ClaimPhoto)
        return row.taken_until is not None and row.taken_until - clock() > timedelta(minutes=45)

    ends = time.monotonic() + 20
    while not put_off():
        assert time.monotonic() < ends
        time.sleep(0.02)
    assert asked_for(clocked.server) == 1
    assert [row.state for row in settled(clocked.house, lambda: clock.push(minutes=60))] == ["kept"]


@pytest.mark.long
def test_after_six_tries_the_photo_is_given_up_and_asked_for_again(
    clocked: Bot, clock: Clock
) -> None:
    clocked.server.faults.add("file", "502", times=50)
    phone = family(clocked)
    want(clocked.house, phone.user_id, sent(phone, saved(halves())))
    (row,) = settled(clocked.house, lambda: clock.push(minutes=2))
    assert (row.state, row.why, row.attempts) == ("refused", "not_fetched", TRIES)
    assert asked_for(clocked.server) == TRIES
    told(phone, "foto tadi belum berhasil diterima")


def test_one_that_fails_holds_up_no_other(clocked: Bot, clock: Clock) -> None:
    phone = family(clocked)
    clocked.server.faults.add("getFile", "502")
    want(clocked.house, phone.user_id, *(sent(phone, saved(halves())) for _ in range(3)))
    ends = time.monotonic() + 20
    while (states := [row.state for row in all_of(clocked.house, ClaimPhoto)]).count("kept") < 2:
        assert time.monotonic() < ends
        time.sleep(0.05)
    assert sorted(states) == ["kept", "kept", "wanted"]
    settled(clocked.house, lambda: clock.push(minutes=2))


def test_the_log_tells_neither_token_nor_where_the_file_lies(
    database_url: str, tmp_path: Path
) -> None:
    with logged() as written, clocked_bot(tmp_path / "home", clock := Clock(), database_url) as bot:
        bot.server.faults.add("file", "502")
        bot.server.faults.add("file", "closed_before")
        phone = family(bot)
        file_id = sent(phone, saved(halves()))
        path = bot.server.state.files[file_id].path
        want(bot.house, phone.user_id, file_id)
        settled(bot.house, lambda: clock.push(minutes=2))
    assert "try 2: NetworkError" in written.getvalue()
    for secret in (TOKEN, path, file_id):
        assert secret not in written.getvalue()


@contextmanager
def answering(parts: Callable[[], Iterator[bytes]]) -> Iterator[Callable[[str], bytes]]:
    """A server of our own that answers getFile, then any file with these parts."""

    async def serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if b"getFile" in head:
            body = b'{"ok":true,"result":{"file_id":"x","file_path":"photos/a b.jpg"}}'
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        else:
            assert b"/photos/a%20b.jpg" in head
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            for part in parts():
                writer.write(part)
                await writer.drain()
        writer.close()

    async def fetched(file_id: str) -> bytes:
        server = await asyncio.start_server(serve_one, "127.0.0.1", 0)
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        bot = TelegramBot(TOKEN, base_url=f"{address}/bot", base_file_url=f"{address}/file/bot")
        async with server, photo_fetch.transport() as request:
            await bot.request.initialize()
            try:
                return await photo_fetch.fetch(bot, request, file_id)
            finally:
                await bot.request.shutdown()

    yield lambda file_id: asyncio.run(fetched(file_id))


def test_a_file_without_end_is_read_no_further_than_a_picture_may_be_long() -> None:
    read = []

    def endless() -> Iterator[bytes]:
        for number in range(10_000):
            read.append(number)
            yield b"x" * 65_536

    with answering(endless) as fetch, pytest.raises(BadPicture, match="too_large"):
        fetch("x")
    assert len(read) * 65_536 < 3 * MOST_BYTES


def test_a_file_is_read_whole_or_not_at_all() -> None:
    with answering(lambda: iter([b"a" * 70_000, b"b"])) as fetch:
        assert fetch("x") == b"a" * 70_000 + b"b"


def test_of_two_that_fetched_the_same_photo_one_keeps_it(bot: Bot) -> None:
    phone = family(bot)
    want(bot.house, phone.user_id, sent(phone, saved(halves())))
    (row,) = settled(bot.house)
    with transaction(bot.house.engine) as db:
        assert not photos.keep(db, bot.house.keys, row.id, b"late", bot.house.clock())
    assert photos.content(bot.house.keys, row) != b"late"
