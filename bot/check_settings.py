"""Checks of what the operator set: token, webhook, files, keys, and who is told."""

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from bot.checks import Finding, ok, warn, wrong
from bot.settings import Settings
from bot.starting import SECRET
from storage import sealing
from storage.sealing import Keyring, KeyringError

TOKEN = re.compile(r"\d{6,}:[\w-]{30,}")
PORTS = (443, 80, 88, 8443)
MAKE_ONE = 'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'


def checked(settings: Settings, copy: Path | None) -> Iterator[Finding]:
    """Everything that the settings alone tell."""
    yield _token(settings)
    yield from _webhook(settings)
    yield _told(settings)
    yield from _private(Path(".env"), "settings file")
    yield from _keys(settings, copy)


def _token(settings: Settings) -> Finding:
    token = settings.bot_token.get_secret_value()
    if not token:
        return wrong("token", "BOT_TOKEN is not set", "get one from @BotFather with /newbot")
    if not TOKEN.fullmatch(token):
        says = "BOT_TOKEN does not look like a token (digits, a colon, 35 letters)"
        return wrong("token", says, "copy it again from @BotFather, without spaces or quotes")
    return ok("token", "has the shape of a token")


def _webhook(settings: Settings) -> Iterator[Finding]:
    if not settings.webhook_url:
        yield ok("webhook", "none is set: the bot fetches its updates itself (polling)")
        return
    yield _address(settings.webhook_url)
    if not SECRET.fullmatch(settings.webhook_secret.get_secret_value()):
        says = "WEBHOOK_SECRET has not 32 to 256 letters of A-Z a-z 0-9 _ and -"
        yield wrong("webhook secret", says, f"set it to what this prints: {MAKE_ONE}")
    else:
        yield ok("webhook secret", "is long enough and of the letters that Telegram takes")
    if not settings.webhook_listen:
        says = "WEBHOOK_LISTEN is not set, so nothing listens for Telegram"
        yield wrong(
            "webhook listen", says, "set it to 127.0.0.1:8080, and the proxy in front to that"
        )


def _address(url: str) -> Finding:
    address = urlsplit(url)
    try:
        port = address.port or (443 if address.scheme == "https" else 80)
    except ValueError:
        return wrong("webhook", "WEBHOOK_URL has no readable port", "write it as https://host/path")
    if address.scheme != "https":
        says = "WEBHOOK_URL is plain http: Telegram's own servers do not take it"
        return warn("webhook", says, "use https, unless a Bot API server of your own calls it")
    if port not in PORTS:
        says = f"WEBHOOK_URL has port {port}; Telegram calls 443, 80, 88 and 8443 alone"
        return wrong("webhook", says, "let the proxy listen on 443")
    if len(address.path.strip("/")) < 16:
        says = "WEBHOOK_URL has a path that can be guessed"
        return warn("webhook", says, "end it with a random path of 16 letters or more")
    return ok("webhook", "has an address that Telegram takes")


def _told(settings: Settings) -> Finding:
    if settings.operator_chat_id is None:
        says = "OPERATOR_CHAT_ID is not set: nobody hears of guessed codes and late claims"
        return warn("operator", says, "set it to the Telegram id of whoever is responsible")
    return ok("operator", "somebody is told of what no office settles")


def _private(file: Path, check: str) -> Iterator[Finding]:
    if file.exists() and file.stat().st_mode & 0o077:
        says = f"{file.name} can be read by others on this machine"
        yield wrong(check, says, f"chmod 600 {file}")


def _keys(settings: Settings, copy: Path | None) -> Iterator[Finding]:
    file = settings.lindung_home / "keys"
    given = settings.lindung_keys.get_secret_value()
    if not given and not file.exists():
        says = f"there are none yet; they are made in {file} at the first start"
        yield warn("keys", says, "start once, then copy them to another place")
        return
    try:
        keys = sealing.read_keys(given or file.read_text())
    except (KeyringError, OSError) as error:
        reason = str(error) if isinstance(error, KeyringError) else type(error).__name__
        yield wrong("keys", f"cannot be read: {reason}", "put the copy of the keys back")
        return
    if not given:
        yield from _private(file, "keys")
    yield ok("keys", f"can be read; fingerprint {fingerprint(keys)}")
    yield _copied(keys, copy)


def _copied(keys: Keyring, copy: Path | None) -> Finding:
    if copy is None:
        says = "no copy was compared; without the keys nothing stored can be read"
        return warn("copy of keys", says, "lindung doctor --keys-copy FILE, with the copy")
    try:
        same = fingerprint(sealing.read_keys(copy.read_text())) == fingerprint(keys)
    except (KeyringError, OSError):
        same = False
    if not same:
        return wrong("copy of keys", "the copy is not of these keys", "copy the keys again")
    return ok("copy of keys", "the copy holds the same keys")


def fingerprint(keys: Keyring) -> str:
    """Eight letters by which two keyrings are compared; they say nothing of the keys."""
    parts = sorted(sealing.written(keys).split(","))
    return sha256(f"lindung keys|{parts}".encode()).hexdigest()[:8]
