"""By HTTP, an office ends while a card is open: the card has no name and no button any more."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot import offices
from bot.demo.bubbles import Bubble
from bot.demo.phone import Phone
from bot.stage import INVITATION
from rules.permissions import Role
from storage import staff
from storage.database import transaction
from storage.models import Person, Registration, Staff, StoredSession
from storage.staff import Invited
from tests.conftest import Bot
from tests.people import WAYAN
from tests.steps import (
    Clock,
    act,
    all_of,
    appoint,
    audited,
    clocked_bot,
    filed,
    open_card,
    settle,
    told,
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bot(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[Bot]:
    """The bot on each kind of database."""
    url = database_url if database_url.startswith("postgresql") else ""
    with clocked_bot(tmp_path / "home", clock, url) as bot:
        yield bot


def at_a_card(bot: Bot, officer: Phone) -> Bubble:
    """The officer has a card open, and the bot knows in which message."""
    card = open_card(officer, WAYAN.name)
    settle(bot)
    return card


def office_of(bot: Bot, officer: Phone) -> Staff:
    with transaction(bot.house.engine) as db:
        return staff.offices_of(db, officer.user_id)[0]


def by_the_operator(bot: Bot, officer: Phone) -> None:
    office, now = office_of(bot, officer), bot.house.clock()
    with transaction(bot.house.engine) as db:
        assert staff.end(db, office.id, now)
        offices.tell_ended(bot.house, db, office, now)


def by_the_regency(bot: Bot, officer: Phone) -> None:
    regent = bot.phone("Luh")
    with transaction(bot.house.engine) as db:
        invited = Invited("51.71", regent.phone_number, role=Role.REGENCY_OFFICER)
        token = staff.invite(db, bot.house.keys, invited, bot.house.clock())
    accept(regent, f"s_{token}")
    settle(bot)
    for what in ("/kader", "Tegal Harum", "[Akhiri: Ketut]", "[Ya, akhiri]"):
        act(regent, what)
    told(regent, "sudah berakhir")


def by_a_successor(bot: Bot, officer: Phone) -> None:
    successor = bot.phone("Komang")
    act(officer, "/kader")
    act(officer, "[Serahkan: petugas]")
    officer.send(successor.phone_number)
    link = INVITATION.search(told(officer, "s_").text)
    assert link is not None
    at_a_card(bot, officer)
    accept(successor, link.group())


def accept(phone: Phone, payload: str) -> None:
    phone.start(payload)
    phone.wait()
    phone.tap(phone.reply_keyboard[0])
    told(phone, "sekarang")


@pytest.mark.parametrize("end", [by_the_operator, by_the_regency, by_a_successor])
def test_an_open_card_has_neither_name_nor_button_once_the_office_has_ended(
    bot: Bot, end: Callable[[Bot, Phone], None]
) -> None:
    officer = appoint(bot)
    filed(bot, bot.phone("Wayan"))
    at_a_card(bot, officer)
    end(bot, officer)
    told(officer, "Tugas berakhir")
    settle(bot)
    cards = [bubble for bubble in officer.bot_messages if "Tugas berakhir" in bubble.text]
    assert [(card.buttons, card.edited) for card in cards] == [([], True)]
    assert WAYAN.name not in officer.transcript() or end is by_a_successor
    assert "Cari warga" not in " ".join(officer.reply_keyboard)
    (row,) = all_of(bot.house, Registration)
    assert row.held_by != officer.user_id
    with transaction(bot.house.engine) as db:
        assert db.get_one(Person, officer.user_id).slot == ""
    kept = all_of(bot.house, StoredSession)
    assert [one.slot for one in kept if one.person_id == officer.user_id] == []


def test_a_press_on_a_page_of_the_ended_office_is_refused_and_on_record(bot: Bot) -> None:
    officer = appoint(bot)
    filed(bot, bot.phone("Wayan"))
    card = at_a_card(bot, officer)
    data = card.all_buttons[0].data
    by_the_operator(bot, officer)
    told(officer, "Tugas berakhir")
    settle(bot)
    officer.press_data(card.id, data)
    told(officer, "sudah tidak berlaku")
    settle(bot)
    assert [one.actor_id for one in audited(bot.house, "refused_press")] == [officer.user_id]


def test_who_holds_another_office_keeps_its_home_buttons(bot: Bot) -> None:
    officer = appoint(bot)
    with transaction(bot.house.engine) as db:
        invited = Invited("51.71.03.2009", officer.phone_number)
        token = staff.invite(db, bot.house.keys, invited, bot.house.clock())
    accept(officer, f"s_{token}")
    settle(bot)
    by_the_operator(bot, officer)
    told(officer, "sudah berakhir")
    settle(bot)
    assert len(all_of(bot.house, Staff)) == 2
    assert "🔎 Cari warga" in officer.reply_keyboard


def test_a_form_of_ones_own_stays_open_when_the_office_ends(bot: Bot) -> None:
    officer = appoint(bot)
    act(officer, "/daftar")
    settle(bot)
    by_the_operator(bot, officer)
    told(officer, "sudah berakhir")
    settle(bot)
    assert "Tugas berakhir" not in officer.transcript()
    with transaction(bot.house.engine) as db:
        assert db.get_one(Person, officer.user_id).slot == "enrolment"
