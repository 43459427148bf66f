"""The phones of all people in the demo or test, and how a new one is added."""

from collections.abc import Iterator
from typing import Any

from bot.demo.phone import Phone
from bot.demo.state import Chat, State, without_nothing
from bot.demo.updates import Json

# Above 32 bits, as the ids of people who joined lately are.
FIRST_USER_ID = 6_100_000_001


class Phones:
    """All phones, in the order in which they were added."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._phones: dict[int, Phone] = {}

    def __iter__(self) -> Iterator[Phone]:
        with self._state.condition:
            return iter(list(self._phones.values()))

    def __getitem__(self, user_id: int) -> Phone:
        return self._phones[user_id]

    def __len__(self) -> int:
        return len(self._phones)

    def add(
        self,
        first_name: str,
        *,
        title: str = "",
        start_payload: str = "",
        user_id: int | None = None,
        phone_number: str = "",
        **profile: Any,
    ) -> Phone:
        """`profile` is what else stands in the Bot API's User, such as language_code="id"."""
        count = len(self._phones)
        number = user_id or FIRST_USER_ID + count
        name = {"first_name": first_name, **profile}
        user = {"id": number, "is_bot": False, "language_code": "id", **name}
        raw = {"id": number, "type": "private", **without_nothing(**_names(name))}
        phone = Phone(self._state, Chat(raw, user), phone_number or f"+6281200000{count:03}")
        phone.title, phone.start_payload = title or first_name, start_payload
        with self._state.changing(phone.chat):
            self._state.chats[number] = phone.chat
            self._phones[number] = phone
        return phone


def _names(profile: Json) -> Json:
    return {key: profile.get(key) for key in ("first_name", "last_name", "username")}
