"""One message as a person sees it on a phone."""

from dataclasses import dataclass
from typing import Any

from bot.demo.state import Message
from bot.demo.updates import Json

ATTACHED = ("photo", "document", "contact", "sticker", "voice", "location")


@dataclass(frozen=True)
class Button:
    label: str
    data: str
    url: str


class Bubble:
    """A view of the message as it was when looked at."""

    def __init__(self, message: Message) -> None:
        self.raw: Json = message.raw
        self.from_bot = message.from_bot
        self.id = message.id
        self.reworded = message.reworded

    @property
    def text(self) -> str:
        return str(self.raw.get("text", self.raw.get("caption", "")))

    @property
    def rows(self) -> list[list[Button]]:
        rows = self.raw.get("reply_markup", {}).get("inline_keyboard", [])
        return [[_button(button) for button in row] for row in rows]

    @property
    def all_buttons(self) -> list[Button]:
        return [button for row in self.rows for button in row]

    @property
    def buttons(self) -> list[str]:
        return [button.label for button in self.all_buttons]

    @property
    def edited(self) -> bool:
        return "edit_date" in self.raw

    def find(self, label_or_data: str) -> Button | None:
        """The button with exactly this label or data, else the first whose label contains it."""
        exact = [b for b in self.all_buttons if label_or_data in (b.label, b.data)]
        similar = [b for b in self.all_buttons if label_or_data in b.label]
        return next(iter(exact + similar), None)

    def __repr__(self) -> str:
        attached = " ".join(f"[{kind}]" for kind in ATTACHED if kind in self.raw)
        sender = "bot" if self.from_bot else "me"
        return f"<{sender} {self.id}: {attached}{self.text!r} {self.buttons}>"


def _button(raw: dict[str, Any]) -> Button:
    return Button(raw["text"], raw.get("callback_data", ""), raw.get("url", ""))
