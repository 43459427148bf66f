"""Checks at Telegram: the token, the webhook it knows, and the time it has."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from bot.checks import Finding, apart, ok, warn, wrong
from bot.house import real_clock
from bot.settings import Settings

PATIENCE = 10.0  # seconds
MANY = 100  # updates that wait at Telegram
RECENT = 3600  # seconds since an error


def checked(settings: Settings) -> Iterator[Finding]:
    """Everything that Telegram tells of this bot; asks twice, changes nothing."""
    if not settings.bot_token.get_secret_value():
        return
    with httpx.Client(timeout=PATIENCE) as client:
        try:
            response = _ask(client, settings, "getMe")
            me = _result(response)
            yield _known(response, me)
            yield from _clock(response)
            if me:
                yield from _webhook(_result(_ask(client, settings, "getWebhookInfo")), settings)
        except httpx.HTTPError as error:
            # Its own words hold the address, and so the token.
            says = f"cannot be reached ({type(error).__name__})"
            do = "look at the network and the name service; updates wait at Telegram for 24 hours"
            yield wrong("telegram", says, do)


def _ask(client: httpx.Client, settings: Settings, method: str) -> httpx.Response:
    token = settings.bot_token.get_secret_value()
    return client.post(f"{settings.telegram_base_url}{token}/{method}")


def _result(response: httpx.Response) -> dict[str, Any]:
    """The result of a call, or nothing where Telegram refused or nobody can read it."""
    try:
        answer = response.json()
    except ValueError:
        return {}
    result = answer.get("result") if isinstance(answer, dict) else None
    return result if isinstance(result, dict) else {}


def _known(response: httpx.Response, me: dict[str, Any]) -> Finding:
    if me:
        return ok("telegram", f"knows this bot as @{me.get('username', '')}")
    if response.status_code in (401, 404):
        do = "get the token again from @BotFather (/token), put it into .env, start anew"
        return wrong("telegram", "does not know this BOT_TOKEN", do)
    do = "wait some minutes; is TELEGRAM_BASE_URL right, is there a proxy on the way?"
    return wrong("telegram", f"answers {response.status_code}", do)


def _clock(response: httpx.Response) -> Iterator[Finding]:
    try:
        there = parsedate_to_datetime(response.headers.get("Date", ""))
    except ValueError:
        return
    there = there if there.tzinfo else there.replace(tzinfo=UTC)
    yield apart((real_clock() - there).total_seconds(), "clock", "Telegram's")


def _webhook(info: dict[str, Any], settings: Settings) -> Iterator[Finding]:
    yield _registered(str(info.get("url", "")), settings.webhook_url)
    pending = int(info.get("pending_update_count", 0))
    if pending > MANY:
        do = "does the bot run, and can Telegram reach it? See its log and /readyz"
        yield warn("telegram queue", f"{pending} updates wait at Telegram", do)
    else:
        yield ok("telegram queue", f"{pending} updates wait at Telegram")
    failed = datetime.fromtimestamp(int(info.get("last_error_date", 0)), UTC)
    if (ago := round((real_clock() - failed).total_seconds())) < RECENT:
        says = f"{ago} s ago Telegram failed: {info.get('last_error_message', '')}"
        do = "401 or 403: WEBHOOK_SECRET; 404: the path; SSL: the certificate; timeout: the proxy"
        yield warn("delivery", says, do)


def _registered(there: str, here: str) -> Finding:
    """Neither address is shown: its path is a secret."""
    if there == here:
        says = (
            "Telegram brings updates to WEBHOOK_URL" if here else "Telegram has none, as is right"
        )
        return ok("registered", says)
    if not here:
        says = "Telegram still has a webhook, so polling gets nothing"
        return wrong(
            "registered", says, "stop the bot that serves it; set WEBHOOK_URL if it is yours"
        )
    says = "Telegram brings updates elsewhere" if there else "Telegram knows of no webhook"
    return wrong("registered", says, "start the bot anew: it tells Telegram WEBHOOK_URL")
