"""What the Bot API refuses about texts, and how it says so."""

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_RAW_BYTES = 32_768
MAX_CALLBACK_ANSWER = 200
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly "
    "the same as a current content and reply markup of the message"
)
WEBHOOK_IS_SET = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
CONFLICT = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)


class Refused(Exception):
    """An answer with `ok: false`; the description is the whole text that the bot reads."""

    def __init__(self, description: str, code: int = 400, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.description = description
        self.code = code
        self.retry_after = retry_after


def bad(reason: str) -> Refused:
    return Refused(f"Bad Request: {reason}")


def forbidden(reason: str) -> Refused:
    return Refused(f"Forbidden: {reason}", 403)


def too_many(wait: int) -> Refused:
    return Refused(f"Too Many Requests: retry after {wait}", 429, wait)


def check_raw(text: str) -> None:
    """The limit in bytes that holds before any markup is read."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_RAW_BYTES:
        raise bad("text is too long")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise bad("strings must be encoded in UTF-8") from None


def check_text(text: str) -> None:
    """`text` is what is left after the markup was read; counted in code points."""
    if not text.strip():
        raise bad("message text is empty")
    if len(text) > MAX_TEXT:
        raise bad("message is too long")


def check_caption(text: str) -> None:
    if len(text) > MAX_CAPTION:
        raise bad("message caption is too long")


def check_callback_answer(text: str) -> None:
    if len(text) > MAX_CALLBACK_ANSWER:
        raise bad("MESSAGE_TOO_LONG")
